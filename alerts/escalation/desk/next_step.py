"""What happens next in a case, by whom and by when, in one sentence for whoever reads the page."""

from typing import NamedTuple

from alerts.escalation.cases.roles import READERS, Person, Role
from alerts.escalation.cases.states import CaseKind, CaseState
from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.store.tables import CaseRow


class NextStep(NamedTuple):
    """The sentence; `due_ms` is None where nobody has a deadline, `stands_still` while the vendor is out of reach."""

    text: str
    due_ms: int | None
    overdue: bool
    stands_still: bool


def next_step(case: CaseRow, who: Person, tongue: Tongue, now_ms: int) -> NextStep:
    """As the case stands."""
    text = _sentence(case, who, tongue)
    still = case.due_kind is not None and case.due_ms is None
    return NextStep(text, case.due_ms, case.due_ms is not None and case.due_ms < now_ms, still)


def _sentence(case: CaseRow, who: Person, tongue: Tongue) -> str:
    _ = tongue.text
    if case.appealed_ms is not None:
        return _("Somebody of the quality desk reads the appeal and replies.")
    if who.role is Role.VENDOR_LEAD and case.case_state in (CaseState.NOTIFIED, CaseState.ACKNOWLEDGED):
        return _for_the_vendor(case, tongue)
    if case.case_state is CaseState.TRIAGED and case.kind == CaseKind.QUEUE:
        return _("The guideline and the known answers are looked at; then a decider decides.")
    if case.case_state is CaseState.DECIDED and who.role not in READERS:
        return _("It is decided. An appeal stays possible.")
    return _(_BY_STATE[case.case_state])


def _for_the_vendor(case: CaseRow, tongue: Tongue) -> str:
    _ = tongue.text
    if case.case_state is CaseState.NOTIFIED:
        return _("Please confirm that you have read the case, then look at the answers with the rater.")
    return _("Please look at the answers with the rater and write what you found.")


_BY_STATE = {
    CaseState.OPEN: "Somebody of the quality desk takes the case and looks at it.",
    CaseState.TRIAGED: "The case is sent to the vendor, or cleared.",
    CaseState.NOTIFIED: "The vendor confirms that it has read the case.",
    CaseState.ACKNOWLEDGED: "The vendor looks at the answers with the rater and writes what it found.",
    CaseState.ANSWERED: "A decider of the quality desk reads everything and decides.",
    CaseState.DECIDED: "Enter what follows, if anything, or close the case.",
    CaseState.WITHDRAWN: "Nothing: a known answer was corrected, so the case is gone.",
    CaseState.CLOSED: "Nothing: the case is over.",
}
SENTENCES = tuple(_BY_STATE.values())  # for the catalogue
