"""A rater, or the vendor for one, stands by answers; a person of ours replies."""

import secrets

import msgspec
from sqlalchemy import func, select

from alerts.escalation.cases.actions import Appeal, GrantAppeal, RefuseAppeal
from alerts.escalation.cases.deadlines import DueKind, next_due
from alerts.escalation.cases.demands import demand_appeal, demand_own_words, demand_second_person
from alerts.escalation.cases.states import AppealState, FindingState
from alerts.escalation.cases.transitions import APPEAL_TABLE, FINDING_TABLE, after
from alerts.escalation.errors import NotThere, Unmet
from alerts.escalation.store.reading import appeals_of, decisions_of, findings_of
from alerts.escalation.store.tables import AppealRow
from alerts.escalation.work.clock import clock_of
from alerts.escalation.work.doing import Doing, Told
from alerts.escalation.work.effects.watching import has_opened_evidence
from alerts.escalation.work.evidence import items_of
from alerts.escalation.work.sending import send_to_vendor


def appeal(doing: Doing, action: Appeal) -> Told:
    """Keeps it under a receipt; what was decided or had lapsed is looked at again."""
    case, session = doing.case, doing.session
    findings = findings_of(session, case)
    demand_appeal(action.words, action.item_ids, items_of(findings), case.appeal_until_ms, doing.now_ms)
    contested = [f for f in findings if (f.state, "appeal", doing.who.role) in FINDING_TABLE]
    if findings and not contested:
        raise Unmet("nothing stands against these answers any more, so there is nothing to appeal against")
    for finding in contested:
        finding.state = after(FINDING_TABLE, finding.finding_state, "appeal", doing.who.role)
    case.appealed_ms = case.appealed_ms or doing.now_ms
    case.answered_ms = case.answered_ms or doing.now_ms
    row = AppealRow(
        id=f"appeal-{secrets.token_hex(8)}",
        case_id=case.id,
        round=case.round,
        state=AppealState.OPEN,
        by_role=doing.who.role.value,
        by=doing.who.id,
        words=action.words,
        item_ids=msgspec.json.encode(action.item_ids).decode(),
        at_ms=doing.now_ms,
        reply_due_ms=_reply_due_ms(doing),
    )
    session.add(row)
    session.flush()
    facts: dict[str, str | int | float | bool | None] = {"appeal": row.id, "items": len(action.item_ids)}
    return Told(facts, {"words": action.words, "items": list(action.item_ids)})


def grant(doing: Doing, action: GrantAppeal) -> Told:
    """The answers stand."""
    return _reply(doing, action, AppealState.GRANTED)


def refuse(doing: Doing, action: RefuseAppeal) -> Told:
    """Nothing changes, and the reply says why."""
    return _reply(doing, action, AppealState.REFUSED)


def _reply(doing: Doing, action: GrantAppeal | RefuseAppeal, state: AppealState) -> Told:
    row = doing.session.get(AppealRow, action.appeal_id)
    if row is None or row.case_id != doing.case.id:
        raise NotThere(f"this case has no appeal {action.appeal_id!r}; its appeals are on its page")
    after(APPEAL_TABLE, row.appeal_state, action.name, doing.who.role)
    if not has_opened_evidence(doing):
        raise Unmet("open the evidence of this case first; a reply rests on what you have seen")
    demand_own_words(action.words, [other.reply for other in appeals_of(doing.session, doing.case) if other.reply])
    if row.at_ms > (doing.case.decided_ms or row.at_ms):
        demand_second_person(doing.who.id, _who_decided(doing))
    row.state, row.replied_ms, row.replied_by, row.reply = state, doing.now_ms, doing.who.id, action.words
    doing.session.flush()
    waiting = select(func.min(AppealRow.at_ms)).where(
        AppealRow.case_id == doing.case.id, AppealRow.state == AppealState.OPEN
    )
    doing.case.appealed_ms = doing.session.scalar(waiting)
    send_to_vendor(doing.session, doing.contract, doing.case, "reply", doing.now_ms, appeal=row)
    return Told({"appeal": row.id, "result": state.value}, {"words": action.words})


def _who_decided(doing: Doing) -> str | None:
    """Who confirmed what is appealed against: an appeal is read by somebody else."""
    confirmed = [d for d in decisions_of(doing.session, doing.case) if d.verdict == FindingState.CONFIRMED]
    return confirmed[-1].by if confirmed else None


def _reply_due_ms(doing: Doing) -> int | None:
    due = next_due(clock_of(doing.session, doing.case), doing.contract)
    return due.at_ms if due and due.kind is DueKind.REPLY else None
