"""Legal holds: while one stands, nothing of the rater is erased or dropped."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import NotThere, WrongRole
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import HoldRow


def begin_hold(session: Session, by: Person, rater_id: str, reason: str, now_ms: int) -> HoldRow:
    """Begins one, or answers the one that stands; raises WrongRole."""
    _demand(by)
    if (standing := hold_on(session, rater_id)) is not None:
        return standing
    hold = HoldRow(rater_id=rater_id, by=by.id, reason=reason, began_ms=now_ms)
    session.add(hold)
    # The audit outlives the person's data, so it says that there is a hold and not of whom.
    record(session, Entry(now_ms, by, "begin_hold", personal={"rater": rater_id, "reason": reason}))
    return hold


def end_hold(session: Session, by: Person, rater_id: str, now_ms: int) -> None:
    """Ends it; raises WrongRole, and NotThere when none stands."""
    _demand(by)
    hold = hold_on(session, rater_id)
    if hold is None:
        raise NotThere("no legal hold on this rater stands; look at the pseudonym")
    hold.ended_ms, hold.ended_by = now_ms, by.id
    record(session, Entry(now_ms, by, "end_hold", personal={"rater": rater_id}))


def hold_on(session: Session, rater_id: str) -> HoldRow | None:
    """The hold that stands."""
    return session.scalar(select(HoldRow).where(HoldRow.rater_id == rater_id, HoldRow.ended_ms.is_(None)))


def is_held(rater_id: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """The condition that a row's rater is under a hold."""
    return exists().where(HoldRow.rater_id == rater_id, HoldRow.ended_ms.is_(None))


def _demand(by: Person) -> None:
    if by.role is not Role.PRIVACY:
        raise WrongRole(f"legal holds are for: {Role.PRIVACY}")
