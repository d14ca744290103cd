"""Keeps a case's deadlines in its row, so that lists sort by them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.calendar import Span
from alerts.escalation.cases.contract import Contract
from alerts.escalation.cases.deadlines import CaseClock, appeal_until_ms, next_due
from alerts.escalation.store.tables import CaseRow, OutageRow


def set_clock(session: Session, case: CaseRow, contract: Contract) -> None:
    """Writes what is due and until when an appeal is taken, as it follows from the case as it stands."""
    clock = clock_of(session, case)
    due = next_due(clock, contract)
    was = case.due_kind
    case.due_kind = due.kind.value if due else None
    case.due_ms = due.at_ms if due else None
    case.appeal_until_ms = appeal_until_ms(clock, contract)
    if case.due_kind != was:
        case.ladder_step = 0


def clock_of(session: Session, case: CaseRow) -> CaseClock:
    """What the deadlines of the case depend on."""
    return CaseClock(case.case_state, case.notified_ms, case.appealed_ms, outages_of(session, case.vendor))


def outages_of(session: Session, vendor: str | None) -> list[Span]:
    """When the vendor could not be reached, oldest first."""
    if vendor is None:
        return []
    found = session.scalars(select(OutageRow).where(OutageRow.vendor == vendor).order_by(OutageRow.began_ms))
    return [Span(outage.began_ms, outage.ended_ms) for outage in found]
