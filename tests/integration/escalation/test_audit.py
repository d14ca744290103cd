import pytest
from sqlalchemy import text

from alerts.escalation.cases.actions import OpenEvidence, Triage
from alerts.escalation.errors import BrokenChain
from alerts.escalation.store.audit import Verified, erase_parts, hash_of, verify
from alerts.escalation.store.reading import history_of
from alerts.escalation.store.tables import AuditRow
from tests.escalation_world import DORA, RATER_ID, World


def checked(world: World, head: str | None = None) -> Verified:
    with world.store.reading() as session:
        return verify(session, head)


def spoil(world: World, statement: str) -> None:
    """Changes the database as somebody would who has its password."""
    with world.store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text(statement))


def test_an_untouched_chain_is_unbroken(world: World) -> None:
    world.confirmed()
    found = checked(world)
    assert found.rows == 9  # open, join and one for each of the seven actions
    assert found.erased == 0
    assert len(found.head) == 64


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit SET action = 'clear' WHERE seq = 3", "row 3 was altered"),
        ("UPDATE audit SET actor = 'emil' WHERE seq = 4", "row 4 was altered"),
        ("UPDATE audit SET at_ms = at_ms - 1 WHERE seq = 4", "row 4 was altered"),
        ("UPDATE audit SET facts = '{}' WHERE seq = 1", "row 1 was altered"),
        ("UPDATE audit SET state_after = 'closed' WHERE seq = 9", "row 9 was altered"),
        ("UPDATE audit SET commitment = '' WHERE seq = 9", "row 9 was altered"),
        ("DELETE FROM audit WHERE seq = 5", "row 5 is missing"),
        ("UPDATE audit SET seq = 10 WHERE seq = 8", "row 8 is missing"),
        ('UPDATE audit_parts SET part = \'{"words":"no"}\' WHERE seq = 9', "personal part of audit row 9 was altered"),
        ("UPDATE audit_parts SET salt = 'aa' WHERE seq = 9", "personal part of audit row 9 was altered"),
    ],
)
def test_what_was_altered_is_found_and_named(world: World, statement: str, says: str) -> None:
    world.confirmed()
    spoil(world, statement)
    with pytest.raises(BrokenChain, match=says):
        checked(world)


def test_a_row_that_was_rewritten_with_its_hash_no_longer_fits_the_next(world: World) -> None:
    world.confirmed()
    with world.store.reading() as session:
        row = session.get_one(AuditRow, 3)
        session.expunge(row)
    row.actor = "emil"
    spoil(world, f"UPDATE audit SET actor = 'emil', hash = '{hash_of(row)}' WHERE seq = 3")
    with pytest.raises(BrokenChain, match="row 4 was altered, or the one before it"):
        checked(world)


def test_rows_that_were_cut_off_are_noticed_by_a_head_that_was_kept(world: World) -> None:
    world.answered()
    kept = checked(world).head
    world.do(DORA, world.opened(2), Triage(), OpenEvidence())
    assert checked(world, kept).rows == 11
    spoil(world, "DELETE FROM audit_parts WHERE seq > 5")
    spoil(world, "DELETE FROM audit WHERE seq > 5")
    assert checked(world).rows == 5
    with pytest.raises(BrokenChain, match="cut off or rewritten"):
        checked(world, kept)


def test_erasing_personal_parts_keeps_the_chain(world: World) -> None:
    case_id = world.confirmed()
    before = checked(world)
    with world.store.writing() as session:
        erased = erase_parts(session, case_id)
    assert erased == 2  # the vendor's answer and the reasons of the decision
    after = checked(world, before.head)
    assert (after.rows, after.erased) == (before.rows, 2)


def test_no_row_can_be_changed_by_the_service_itself(world: World) -> None:
    case = world.case(world.opened())
    with pytest.raises(BrokenChain, match="only ever added"), world.store.writing() as session:
        history_of(session, case)[0].action = "clear"
    with pytest.raises(BrokenChain, match="only ever added"), world.store.writing() as session:
        session.delete(session.get_one(AuditRow, 1))


def test_nothing_about_a_person_stands_in_the_chain_itself(world: World) -> None:
    world.confirmed()
    with world.store.engine.connect() as connection:
        chain = str(connection.execute(text("SELECT * FROM audit")).all())
    assert RATER_ID not in chain
    assert "fine" not in chain
    assert "guideline" not in chain


def test_what_was_not_done_leaves_no_row(world: World) -> None:
    case_id = world.opened()
    rows = checked(world).rows
    with pytest.raises(Exception, match="not possible"):
        world.do(DORA, case_id, Triage(), Triage())
    assert checked(world).rows == rows + 1
