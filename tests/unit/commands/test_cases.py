"""The commands about cases, on a SQLite file as a small deployment has it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from alerts.escalation.store.store import Store
from alerts.escalation.work.sending import queue_delivery
from stream import cli
from stream.errors import RaterwatchError
from tests.escalation_world import World

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "contracts.toml").write_text("")
    (tmp_path / "escalation.toml").write_text("")

    def _run(*words: str) -> Result:
        return CliRunner().invoke(cli.root, [*words, "--settings", str(tmp_path / "escalation.toml")])

    return _run


@pytest.fixture
def world(tmp_path: Path):
    opened = World(Store.open(f"sqlite:///{tmp_path / 'cases.db'}"))
    yield opened
    opened.store.close()


def test_cases_are_listed_by_deadline_and_narrowed(run: Run, world: World) -> None:
    urgent, other = world.notified(2), world.opened(3, detector="copying")
    assert [case["id"] for case in json.loads(run("cases", "list", "--json").stdout)] == [urgent, other]
    assert [case["id"] for case in json.loads(run("cases", "list", "--detector", "copying", "--json").stdout)] == [
        other
    ]
    shown = run("cases", "list", "--state", "notified").stdout
    assert urgent in shown
    assert "acknowledge" in shown
    assert other not in shown


def test_what_never_arrived_is_shown_and_queued_again(run: Run, world: World) -> None:
    with world.store.writing() as session:
        row = queue_delivery(session, "webhook", "https://a.example", "reminder", {}, world.now_ms, vendor="alba")
        row.state, row.ended_ms, row.last_error = "dead", world.now_ms, "the webhook answered 410"
        delivery_id = row.id
    assert "the webhook answered 410" in run("cases", "deliveries", "--json").stdout
    assert run("cases", "send-again", delivery_id).exit_code == 0
    assert json.loads(run("cases", "deliveries", "--json").stdout) == []
    assert "only a dead one is sent again" in str(run("cases", "send-again", delivery_id).exception)


def test_an_audit_that_was_altered_is_told(run: Run, world: World) -> None:
    world.opened()
    whole = json.loads(run("audit", "verify", "--json").stdout)
    assert whole["rows"] == 2
    assert run("audit", "verify", "--head", whole["head"]).exit_code == 0
    with world.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE seq = 1"))
    broken = run("audit", "verify").exception
    assert isinstance(broken, RaterwatchError)
    assert "row 1 was altered" in str(broken)


def test_a_token_is_printed_once_listed_without_it_and_revoked(run: Run, world: World) -> None:
    made = run("tokens", "create", "lee", "--role", "vendor_lead", "--vendor", "alba", "--days", "7").stdout.strip()
    assert made.startswith("rw_")
    listed = run("tokens", "list").stdout
    assert "lee" in listed
    assert made not in listed
    token_id = next(word for word in listed.split() if word.startswith("token-"))
    assert run("tokens", "revoke", token_id).exit_code == 0
    assert "revoked" in run("tokens", "list").stdout


@pytest.mark.parametrize("words", [("--role", "vendor_lead"), ("--role", "decider", "--vendor", "alba")])
def test_a_vendor_belongs_to_a_vendors_roles_and_to_them_always(run: Run, words: tuple[str, ...]) -> None:
    assert "--vendor belongs to the roles of a vendor" in str(run("tokens", "create", "x", *words).exception)


def test_a_contracts_file_is_checked_and_its_deadlines_shown(tmp_path: Path) -> None:
    path = tmp_path / "contracts.toml"
    path.write_text('[vendors.alba]\nlead_email = "lead@alba.example"\n')
    shown = CliRunner().invoke(cli.root, ["contract", "check", str(path)]).stdout
    assert "alba" in shown
    assert "e-mail" in shown
    path.write_text("[vendors.alba]\nlead = 1\n")
    wrong = CliRunner().invoke(cli.root, ["contract", "check", str(path)]).exception
    assert "vendors.alba.lead: is no setting" in str(wrong)
