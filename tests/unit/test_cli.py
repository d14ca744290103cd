import pytest
from click.testing import CliRunner

from stream import cli
from stream.errors import SettingsError


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(cli.root, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "xample" in shown.output


def test_the_list_of_commands_names_them_all() -> None:
    shown = CliRunner().invoke(cli.root, ["--help"]).output
    assert all(name in shown for name in cli.COMMANDS)


def test_our_own_errors_are_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*, standalone_mode: bool) -> None:
        raise SettingsError(f"standalone {standalone_mode}: choose another")

    monkeypatch.setattr(cli, "root", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "raterwatch: standalone True: choose another\n"


def test_reasons_are_chosen_by_the_names_that_records_carry() -> None:
    shown = CliRunner().invoke(cli.root, ["rejects", "list", "--reason", "no_such_reason"])
    assert shown.exit_code == 2
    assert "unknown_queue" in shown.output
