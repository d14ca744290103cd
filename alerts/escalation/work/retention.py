"""Evidence is kept for so long after its case ended, and no longer; what was decided, and the audit, stay."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import CaseRow, FindingRow, ReadingRow
from alerts.escalation.work.holding import is_held

DAY_MS = 86_400_000
_AT_ONCE = 200


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
