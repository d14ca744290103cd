"""The audit is kept for 13 months: what is left is unbroken, and says from when on."""

import pytest
from sqlalchemy import text

from alerts.escalation.cases.actions import Clear, Close, Comment, OpenEvidence
from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import BrokenChain
from alerts.escalation.store.audit import Verified, verify
from alerts.escalation.work.holding import begin_hold
from alerts.escalation.work.retention import drop_old_audit
from tests.escalation_world import DAY_MS, DORA, RATER_ID, WHY, World

DAYS = 400


def checked(world: World, head: str | None = None) -> Verified:
    with world.store.reading() as session:
        return verify(session, head)


def dropped(world: World) -> int:
    with world.store.writing() as session:
        return drop_old_audit(session, DAYS, world.now_ms)


def spoil(world: World, statement: str) -> None:
    with world.store.engine.begin() as connection:
        connection.execute(text(statement))


def cleared(world: World, number: int) -> str:
    case_id = world.opened(number)
    world.do(DORA, case_id, OpenEvidence(), Clear(words=f"{WHY} {number}"), Close())
    return case_id


def aged(world: World) -> Verified:
    """Five rows of a case that is over, and five of one from when those were 399 days old; two days later."""
    cleared(world, 1)
    world.now_ms += (DAYS - 1) * DAY_MS
    cleared(world, 2)
    before = checked(world)
    world.now_ms += 2 * DAY_MS
    return before


def test_rows_go_after_their_time_and_what_is_left_is_unbroken_and_says_so(world: World) -> None:
    before = aged(world)
    assert before.rows == 10
    assert dropped(world) == 5
    after = checked(world, before.head)
    assert (after.rows, after.pruned) == (6, 5), "the five later ones and the checkpoint"
    assert after.since_ms == world.now_ms - 2 * DAY_MS
    assert dropped(world) == 0, "and no checkpoint without need"
    assert checked(world) == after
    cleared(world, 3)
    assert checked(world, after.head).rows == 11


def test_a_second_time_the_latest_checkpoint_counts(world: World) -> None:
    aged(world)
    dropped(world)
    world.now_ms += DAYS * DAY_MS
    assert dropped(world) == 5
    after = checked(world)
    assert (after.rows, after.pruned) == (2, 10), "the first checkpoint is 400 days old, not older"
    world.now_ms += 2 * DAY_MS
    assert dropped(world) == 1
    assert (checked(world).rows, checked(world).pruned) == (2, 11)


def test_no_row_of_a_case_that_is_not_over_goes(world: World) -> None:
    cleared(world, 1)
    case_id = world.opened(2)
    cleared(world, 3)
    world.now_ms += (DAYS + 2) * DAY_MS
    assert dropped(world) == 5
    world.do(DORA, case_id, OpenEvidence(), Clear(words=WHY), Close())
    assert checked(world).pruned == 5
    assert dropped(world) > 0


def test_no_row_of_a_rater_under_a_legal_hold_goes(world: World) -> None:
    cleared(world, 1)
    with world.store.writing() as session:
        begin_hold(session, Person("pat", Role.PRIVACY), RATER_ID, "lawsuit 17", world.now_ms)
    world.now_ms += (DAYS + 2) * DAY_MS
    assert dropped(world) == 0


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM audit WHERE seq = 6", "row 6 is missing"),
        ("UPDATE audit SET previous = 'aa' WHERE seq = 6", "row 6 was altered"),
        ('UPDATE audit SET facts = \'{"last_hash":"aa","pruned"\\:5}\' WHERE seq = 11', "row 11 was altered"),
        ("UPDATE audit SET actor = 'emil' WHERE seq = 8", "row 8 was altered"),
    ],
)
def test_what_is_altered_afterwards_is_found(world: World, statement: str, says: str) -> None:
    aged(world)
    dropped(world)
    spoil(world, "DELETE FROM audit_parts WHERE seq = 6")
    spoil(world, statement)
    with pytest.raises(BrokenChain, match=says):
        checked(world)


def test_rows_that_go_without_a_checkpoint_are_missed(world: World) -> None:
    aged(world)
    spoil(world, "DELETE FROM audit_parts WHERE seq < 6")
    spoil(world, "DELETE FROM audit WHERE seq < 6")
    with pytest.raises(BrokenChain, match="row 1 is missing; the next one there is 6"):
        checked(world)


def test_a_kept_head_of_a_row_that_went_is_told_from_one_that_was_rewritten(world: World) -> None:
    cleared(world, 1)
    kept = checked(world).head
    world.do(DORA, world.opened(2), OpenEvidence(), Comment(words="to be looked at"), Clear(words=WHY), Close())
    last = checked(world).head
    world.now_ms += (DAYS + 2) * DAY_MS
    dropped(world)
    assert checked(world, last).rows == 1, "the checkpoint names the last of them"
    with pytest.raises(BrokenChain, match="went for its age"):
        checked(world, kept)
