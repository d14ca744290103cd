"""Evidence is kept for so long after its case ended, the audit for so long after its rows; what was decided stays."""

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.cases.states import ENDED
from alerts.escalation.store.audit import Entry, prune, record
from alerts.escalation.store.tables import AuditRow, CaseRow, ErasedRow, FindingRow, ReadingRow
from alerts.escalation.work.holding import is_held

DAY_MS = 86_400_000
_AT_ONCE = 200
_AUDIT_AT_ONCE = 20_000  # rows of the audit go without being read, so that many can go in one transaction


def drop_old_evidence(session: Session, days: int, now_ms: int) -> int:
    """Drops items, answers and readings of findings whose case ended `days` ago, or that closed then without a case.

    Returns of how many findings; a case that is not over, and a rater under a legal hold, keep all of their evidence.
    """
    before_ms = now_ms - days * DAY_MS
    without_case = (FindingRow.case_id.is_(None)) & (FindingRow.event == "closed") & (FindingRow.at_ms < before_ms)
    asked = select(FindingRow).outerjoin(CaseRow, CaseRow.id == FindingRow.case_id)
    old = asked.where(
        FindingRow.body != "", ~is_held(FindingRow.rater_id), or_(CaseRow.ended_ms < before_ms, without_case)
    )
    found = session.scalars(old.order_by(FindingRow.id).limit(_AT_ONCE)).all()
    for finding in found:
        finding.body = ""
        session.execute(delete(ReadingRow).where(ReadingRow.finding_id == finding.id))
    if found:
        record(session, Entry(now_ms, SYSTEM, "drop_evidence", facts={"findings": len(found), "days": days}))
    return len(found)


def drop_old_audit(session: Session, days: int, now_ms: int) -> int:
    """Drops the audit's rows of whole days that are longer ago than `days`, from the front; returns how many.

    It stops before the first row of a case that is not over, or whose rater is under a legal hold. Which raters were
    erased is remembered for as long.
    """
    before_ms = (now_ms // DAY_MS - days) * DAY_MS
    session.execute(delete(ErasedRow).where(ErasedRow.at_ms < before_ms))
    first = session.scalar(select(AuditRow.seq).order_by(AuditRow.seq).limit(1))
    stays = session.scalar(select(AuditRow.seq).where(_is_needed(before_ms)).order_by(AuditRow.seq).limit(1))
    if first is None or first == stays:
        return 0
    most = select(AuditRow).where(AuditRow.seq < first + _AUDIT_AT_ONCE).order_by(AuditRow.seq.desc()).limit(1)
    last = session.scalar(most if stays is None else most.where(AuditRow.seq < stays))
    return prune(session, last, SYSTEM, now_ms) if last is not None else 0


def _is_needed(before_ms: int) -> ColumnElement[bool]:
    needed = select(CaseRow.id).where(or_(CaseRow.state.not_in(ENDED), is_held(CaseRow.rater_id)))
    return or_(AuditRow.at_ms >= before_ms, AuditRow.case_id.in_(needed))
