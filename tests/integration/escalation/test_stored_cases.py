"""What `forget` and `disclose` ask of the case service, on a database as a deployment has it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.escalation.cases.actions import Clear, Close, OpenEvidence
from alerts.escalation.errors import Unmet
from alerts.escalation.store.audit import verify
from alerts.escalation.store.store import Store
from alerts.escalation.work.retention import drop_old_evidence
from stream.commands.case_holder import NoCases
from stream.commands.cases import hold
from stream.commands.stored_cases import SETTINGS, StoredCases, cases_of_the_deployment
from tests.escalation_world import DAY_MS, DORA, RATER_ID, World

WORDS = "These fit the guideline of March, so nothing is wrong with them"


@pytest.fixture
def settings_file(tmp_path: Path, sqlite_template: Path) -> Path:
    (tmp_path / "cases.db").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "contracts.toml").write_text("")
    (tmp_path / "escalation.toml").write_text('database = "sqlite:///cases.db"\n')
    return tmp_path / "escalation.toml"


def test_an_open_case_holds_an_erasure_and_a_closed_one_is_erased_with_the_audit_intact(settings_file: Path) -> None:
    store = Store.open(f"sqlite:///{settings_file.parent / 'cases.db'}")
    world, holder = World(store), StoredCases(settings_file)
    case_id = world.notified()
    hold = holder.hold_on(RATER_ID)
    assert hold is not None
    assert case_id in hold.why
    world.do(DORA, case_id, OpenEvidence(), Clear(words=WORDS), Close())
    assert holder.hold_on(RATER_ID) is None
    told = holder.tell(RATER_ID)[case_id]
    assert told["decisions"][0]["words"] == WORDS
    assert [one["rater_id"] for one in told["findings"]] == [RATER_ID]
    holder.erase(RATER_ID, by="M. Okafor", reason="asked for it")
    assert holder.tell(RATER_ID) == {}
    with store.reading() as session:
        assert verify(session).erased > 0
    store.close()


def test_a_legal_hold_keeps_everything_until_it_ends(settings_file: Path) -> None:
    store = Store.open(f"sqlite:///{settings_file.parent / 'cases.db'}")
    world, holder = World(store), StoredCases(settings_file)
    case_id = world.notified()
    world.do(DORA, case_id, OpenEvidence(), Clear(words=WORDS), Close())
    given = [RATER_ID, "--by", "M. Okafor", "--settings", str(settings_file)]
    assert CliRunner().invoke(hold, [*given, "--reason", "lawsuit 17"]).exit_code == 0
    held = holder.hold_on(RATER_ID)
    assert held is not None
    assert "lawsuit 17" in held.why
    world.now_ms += 1_000 * DAY_MS
    with store.writing() as session:
        assert drop_old_evidence(session, 90, world.now_ms) == 0
    with pytest.raises(Unmet, match="legal hold"):
        holder.erase(RATER_ID, by="M. Okafor", reason="asked for it")
    assert CliRunner().invoke(hold, [*given, "--end"]).exit_code == 0
    assert holder.hold_on(RATER_ID) is None
    with store.writing() as session:
        assert drop_old_evidence(session, 90, world.now_ms) == 1
        assert verify(session).rows > 0
    holder.erase(RATER_ID, by="M. Okafor", reason="asked for it")
    store.close()


def test_without_a_service_that_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(SETTINGS, raising=False)
    assert isinstance(cases_of_the_deployment(), NoCases)
    assert "RATERWATCH_ESCALATION=FILE" in capsys.readouterr().err


def test_the_environment_names_the_service(monkeypatch: pytest.MonkeyPatch, settings_file: Path) -> None:
    monkeypatch.setenv(SETTINGS, str(settings_file))
    assert cases_of_the_deployment().hold_on(RATER_ID) is None
