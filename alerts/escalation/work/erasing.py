"""Erases a rater: what was said of the person goes, that something happened stays, and the audit's chain with it."""

from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.cases.states import ENDED
from alerts.escalation.errors import Unmet, WrongRole
from alerts.escalation.store.audit import Entry, erase_parts, record
from alerts.escalation.store.tables import (
    AppealRow,
    CaseRow,
    CommentRow,
    ConsequenceRow,
    DecisionRow,
    DeliveryRow,
    FindingRow,
    HoldRow,
    OutgoingRow,
    ReadingRow,
    SampleItemRow,
    SampleRow,
    SessionRow,
    TokenRow,
)
from alerts.escalation.work.holding import hold_on
from alerts.escalation.work.subjects import forgotten_subject

ERASED = ""


class Erased(NamedTuple):
    """How much was erased; `out_of_reach` is what left the team before and cannot be called back."""

    cases: int
    findings: int
    audit_parts: int
    out_of_reach: tuple[str, ...]


def erase_rater(session: Session, by: Person, rater_id: str, now_ms: int) -> Erased:
    """Raises WrongRole, and Unmet while a case about the rater is not over (it may be the rater's own to appeal), or
    under a legal hold.
    """
    if by.role is not Role.PRIVACY:
        raise WrongRole(f"to erase a rater is for: {Role.PRIVACY}")
    cases = session.scalars(select(CaseRow).where(CaseRow.rater_id == rater_id)).all()
    live = [case.id for case in cases if case.case_state not in ENDED]
    if live:
        raise Unmet(f"a case about this rater is not over ({', '.join(live)}); decide and close it first")
    if (hold := hold_on(session, rater_id)) is not None:
        raise Unmet(f"a legal hold stands on this rater since {hold.began_ms}; it has to end first")
    parts, sent = 0, set()
    for case in cases:
        parts += erase_parts(session, case.id)
        sent |= _erase_case(session, case, now_ms)
    findings = session.scalars(select(FindingRow).where(FindingRow.rater_id == rater_id)).all()
    for finding in findings:
        finding.rater_id, finding.body = None, ERASED
        session.execute(delete(ReadingRow).where(ReadingRow.finding_id == finding.id))
    samples = select(SampleRow.id).where(SampleRow.rater_id == rater_id)
    session.execute(delete(SampleItemRow).where(SampleItemRow.sample_id.in_(samples)))
    session.execute(delete(SampleRow).where(SampleRow.rater_id == rater_id))
    session.execute(delete(OutgoingRow).where(OutgoingRow.key == rater_id))
    for table in (SessionRow, TokenRow, HoldRow):
        session.execute(delete(table).where(table.rater_id == rater_id))
    record(session, Entry(now_ms, by, "erase_rater", facts={"cases": len(cases), "findings": len(findings)}))
    return Erased(len(cases), len(findings), parts, tuple(sorted(sent)))


def _erase_case(session: Session, case: CaseRow, now_ms: int) -> set[str]:
    case.rater_id, case.said, case.subject = None, ERASED, forgotten_subject()
    for table, columns in (
        (CommentRow, {"words": ERASED}),
        (DecisionRow, {"words": ERASED}),
        (AppealRow, {"words": ERASED, "item_ids": "[]", "reply": None}),
        (ConsequenceRow, {"words": ERASED, "undone_words": None}),
    ):
        session.execute(update(table).where(table.case_id == case.id).values(columns))
    sent = session.scalars(select(DeliveryRow).where(DeliveryRow.case_id == case.id)).all()
    for delivery in sent:
        delivery.body = ERASED
        if delivery.state == "queued":
            delivery.state, delivery.ended_ms, delivery.last_error = "dead", now_ms, "its rater was erased"
    return {f"{row.what} by {row.channel} to {row.vendor or 'us'}" for row in sent if row.state == "delivered"}
