"""What follows for a rater: entered by one person, signed by a second, and undone when it was not right."""

import secrets

from alerts.escalation.cases.actions import ProposeConsequence, SignConsequence, UndoConsequence
from alerts.escalation.cases.consequences import ConsequenceKind
from alerts.escalation.cases.deadlines import consequence_from_ms
from alerts.escalation.cases.demands import (
    ConsequenceFacts,
    demand_consequence,
    demand_own_words,
    demand_second_person,
)
from alerts.escalation.cases.states import AppealState, FindingState
from alerts.escalation.errors import NotThere, Unmet
from alerts.escalation.store.reading import appeals_of, consequences_of, findings_of
from alerts.escalation.store.tables import ConsequenceRow
from alerts.escalation.work.doing import Doing, Told
from alerts.escalation.work.effects.watching import has_opened_evidence
from alerts.escalation.work.sending import send_to_vendor


def propose(doing: Doing, action: ProposeConsequence) -> Told:
    """It does not stand before a second person signs it; that nothing follows stands at once."""
    demand_consequence(_facts(doing, action.kind))
    demand_own_words(action.words)
    row = ConsequenceRow(
        id=f"consequence-{secrets.token_hex(8)}",
        case_id=doing.case.id,
        round=doing.case.round,
        kind=action.kind.value,
        words=action.words,
        proposed_by=doing.who.id,
        proposed_ms=doing.now_ms,
    )
    if action.kind is ConsequenceKind.NONE:
        row.signed_by, row.signed_ms = doing.who.id, doing.now_ms
    doing.session.add(row)
    doing.session.flush()
    return Told({"consequence": row.id, "kind": action.kind.value}, {"words": action.words})


def sign(doing: Doing, action: SignConsequence) -> Told:
    """The second person has seen the evidence too, and says so in own words."""
    row = _consequence(doing, action.consequence_id)
    if row.signed_ms is not None or row.undone_ms is not None:
        raise Unmet("this consequence is signed or undone already")
    demand_second_person(doing.who.id, row.proposed_by)
    if not has_opened_evidence(doing):
        raise Unmet("open the evidence of this case first; you sign what you have seen")
    demand_own_words(action.words, (row.words,))
    row.signed_by, row.signed_ms = doing.who.id, doing.now_ms
    send_to_vendor(doing.session, doing.contract, doing.case, "consequence", doing.now_ms)
    return Told({"consequence": row.id}, {"words": action.words})


def undo(doing: Doing, action: UndoConsequence) -> Told:
    """It carries the day on which it was undone, and stays in the history."""
    row = _consequence(doing, action.consequence_id)
    if row.undone_ms is not None:
        raise Unmet("this consequence was undone already")
    demand_own_words(action.words)
    stood = row.signed_ms is not None
    row.undone_by, row.undone_ms, row.undone_words = doing.who.id, doing.now_ms, action.words
    if stood and row.kind != ConsequenceKind.NONE:
        send_to_vendor(doing.session, doing.contract, doing.case, "consequence_undone", doing.now_ms)
    return Told({"consequence": row.id}, {"words": action.words})


def _facts(doing: Doing, kind: ConsequenceKind) -> ConsequenceFacts:
    case, session = doing.case, doing.session
    told_ms = case.rater_told_ms
    return ConsequenceFacts(
        kind=kind,
        confirmed=any(finding.state == FindingState.CONFIRMED for finding in findings_of(session, case)),
        rater_told_ms=told_ms,
        may_from_ms=None if told_ms is None else consequence_from_ms(told_ms, doing.contract),
        appeals_open=sum(row.state == AppealState.OPEN for row in appeals_of(session, case)),
        unsigned=sum(row.signed_ms is None and row.undone_ms is None for row in consequences_of(session, case)),
        now_ms=doing.now_ms,
    )


def _consequence(doing: Doing, consequence_id: str) -> ConsequenceRow:
    row = doing.session.get(ConsequenceRow, consequence_id)
    if row is None or row.case_id != doing.case.id:
        raise NotThere(f"this case has no consequence {consequence_id!r}; they are on its page")
    return row
