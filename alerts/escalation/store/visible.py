"""Which cases a person may see: the one place that says so. What is not visible is not there."""

from sqlalchemy import ColumnElement, and_, false, true

from alerts.escalation.cases.roles import READERS, SYSTEM, Person, Role
from alerts.escalation.cases.states import CaseKind
from alerts.escalation.store.tables import CaseRow


def visible_cases(person: Person) -> ColumnElement[bool]:
    """The condition on `cases` for every list, search, count and export.

    A vendor sees cases about itself and its raters once they were sent to it, never a queue's; a rater the own ones
    once told. Engineers and wellness see none.
    """
    if person.role in READERS or person == SYSTEM:
        return true()
    if person.role is Role.VENDOR_LEAD:
        return and_(CaseRow.vendor == person.vendor, CaseRow.kind != CaseKind.QUEUE, CaseRow.ever_notified)
    if person.role is Role.RATER:
        return and_(
            CaseRow.vendor == person.vendor, CaseRow.rater_id == person.rater_id, CaseRow.rater_told_ms.is_not(None)
        )
    return false()
