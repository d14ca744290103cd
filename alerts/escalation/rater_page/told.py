"""A rater who opens the own page has been told of the cases on it: from then on a consequence may follow at all."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import TellRater
from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.roles import SYSTEM, Person
from alerts.escalation.cases.transitions import case_table
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.work.perform import perform_as_system


def note_told(session: Session, contracts: Contracts, rater: Person, now_ms: int) -> int:
    """Notes it for each case that the vendor has and the rater had not seen; returns how many there were."""
    unseen = select(CaseRow).where(
        CaseRow.rater_id == rater.rater_id,
        CaseRow.vendor == rater.vendor,
        CaseRow.ever_notified,
        CaseRow.rater_told_ms.is_(None),
    )
    told = [
        case
        for case in session.scalars(unseen).all()
        if (case.case_state, "tell_rater", SYSTEM.role) in case_table(case.case_kind)
    ]
    for case in told:
        perform_as_system(session, contracts, case, TellRater(), now_ms)
    return len(told)
