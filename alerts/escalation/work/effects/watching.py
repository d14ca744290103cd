"""Our own people take a case, look at it, hand it on and talk about it."""

from alerts.escalation.cases.actions import Assign, Comment, OpenEvidence, Triage
from alerts.escalation.errors import Unmet
from alerts.escalation.store.tables import CommentRow, EvidenceViewRow
from alerts.escalation.work.doing import Doing, Told


def triage(doing: Doing, action: Triage) -> Told:
    """Whoever takes it has it, or whom they name."""
    doing.case.assignee = action.assignee or doing.who.id
    return Told({"assignee": doing.case.assignee})


def assign(doing: Doing, action: Assign) -> Told:
    """Somebody else has it from now on."""
    doing.case.assignee = action.assignee
    return Told({"assignee": action.assignee})


def comment(doing: Doing, action: Comment) -> Told:
    """A note that stays with us."""
    if not action.words.strip():
        raise Unmet("the comment is empty; write something")
    add_words(doing, "comment", action.words)
    return Told(personal={"words": action.words})


def open_evidence(doing: Doing, action: OpenEvidence) -> Told:  # noqa: ARG001 (every effect takes its action)
    """Once a person and round is enough; each further look is in the audit all the same."""
    key = {"case_id": doing.case.id, "round": doing.case.round, "person": doing.who.id}
    if doing.session.get(EvidenceViewRow, key) is None:
        doing.session.add(EvidenceViewRow(**key, at_ms=doing.now_ms))
    return Told({"round": doing.case.round})


def has_opened_evidence(doing: Doing) -> bool:
    """Whether this person looked at the evidence since the case was last opened."""
    return doing.session.get(EvidenceViewRow, (doing.case.id, doing.case.round, doing.who.id)) is not None


def add_words(doing: Doing, kind: str, words: str) -> None:
    """Keeps what somebody said in the case."""
    doing.session.add(
        CommentRow(
            case_id=doing.case.id,
            at_ms=doing.now_ms,
            by=doing.who.id,
            role=doing.who.role.value,
            kind=kind,
            words=words,
        )
    )
