from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.commands.intake import intake as command
from stream.errors import SettingsError
from stream.intake.http.tokens import hash_of
from stream.intake.http.tokens_file import load_intake
from tests.unit.intake.http.door import ALL_RIGHTS, NOW_MS, judgment, opened, token, write_tokens


@pytest.mark.parametrize("secret", [None, "", "wrong", "acme-secret2", "åå"])
async def test_without_a_token_that_holds_nothing_is_read(tmp_path: Path, secret: str | None) -> None:
    async with opened(tmp_path) as door:
        answer = await door.post(judgment(), secret=secret)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert door.sent == []


async def test_an_expired_token_looks_like_an_unknown_one(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", ALL_RIGHTS, expires="2023-11-14T22:13:19Z")) as door:
        assert door.intake.clock_ms() == NOW_MS  # 22:13:20
        old, unknown = await door.post(judgment()), await door.post(judgment(), secret="wrong")
        assert (old.status_code, old.text) == (401, unknown.text)


async def test_changed_tokens_hold_without_a_restart_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        door.write_tokens(token("acme", ALL_RIGHTS, secret="another"))
        assert (await door.post(judgment())).status_code == 401
        assert (await door.post(judgment(), secret="another")).status_code == 200
        door.write_tokens("[tokens.acme]\nsha256 = 17\n")
        assert (await door.post(judgment(), secret="another")).status_code == 200
        assert "raterwatch_intake_settings_stale 1.0" in (await door.side.get("/metrics")).text
        door.write_tokens(token("acme", ALL_RIGHTS))
        assert (await door.post(judgment())).status_code == 200
        assert "raterwatch_intake_settings_stale 0.0" in (await door.side.get("/metrics")).text


async def test_a_queue_that_was_declared_meanwhile_is_known(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", 'vendor = "acme"\nqueues = ["*"]')) as door:
        assert (await door.post(judgment(queue="new"))).json()["refused"][0]["reason"] == "unknown_queue"
        with (tmp_path / "queues.toml").open("a") as file:
            file.write('[queues.new]\nlabels = ["cat"]\n')
        door.intake.files.read_if_changed()
        assert (await door.post(judgment(queue="new"))).status_code == 200


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "make-token"),
        ("[token.acme]", "allowed here: limits, tokens"),
        (token("acme", 'queues = ["*"]'), "may send nothing"),
        (token("acme", 'queues = ["*"]\nvendor = "a"\ncolour = "red"'), "tokens.acme.colour"),
        (token("acme", 'vendor = "a"'), "queues"),
        (token("acme", 'queues = []\nvendor = "a"'), "queues"),
        (token("acme", 'queues = ["*"]\nvendor = "a"\ntime_zone = "Mars"'), "no time zone"),
        (token("acme", 'queues = ["*"]\nvendor = "a"\npseudonym_key_file = "none.key"'), "pseudonym_key_file"),
        (token("acme", 'queues = ["*"]\nvendor = "a"\ncolumns = {colour = "x"}'), "no column of ours"),
        (token("acme", 'queues = ["*"]\nvendor = "a"', expires="2030-01-01T00:00:00"), "expires"),
        (token("acme", ALL_RIGHTS).replace(hash_of("acme-secret"), "ABC"), "sha256"),
        ('[tokens.a]\nsha256 = "' + hash_of("x") + '"\n', "expires"),
        (token("a", ALL_RIGHTS, secret="x") + token("b", ALL_RIGHTS, secret="x"), "is that of a too"),
        (token("acme", 'queues = ["*"]\nvendor = "a"') + "[limits]\nbody_bytes = 0", "limits.body_bytes"),
    ],
)
def test_a_file_that_is_wrong_names_the_place(tmp_path: Path, text: str, problem: str) -> None:
    write_tokens(tmp_path, text.replace(ALL_RIGHTS, 'vendor = "acme"\nqueues = ["*"]\n'))
    with pytest.raises(SettingsError, match=problem) as wrong:
        load_intake(tmp_path / "intake.toml")
    assert "intake.toml" in str(wrong.value)


def test_make_token_prints_what_fits_together(tmp_path: Path) -> None:
    made = CliRunner().invoke(command, ["--make-token", "acme"])
    secret = made.stdout.strip()
    text = made.stderr[made.stderr.index("[tokens.acme]") :].replace("…", "acme")
    (tmp_path / "intake.toml").write_text(text)
    found = load_intake(tmp_path / "intake.toml").tokens.find(secret, NOW_MS)
    assert found is not None
    assert found.name == "acme"
    assert secret.removeprefix("rwi_") not in made.stderr
