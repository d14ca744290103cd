"""After a log lost what was not followed: days that would be incomplete are left out, and no others."""

import msgspec

from stream.facts.memory_store import MemoryStore
from stream.facts.restarting import Restart, restarted
from stream.facts.standing import Standing, TopicPlace
from tests.oracle.facts import beginning

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
IDS = {name: f"id of {name}" for name in ("judgments", "outcomes", "findings")}
WHOLE = {("judgments", 0): (0, 90), ("outcomes", 0): (0, 50), ("outcomes", 1): (0, 50), ("findings", 0): (0, 9)}


def standing() -> Standing:
    """Followed to offset 30 of both partitions of outcomes, on days 99 and 100."""
    return msgspec.structs.replace(
        beginning(MemoryStore().standing(), 2, 1),
        number=7,
        topics={
            "judgments": TopicPlace(IDS["judgments"], [80]),
            "outcomes": TopicPlace(IDS["outcomes"], [30, 30]),
            "findings": TopicPlace(IDS["findings"], [5]),
        },
        applied=[[(60, 1)], [(61, 0)]],
        followed_ms=[99 * DAY_MS + 5, 100 * DAY_MS],
    )


def plan(begin_ms: dict[int, int] | None = None, **bounds: tuple[int, int]) -> Restart:
    held = WHOLE | {(name.rstrip("01"), int(name[-1])): bound for name, bound in bounds.items()}
    return restarted(standing(), "outcomes", IDS, held, begin_ms or {0: 0, 1: 0}, 1)


def test_a_log_that_holds_everything_changes_no_position() -> None:
    found = plan()
    assert found.moved == []
    assert found.standing.topics == standing().topics
    assert found.standing.applied == standing().applied


def test_days_from_the_last_whole_one_until_the_first_whole_one_are_left_out() -> None:
    found = plan({0: 110 * DAY_MS + 23 * HOUR_MS, 1: 0}, outcomes0=(40, 50))
    assert found.moved == ["outcomes:0"]
    assert found.standing.topics["outcomes"].offsets == [40, 30]
    assert found.standing.applied == [[(-1, 0)], [(61, 0)]]
    # Judged ahead of the log's clock by up to an hour, and a local day later: whole from day 113 on.
    assert (found.first, found.until, found.standing.first_day) == (98, 113, 113)
    assert (found.standing.accept_first, found.standing.number) == (True, 8)


def test_findings_and_labels_that_are_gone_take_no_days_with_them() -> None:
    found = plan(findings0=(8, 9), judgments0=(85, 90))
    assert found.moved == ["judgments:0", "findings:0"]
    assert (found.first, found.until) == (0, 0)


def test_a_topic_that_was_made_anew_is_followed_from_its_beginning() -> None:
    other = IDS | {"outcomes": "another"}
    found = restarted(standing(), "outcomes", other, WHOLE, {0: 120 * DAY_MS, 1: 121 * DAY_MS}, 1)
    assert found.standing.topics["outcomes"] == TopicPlace("another", [0, 0])
    assert (found.first, found.until) == (98, 123)
