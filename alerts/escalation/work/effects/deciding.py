"""What people decide about the findings of a case, and how a case ends or begins again."""

from collections.abc import Sequence

from sqlalchemy import select

from alerts.escalation.cases.actions import Clear, Close, Confirm, Lapse, Reopen, Withdraw
from alerts.escalation.cases.demands import DecisionFacts, demand_decision, demand_own_words
from alerts.escalation.cases.roles import Role
from alerts.escalation.cases.states import AppealState, FindingState
from alerts.escalation.cases.transitions import FINDING_TABLE, after
from alerts.escalation.errors import Unmet
from alerts.escalation.store.reading import appeals_of, consequences_of, findings_of
from alerts.escalation.store.tables import AppealRow, DecisionRow, FindingRow
from alerts.escalation.work.doing import Doing, Told
from alerts.escalation.work.effects.watching import has_opened_evidence
from alerts.escalation.work.feedback import owe_verdict
from alerts.escalation.work.sending import send_to_vendor

_OWN_LAST = 20  # so many decisions of a person are compared with, so that none is pasted again and again


def confirm(doing: Doing, action: Confirm) -> Told:
    """The finding is right; the detector begins anew for this rater."""
    _demand(doing, action.words, confirms=True)
    _decide(doing, FindingState.CONFIRMED, action.words, "retrained" if action.retrained else "confirmed")
    send_to_vendor(doing.session, doing.contract, doing.case, "decision", doing.now_ms)
    return Told({"verdict": "confirmed", "retrained": action.retrained}, {"words": action.words})


def clear(doing: Doing, action: Clear) -> Told:
    """The finding is wrong; whoever was told of it is told of this too."""
    if doing.bulk:
        demand_own_words(action.words)
    else:
        _demand(doing, action.words, confirms=False)
    _decide(doing, FindingState.CLEARED, action.words, "cleared")
    _tell(doing, "decision")
    return Told({"verdict": "cleared", "bulk": doing.bulk}, {"words": action.words})


def lapse(doing: Doing, action: Lapse) -> Told:  # noqa: ARG001 (every effect takes its action)
    """No answer came. It confirms nothing and says nothing about the detector, so no verdict goes out."""
    _decide(doing, FindingState.LAPSED, "", None)
    _tell(doing, "lapsed")
    return Told({"verdict": "lapsed"})


def withdraw(doing: Doing, action: Withdraw) -> Told:  # noqa: ARG001
    """Our known answer was wrong: nothing is left of the findings, nor of what followed from them."""
    _decide(doing, FindingState.WITHDRAWN, "", None)
    standing = [row for row in consequences_of(doing.session, doing.case) if row.undone_ms is None]
    for consequence in standing:
        consequence.undone_ms, consequence.undone_by = doing.now_ms, doing.who.id
        consequence.undone_words = "A known answer was corrected."
    for waiting in _open_appeals(doing):
        waiting.state, waiting.replied_ms, waiting.replied_by = AppealState.GRANTED, doing.now_ms, doing.who.id
        waiting.reply = "A known answer was corrected: the answers stand."
    doing.case.appealed_ms = None
    _tell(doing, "withdrawn")
    return Told({"consequences_undone": len(standing)})


def close(doing: Doing, action: Close) -> Told:  # noqa: ARG001
    """Only when nobody waits for anything."""
    if _open_appeals(doing):
        raise Unmet("reply to the open appeal first")
    if any(row.signed_ms is None and row.undone_ms is None for row in consequences_of(doing.session, doing.case)):
        raise Unmet("a consequence waits for its second person; let it be signed or undone first")
    return Told()


def reopen(doing: Doing, action: Reopen) -> Told:
    """A new round: deadlines and evidence begin anew, everything said before stays in the history."""
    case = doing.case
    if doing.who.role is not Role.SYSTEM:
        demand_own_words(action.words)
        for finding in findings_of(doing.session, case):
            if (finding.state, "reopen", doing.who.role) in FINDING_TABLE:
                finding.state = after(FINDING_TABLE, finding.finding_state, "reopen", doing.who.role)
    case.round += 1
    case.notified_ms = case.acknowledged_ms = case.answered_ms = case.decided_ms = case.appealed_ms = None
    case.rater_told_ms = None
    return Told({"round": case.round}, {"words": action.words})


def _demand(doing: Doing, words: str, *, confirms: bool) -> None:
    appeals = [row for row in appeals_of(doing.session, doing.case) if row.round == doing.case.round]
    own = select(DecisionRow.words).where(DecisionRow.by == doing.who.id, DecisionRow.case_id != doing.case.id)
    recent = doing.session.scalars(own.order_by(DecisionRow.id.desc()).limit(_OWN_LAST)).all()
    facts = DecisionFacts(
        evidence_opened=has_opened_evidence(doing),
        words=words,
        given=(doing.case.said, *recent),
        appeals_open=sum(row.state == AppealState.OPEN for row in appeals),
        granted_as_a_whole=any(row.state == AppealState.GRANTED and row.item_ids == "[]" for row in appeals),
    )
    demand_decision(facts, confirms=confirms)


def _decide(doing: Doing, verdict: FindingState, words: str, sent: str | None) -> None:
    """Enters the verdict for each finding that is still open, and owes it to the stream."""
    case, action = doing.case, _ACTION[verdict]
    case.decided_ms = doing.now_ms
    table = FINDING_TABLE
    concerned = [f for f in findings_of(doing.session, case) if (f.state, action, doing.who.role) in table]
    for finding in concerned:
        finding.state = after(table, finding.finding_state, action, doing.who.role)
        if sent is not None:
            owe_verdict(doing.session, finding, sent, doing.who.id, doing.now_ms)
    _enter(doing, verdict, words, concerned)


def _enter(doing: Doing, verdict: FindingState, words: str, findings: Sequence[FindingRow]) -> None:
    concerned: Sequence[FindingRow | None] = findings or [None]  # a queue or vendor case has no findings
    for finding in concerned:
        doing.session.add(
            DecisionRow(
                case_id=doing.case.id,
                round=doing.case.round,
                finding_id=finding and finding.id,
                detector=finding.detector if finding else doing.case.detector,
                verdict=verdict.value,
                by=doing.who.id,
                bulk=doing.bulk,
                words=words,
                at_ms=doing.now_ms,
            )
        )


def _tell(doing: Doing, what: str) -> None:
    """Tells the vendor how it ended, if the vendor ever heard of it."""
    if doing.case.ever_notified:
        send_to_vendor(doing.session, doing.contract, doing.case, what, doing.now_ms)


def _open_appeals(doing: Doing) -> list[AppealRow]:
    return [row for row in appeals_of(doing.session, doing.case) if row.state == AppealState.OPEN]


_ACTION = {
    FindingState.CONFIRMED: "confirm",
    FindingState.CLEARED: "clear",
    FindingState.LAPSED: "lapse",
    FindingState.WITHDRAWN: "withdraw",
}
