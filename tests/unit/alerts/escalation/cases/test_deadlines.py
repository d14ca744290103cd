from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.escalation.cases.calendar import Span
from alerts.escalation.cases.contract import Calendar, Contract, Deadlines
from alerts.escalation.cases.deadlines import (
    CaseClock,
    Due,
    DueKind,
    appeal_until_ms,
    consequence_from_ms,
    lapses_ms,
    next_due,
    steps_passed,
)
from alerts.escalation.cases.states import CaseState

CONTRACT = Contract(name="alba", calendar=Calendar(time_zone="Europe/Berlin"))


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1_000)


TOLD = at("2026-03-02T10:00")


def test_no_deadline_runs_before_the_vendor_has_the_case() -> None:
    clock = CaseClock(CaseState.TRIAGED)
    assert next_due(clock, CONTRACT) is None
    assert lapses_ms(clock, CONTRACT) is None
    assert appeal_until_ms(clock, CONTRACT) is None


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (CaseState.NOTIFIED, Due(DueKind.ACKNOWLEDGE, at("2026-03-03T10:00"))),
        (CaseState.ACKNOWLEDGED, Due(DueKind.ANSWER, at("2026-03-09T10:00"))),
        (CaseState.ANSWERED, None),
        (CaseState.DECIDED, None),
        (CaseState.CLOSED, None),
    ],
)
def test_the_vendor_acknowledges_within_one_business_day_and_answers_within_five(
    state: CaseState, due: Due | None
) -> None:
    assert next_due(CaseClock(state, TOLD), CONTRACT) == due


def test_a_reply_to_an_appeal_is_ours_and_no_outage_of_the_vendor_excuses_it() -> None:
    clock = CaseClock(CaseState.ANSWERED, TOLD, at("2026-03-20T12:00"), [Span(at("2026-03-20T13:00"), None)])
    # Two weeks later, on the other side of the clock change.
    assert next_due(clock, CONTRACT) == Due(DueKind.REPLY, at("2026-04-03T12:00"))


def test_a_case_lapses_only_after_the_answers_deadline_and_the_reminders() -> None:
    assert lapses_ms(CaseClock(CaseState.NOTIFIED, TOLD), CONTRACT) == at("2026-03-16T10:00")
    assert lapses_ms(CaseClock(CaseState.ANSWERED, TOLD), CONTRACT) is None
    assert lapses_ms(CaseClock(CaseState.NOTIFIED, TOLD, pauses=[Span(TOLD, None)]), CONTRACT) is None


def test_an_appeal_is_taken_for_thirty_days_and_longer_by_what_could_not_be_delivered() -> None:
    assert appeal_until_ms(CaseClock(CaseState.NOTIFIED, TOLD), CONTRACT) == at("2026-04-01T10:00")
    night = [Span(at("2026-03-05T20:00"), at("2026-03-06T08:00"))]
    assert appeal_until_ms(CaseClock(CaseState.DECIDED, TOLD, pauses=night), CONTRACT) == at("2026-04-01T22:00")


def test_a_consequence_waits_until_the_rater_has_known_for_the_contracts_days() -> None:
    assert consequence_from_ms(TOLD, CONTRACT) == at("2026-03-09T10:00")
    short = Contract(calendar=CONTRACT.calendar, deadlines=Deadlines(consequence_business_days=1))
    assert consequence_from_ms(TOLD, short) == at("2026-03-03T10:00")


def test_a_deadline_that_passed_goes_up_the_ladder_step_by_step() -> None:
    due = Due(DueKind.ANSWER, at("2026-03-06T10:00"))
    steps = [
        ("2026-03-06T09:59", 0),
        ("2026-03-06T10:00", 1),
        ("2026-03-08T12:00", 1),  # a weekend is no time
        ("2026-03-10T10:00", 2),
        ("2026-03-12T10:00", 3),
        ("2027-01-01T10:00", 3),
    ]
    assert [steps_passed(due, CONTRACT, at(now)) for now, _ in steps] == [passed for _, passed in steps]
    assert steps_passed(Due(DueKind.ANSWER, None), CONTRACT, at("2026-03-06T10:00")) == 0
