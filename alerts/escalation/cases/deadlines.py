"""By when who must act next in a case, and until when a rater may appeal. From what happened and the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.escalation.cases.calendar import Span, after_business_days, after_days
from alerts.escalation.cases.contract import Contract
from alerts.escalation.cases.states import CaseState


class DueKind(StrEnum):
    """What is due."""

    ACKNOWLEDGE = "acknowledge"  # the vendor
    ANSWER = "answer"  # the vendor
    REPLY = "reply"  # one of ours, to an appeal


@dataclass(frozen=True, slots=True)
class CaseClock:
    """What the deadlines of a case depend on; `notified_ms` is when its delivery was confirmed."""

    state: CaseState
    notified_ms: int | None = None
    appealed_ms: int | None = None  # the oldest appeal without a reply
    pauses: Sequence[Span] = ()  # when the vendor could not be reached


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, and when; `at_ms` is None while the clock stands still."""

    kind: DueKind
    at_ms: int | None


def next_due(clock: CaseClock, contract: Contract) -> Due | None:
    """What is due next; None when nobody has a deadline. An appeal that waits for us comes before all else."""
    terms, calendar = contract.deadlines, contract.calendar
    if clock.appealed_ms is not None:
        # Ours to keep, so no failing delivery excuses it.
        return Due(DueKind.REPLY, after_days(calendar, clock.appealed_ms, terms.reply_days))
    if clock.notified_ms is None:
        return None
    if clock.state is CaseState.NOTIFIED:
        kind, days = DueKind.ACKNOWLEDGE, terms.acknowledge_business_days
    elif clock.state is CaseState.ACKNOWLEDGED:
        kind, days = DueKind.ANSWER, terms.answer_business_days
    else:
        return None
    return Due(kind, after_business_days(calendar, clock.notified_ms, days, clock.pauses))


def lapses_ms(clock: CaseClock, contract: Contract) -> int | None:
    """When a case that the vendor leaves unanswered lapses; None when it does not, or while the clock stands still."""
    if clock.notified_ms is None or clock.appealed_ms is not None:
        return None
    if clock.state not in (CaseState.NOTIFIED, CaseState.ACKNOWLEDGED):
        return None
    days = contract.deadlines.answer_business_days + contract.deadlines.lapse_business_days
    return after_business_days(contract.calendar, clock.notified_ms, days, clock.pauses)


def appeal_until_ms(clock: CaseClock, contract: Contract) -> int | None:
    """Until when an appeal is taken; None before the case was delivered, and while the clock stands still."""
    if clock.notified_ms is None:
        return None
    return after_days(contract.calendar, clock.notified_ms, contract.deadlines.appeal_days, clock.pauses)


def consequence_from_ms(rater_told_ms: int, contract: Contract) -> int | None:
    """From when a consequence may be entered: the rater has known for so long, and could appeal."""
    return after_business_days(contract.calendar, rater_told_ms, contract.deadlines.consequence_business_days)


def steps_passed(due: Due, contract: Contract, now_ms: int, pauses: Sequence[Span] = ()) -> int:
    """How many steps of the ladder a deadline has passed by now; 0 before it, and while the clock stands still."""
    if due.at_ms is None or now_ms < due.at_ms:
        return 0
    return sum(
        at_ms is not None and at_ms <= now_ms
        for step in contract.ladder
        for at_ms in [after_business_days(contract.calendar, due.at_ms, step.after_business_days, pauses)]
    )
