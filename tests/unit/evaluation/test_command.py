import json
from pathlib import Path

from click.testing import CliRunner

from evaluation.__main__ import command
from evaluation.run import Figures, Run

ASKED: dict[str, Run] = {}


def early(run: Run) -> Figures:
    run.say("measuring")
    ASKED["early"] = run
    return {"recall": {"random": 0.5}}


def late(run: Run) -> Figures:
    ASKED["late"] = run
    return {"skipped": "no data"}


def run(*arguments: str) -> list[str]:
    ASKED.clear()
    result = CliRunner().invoke(command({"early": early, "late": late}), arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_the_last_line_is_json_with_the_figures_of_all_sections() -> None:
    lines = run()
    last = json.loads(lines[-1])
    assert last["early"] == {"recall": {"random": 0.5}}
    assert last["late"] == {"skipped": "no data"}
    assert last["seconds"].keys() == {"early", "late"}
    assert any("recall, random" in line and "0.5" in line for line in lines[:-1])


def test_json_alone_is_one_line() -> None:
    assert len(run("--json")) == 1


def test_only_what_is_asked_for_is_measured(tmp_path: Path) -> None:
    last = json.loads(run("--quick", "--only", "late", "--data", str(tmp_path), "--seed", "7")[-1])
    assert "early" not in last
    assert ASKED.keys() == {"late"}
    assert (ASKED["late"].quick, ASKED["late"].data, ASKED["late"].seed) == (True, tmp_path, 7)


def test_an_unknown_section_is_refused_with_the_names_of_those_that_exist() -> None:
    result = CliRunner().invoke(command({"early": early}), ["--only", "late"])
    assert result.exit_code == 2
    assert "early" in result.stderr
