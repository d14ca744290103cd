"""Times in which a vendor cannot be reached: its deadlines stand still, and go on once something arrives again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.states import ENDED
from alerts.escalation.store.tables import CaseRow, OutageRow
from alerts.escalation.work.clock import set_clock


def begin_outage(session: Session, contracts: Contracts, vendor: str, now_ms: int) -> None:
    """Stops the clock of the vendor's cases, if it still goes."""
    if _current(session, vendor) is None:
        session.add(OutageRow(vendor=vendor, began_ms=now_ms))
        _set_clocks(session, contracts, vendor)


def end_outage(session: Session, contracts: Contracts, vendor: str, now_ms: int) -> None:
    """Lets the clock go on."""
    outage = _current(session, vendor)
    if outage is not None:
        outage.ended_ms = now_ms
        _set_clocks(session, contracts, vendor)


def _current(session: Session, vendor: str) -> OutageRow | None:
    asked = select(OutageRow).where(OutageRow.vendor == vendor, OutageRow.ended_ms.is_(None))
    return session.scalar(asked)


def _set_clocks(session: Session, contracts: Contracts, vendor: str) -> None:
    session.flush()
    asked = select(CaseRow).where(
        CaseRow.vendor == vendor, CaseRow.notified_ms.is_not(None), CaseRow.state.not_in(ENDED)
    )
    for case in session.scalars(asked).all():
        set_clock(session, case, contracts.of(vendor))
