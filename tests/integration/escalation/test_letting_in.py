"""Arming, cap, storm and muted detectors decide what becomes a case, and change nothing else."""

import msgspec
from sqlalchemy import select

from alerts.escalation.cases.actions import Clear, Close, OpenEvidence
from alerts.escalation.store.tables import FindingRow
from alerts.escalation.work.precision import precision_of_detectors
from alerts.escalation.work.take_alerts import Payload, take_alerts
from stream.policy.declared import CapPolicy, DeclaredPolicy
from tests.escalation_world import DAY_MS, DORA, HOUR_MS, World, finding

TWO_A_DAY = DeclaredPolicy(cap=CapPolicy(cases_per_queue_and_vendor=2))


def waiting(world: World) -> dict[str, str | None]:
    with world.store.reading() as session:
        return {row.rater_id[-2:]: row.waits for row in session.scalars(select(FindingRow)) if row.rater_id}


def storm(world: World, status: str) -> None:
    alert = {
        "status": status,
        "labels": {"alertname": "QueueGuidelineSuspect", "kind": "queue", "queue": "toxicity", "severity": "ticket"},
        "annotations": {"summary": "Queue toxicity needs review"},
        "startsAt": "2026-03-02T08:30:00Z",
        "endsAt": "2026-03-02T20:00:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "fingerprint": "abc",
    }
    with world.store.writing() as session:
        take_alerts(session, world.contracts, msgspec.convert({"alerts": [alert]}, Payload), world.now_ms)


def test_the_cap_lets_in_so_many_raters_a_day_and_the_others_in_turn(world: World) -> None:
    world.policy = TWO_A_DAY
    for number in range(2, 8):
        world.take(finding(number))
    assert sum(waits is None for waits in waiting(world).values()) == 2
    assert sum(waits == "cap" for waits in waiting(world).values()) == 4
    entered = []
    for _ in range(5):
        entered.append(world.tick().let_in)
        world.now_ms += DAY_MS // 2 + 1
    assert entered == [0, 0, 2, 0, 2]
    assert set(waiting(world).values()) == {None}


def test_the_cap_counts_raters_of_one_queue_vendor_and_level(world: World) -> None:
    world.policy = TWO_A_DAY
    for number in (2, 3, 4):
        world.take(finding(number))
    # Another detector about a rater who has a case today, another vendor, another queue, a critical one: none waits.
    others = (
        finding(2, id="a" * 32, detector="copying"),
        finding(5, vendor="borea"),
        finding(6, queue="spam"),
        finding(7, state="critical"),
    )
    for other in others:
        row = world.take(other)
        assert row is not None
        assert row.case_id is not None
    assert waiting(world)["04"] == "cap"


def test_a_finding_that_closes_while_it_waits_opens_nothing(world: World) -> None:
    world.policy = TWO_A_DAY
    for number in (2, 3, 4):
        world.take(finding(number))
    row = world.take(finding(4, version=2, event="closed", why="gold_corrected", state="ok"))
    assert row is not None
    assert (row.waits, row.state) == (None, "withdrawn")
    world.now_ms += 2 * DAY_MS
    assert world.tick().let_in == 0


def test_a_storm_holds_its_queues_raters_back_for_its_hours_and_no_longer(world: World) -> None:
    storm(world, "firing")
    held = world.take(finding(2))
    elsewhere = world.take(finding(3, queue="spam"))
    assert held is not None
    assert held.waits == "storm"
    assert elsewhere is not None
    assert elsewhere.case_id is not None
    world.now_ms += 20 * HOUR_MS
    assert world.tick().let_in == 0
    world.now_ms += 4 * HOUR_MS
    assert world.tick().let_in == 1


def test_a_storm_that_is_over_lets_them_in_at_the_next_tick(world: World) -> None:
    storm(world, "firing")
    world.take(finding(2))
    storm(world, "resolved")
    assert world.tick().let_in == 1


def test_a_detector_that_people_cleared_too_often_only_watches(world: World) -> None:
    for number in range(2, 22):
        case_id = world.opened(number, detector="copying", queue=f"q{number}")
        words = f"Pair {number} works from the same template, which we gave them"
        world.do(DORA, case_id, OpenEvidence(), Clear(words=words), Close())
    muted, other = world.take(finding(40, detector="copying")), world.take(finding(41))
    assert muted is not None
    assert other is not None
    assert (muted.case_id, muted.waits) == (None, "watch")
    assert other.case_id is not None
    with world.store.reading() as session:
        found = precision_of_detectors(session)
    assert [(one.detector, one.confirmed, one.cleared, one.only_watches) for one in found] == [("copying", 0, 20, True)]


def test_only_the_last_decision_about_a_finding_counts_and_silence_never_does(world: World) -> None:
    world.confirmed(2)
    lapsed = world.notified(3)
    world.now_ms += 40 * DAY_MS
    assert world.tick().lapsed == 1
    assert world.case(lapsed).state == "closed"
    with world.store.reading() as session:
        assert [(one.confirmed, one.cleared) for one in precision_of_detectors(session)] == [(1, 0)]
