"""A rater who was erased stays so, whatever topic `findings` still tells."""

from pathlib import Path

from sqlalchemy import func, inspect, select, text

from alerts.escalation.cases.actions import (
    Appeal,
    Clear,
    Close,
    Delivered,
    Notify,
    OpenEvidence,
    TellRater,
    Triage,
)
from alerts.escalation.cases.roles import SYSTEM, Person, Role
from alerts.escalation.store.audit import verify
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.work.erasing import erase_rater
from alerts.escalation.work.holding import begin_hold, end_hold
from tests.escalation_world import DORA, LEE, RATER, RATER_ID, WHY, World, finding

PRIVACY = Person("pat", Role.PRIVACY)
OWN_WORDS = "My name is Jane and I stand by these answers"


def erased(world: World) -> None:
    with world.store.writing() as session:
        erase_rater(session, PRIVACY, RATER_ID, world.now_ms)
    world.store.forget_deleted()


def everything(world: World) -> str:
    """Every cell of every table."""
    with world.store.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return "\n".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names)


def worked(world: World) -> None:
    """A case that was told to the vendor, appealed and cleared; a finding in shadow; a hold that has ended."""
    case_id = world.opened()
    world.do(DORA, case_id, Triage(), Notify())
    world.do(SYSTEM, case_id, Delivered())
    world.do(LEE, case_id, TellRater())
    world.do(RATER, case_id, Appeal(words=OWN_WORDS, item_ids=("item-1",)))
    world.do(DORA, case_id, OpenEvidence(), Clear(words=WHY))
    world.do(DORA, case_id, Close())
    world.take(finding(1, id="a" * 32, shadow=True))
    with world.store.writing() as session:
        begin_hold(session, PRIVACY, RATER_ID, "lawsuit 17", world.now_ms)
        end_hold(session, PRIVACY, RATER_ID, world.now_ms)


def test_neither_pseudonym_nor_words_are_left_in_any_table_and_the_chain_holds(world: World) -> None:
    worked(world)
    assert RATER_ID in everything(world)
    assert OWN_WORDS in everything(world)
    erased(world)
    assert RATER_ID not in everything(world)
    assert OWN_WORDS not in everything(world)
    assert "lawsuit 17" not in everything(world)
    with world.store.reading() as session:
        assert verify(session).erased >= 3


def test_nor_in_the_bytes_of_the_file(world: World, tmp_path: Path) -> None:
    if world.store.engine.dialect.name != "sqlite":
        return  # PostgreSQL keeps its own files; what they hold until it vacuums is told by the command
    worked(world)
    files = [tmp_path / "cases.db", tmp_path / "cases.db-wal"]
    assert any(RATER_ID.encode() in file.read_bytes() for file in files)
    erased(world)
    assert [file.name for file in files if RATER_ID.encode() in file.read_bytes()] == []
    assert [file.name for file in files if OWN_WORDS.encode() in file.read_bytes()] == []


def test_what_kafka_tells_afterwards_is_not_taken_in(world: World) -> None:
    worked(world)
    erased(world)
    before = everything(world)
    assert world.take(finding(1, version=2, event="closed", why="forgotten")) is None
    assert world.take(finding(1)) is None, "all of it is read again"
    assert world.take(finding(1, id="b" * 32)) is None, "the service was behind its topic"
    assert everything(world) == before
    assert world.take(finding(2)) is not None, "others are"


def test_a_finding_that_waited_becomes_no_case(world: World) -> None:
    world.take(finding(1, shadow=True))
    erased(world)
    with world.store.engine.begin() as connection:
        assert connection.execute(text("SELECT waits FROM findings")).scalar_one() is None
    world.tick()
    with world.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 0
