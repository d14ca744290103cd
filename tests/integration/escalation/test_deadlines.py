"""Deadlines as they stand in the rows, with a clock that is set: over a night without delivery, up the ladder."""

import random

import msgspec
from sqlalchemy import select

from alerts.escalation.cases.actions import Acknowledge, Answer, Appeal, Notify, TellRater, Triage
from alerts.escalation.deliver.outbox import Sender, arrived, failed, take_due
from alerts.escalation.errors import Undeliverable
from alerts.escalation.store.reading import decisions_of, findings_of
from alerts.escalation.store.tables import DeliveryRow, OutgoingRow
from tests.escalation_world import DORA, LEE, World, at


def sender(world: World) -> Sender:
    return Sender(world.contracts, world.desk, random.Random(1).random)


def attempt(world: World, *, fails: str | None = None, final: bool = False) -> list[DeliveryRow]:
    """One round of the outbox, in which everything arrives or nothing does."""
    with world.store.writing() as session:
        taken = list(take_due(session, world.now_ms, 50, 50, {}))
    with world.store.writing() as session:
        for row in taken:
            if fails is None:
                assert arrived(session, sender(world), row, world.now_ms)
            else:
                assert failed(session, sender(world), row, Undeliverable(fails, final=final), world.now_ms)
    return taken


def queued(world: World) -> list[tuple[str, str, str]]:
    with world.store.reading() as session:
        rows = session.scalars(select(DeliveryRow).where(DeliveryRow.state == "queued")).all()
    return sorted((row.what, row.channel, row.address) for row in rows)


def test_deadlines_start_when_delivery_is_confirmed_and_not_before(world: World) -> None:
    case_id = world.opened()
    world.do(DORA, case_id, Triage(), Notify())
    case = world.case(case_id)
    assert (case.state, case.due_ms, case.notified_ms) == ("triaged", None, None)
    world.now_ms = at("2026-03-02T15:00")
    attempt(world)
    case = world.case(case_id)
    assert (case.state, case.due_kind, case.due_ms) == ("notified", "acknowledge", at("2026-03-03T15:00"))
    assert case.appeal_until_ms == at("2026-04-01T15:00")


def test_a_night_of_failed_delivery_costs_the_vendor_no_working_time_and_a_morning_does(world: World) -> None:
    told, other = world.notified(2), world.opened(1)  # told at 10:00
    attempt(world)
    world.do(DORA, other, Triage(), Notify())
    world.now_ms = at("2026-03-02T19:00")
    attempt(world, fails="no answer")
    # The vendor cannot be reached: the clock of its other cases stands still too.
    assert world.case(told).due_ms is None
    assert world.case(told).appeal_until_ms is None
    world.now_ms = at("2026-03-03T09:30")
    attempt(world)
    # Half an hour of the morning was lost to the outage.
    assert world.case(told).due_ms == at("2026-03-03T10:30")
    assert world.case(other).due_ms == at("2026-03-04T09:30")


def test_an_overdue_case_goes_up_the_ladder_and_then_lapses_without_confirming_anything(world: World) -> None:
    case_id = world.notified()
    attempt(world)
    told = []
    for day in ("03-03T09:00", "03-03T10:00", "03-03T10:05", "03-05T10:00", "03-09T10:00", "03-16T09:59"):
        world.now_ms = at(f"2026-{day}")
        world.tick()
        told.append(queued(world))
        attempt(world)
    assert told == [
        [],
        [("reminder", "webhook", "https://hooks.alba.example/in")],
        [],
        [("reminder", "email", "head@alba.example")],
        [("overdue", "email", "desk@example.org")],
        [],
    ]
    world.now_ms = at("2026-03-16T10:00")
    assert world.tick().lapsed == 1
    case = world.case(case_id)
    assert (case.state, case.due_ms) == ("closed", None)
    with world.store.reading() as session:
        assert findings_of(session, case)[0].state == "lapsed"
        assert [row.verdict for row in decisions_of(session, case)] == ["lapsed"]
        # The stream hears nothing: silence says nothing about the rater.
        assert session.scalars(select(OutgoingRow)).all() == []
    assert world.tick() == (0, 0, 0)


def test_the_next_deadline_has_a_ladder_of_its_own(world: World) -> None:
    case_id = world.notified()
    attempt(world)
    world.now_ms = at("2026-03-03T11:00")
    assert world.tick().reminded == 1
    case = world.do(LEE, case_id, Acknowledge())
    assert (case.due_kind, case.due_ms, case.ladder_step) == ("answer", at("2026-03-09T10:00"), 0)
    world.now_ms = at("2026-03-09T10:00")
    assert world.tick().reminded == 1
    case = world.do(LEE, case_id, Answer(words="We looked at all of them"))
    assert case.due_ms is None
    world.now_ms = at("2026-04-09T10:00")
    assert world.tick() == (0, 0, 0)


def test_an_appeal_that_waits_for_us_is_told_to_us(world: World) -> None:
    case_id = world.notified()
    attempt(world)
    world.do(LEE, case_id, TellRater(), Appeal(words="We stand by all of them"))
    world.now_ms = at("2026-03-16T10:00")
    world.tick()
    assert queued(world) == [("overdue", "email", "desk@example.org")]


def test_a_receiver_that_is_gone_gets_e_mail_tells_us_and_stops_the_clock(world: World) -> None:
    case_id = world.opened()
    world.do(DORA, case_id, Triage(), Notify())
    attempt(world, fails="the webhook answered 410", final=True)
    assert queued(world) == [("case", "email", "lead@alba.example"), ("undeliverable", "email", "desk@example.org")]
    attempt(world)
    case = world.case(case_id)
    # The e-mail is out, so the vendor may see the case; but nobody knows that it was read, so no deadline runs.
    assert (case.state, case.due_ms) == ("notified", None)


def test_a_day_of_failure_is_given_up_after_ever_longer_pauses(world: World) -> None:
    case_id = world.opened()
    world.do(DORA, case_id, Triage(), Notify())
    began, moments = world.now_ms, []
    while ("case", "webhook", "https://hooks.alba.example/in") in queued(world):
        assert attempt(world, fails="no answer")
        moments.append((world.now_ms - began) / 3_600_000)
        with world.store.reading() as session:
            row = session.scalars(select(DeliveryRow).where(DeliveryRow.channel == "webhook")).one()
        world.now_ms = max(row.next_ms, world.now_ms)
    assert len(moments) == 8
    assert moments[1] < 0.002
    assert 21 < moments[-1] <= 24
    with world.store.reading() as session:
        dead = session.scalars(select(DeliveryRow).where(DeliveryRow.state == "dead")).one()
    assert dead.last_error == "no answer"
    assert ("case", "email", "lead@alba.example") in queued(world)


def test_what_goes_to_the_vendor_says_no_test_no_other_rater_and_no_motive(world: World) -> None:
    case_id = world.opened()
    world.do(DORA, case_id, Triage(), Notify())
    with world.store.reading() as session:
        body = session.scalars(select(DeliveryRow.body)).one()
    message = msgspec.json.decode(body)
    assert message["findings"][0]["items"][0] == {
        "item_id": "item-1",
        "label": "fine",
        "at_ms": at("2026-03-02T09:00"),
        "others": 4,
        "others_same": 1,
        "duration_ms": 900,
    }
    assert "00ff00ff00ff00ff" not in body  # who the other one of a pair is stays with us
    assert "gold" not in body
