"""What a case shows to whom. Our people see all of it; a vendor and a rater what concerns them, and nobody's names."""

import msgspec
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import READERS, Person, Role
from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.store.reading import (
    appeals_of,
    comments_of,
    consequences_of,
    decisions_of,
    findings_of,
    history_of,
)
from alerts.escalation.store.tables import (
    AppealRow,
    AuditRow,
    CaseRow,
    ConsequenceRow,
    DecisionRow,
    EvidenceViewRow,
    FindingRow,
)
from alerts.escalation.web.audited import READS
from alerts.escalation.web.shown import (
    AppealView,
    CaseLine,
    CaseView,
    ConsequenceView,
    DecisionView,
    EventView,
    FindingView,
    WordsView,
)
from alerts.escalation.work.evidence import event_of, shown_items
from alerts.escalation.work.perform import actions_for

# What of a case's history a vendor and a rater read; the rest is how we work among ourselves.
TOLD_OUTSIDE = frozenset(
    {
        "delivered",
        "acknowledge",
        "answer",
        "tell_rater",
        "appeal",
        "grant_appeal",
        "refuse_appeal",
        "confirm",
        "clear",
        "lapse",
        "withdraw",
        "sign_consequence",
        "undo_consequence",
        "reopen",
        "close",
    }
)


def case_line(person: Person, case: CaseRow) -> CaseLine:
    """The case as the person sees it in a list."""
    ours = person.role in READERS
    return CaseLine(
        id=case.id,
        kind=case.kind,
        state=case.state,
        vendor=case.vendor,
        queue=case.queue,
        rater=case.rater_id,
        topic=case.detector,
        critical=case.critical,
        said=case.said,
        round=case.round,
        version=case.version,
        opened_ms=case.opened_ms,
        updated_ms=case.updated_ms,
        due_ms=case.due_ms,
        due_kind=case.due_kind,
        appeal_until_ms=case.appeal_until_ms,
        rater_told_ms=case.rater_told_ms,
        assignee=case.assignee if ours else None,
        ended_ms=case.ended_ms,
    )


def case_view(session: Session, person: Person, case: CaseRow, tongue: Tongue) -> CaseView:
    """The whole case as the person sees it; `case` was given by `find_case` to this person."""
    ours, opened = person.role in READERS, has_opened(session, person, case)
    return CaseView(
        case=case_line(person, case),
        actions=actions_for(case, person),
        evidence_opened=opened,
        findings=[finding_view(one, tongue, with_items=opened) for one in findings_of(session, case)],
        appeals=[appeal_view(one, ours=ours) for one in appeals_of(session, case)],
        said=[
            WordsView(one.kind, one.by if ours else _side(one.role), one.words, one.at_ms)
            for one in comments_of(session, case, ours=ours)
        ],
        decisions=[_decision(one, ours=ours) for one in decisions_of(session, case)],
        consequences=[
            _consequence(one)
            for one in consequences_of(session, case)
            # What only one person has proposed stands nowhere yet.
            if ours or one.signed_ms is not None
        ],
    )


def has_opened(session: Session, person: Person, case: CaseRow) -> bool:
    """Whether the person sees the items: the rater always, everybody else after opening the evidence in this round."""
    if person.role is Role.RATER:
        return True
    return session.get(EvidenceViewRow, (case.id, case.round, person.id)) is not None


def finding_view(row: FindingRow, tongue: Tongue, *, with_items: bool) -> FindingView:
    """A finding in the reader's language."""
    event = event_of(row)
    return FindingView(
        id=row.id,
        topic=row.detector,
        state=row.state,
        said=tongue.finding(event.sentence) if event else "",
        beside=[tongue.finding(one.sentence) for one in event.corroboration] if event else [],
        measure=event.measure if event else None,
        low=event.low if event else None,
        high=event.high if event else None,
        usual=event.threshold if event else None,
        judgments=event.n if event else 0,
        other_raters=event.peers if event else 0,
        opened_ms=row.opened_ms,
        at_ms=row.at_ms,
        items=shown_items(row) if with_items else [],
    )


def appeal_view(row: AppealRow, *, ours: bool) -> AppealView:
    """An appeal."""
    return AppealView(
        id=row.id,
        state=row.state,
        by=row.by if ours else _side(row.by_role),
        words=row.words,
        items=msgspec.json.decode(row.item_ids, type=list[str]),
        at_ms=row.at_ms,
        reply_due_ms=row.reply_due_ms,
        reply=row.reply,
        replied_ms=row.replied_ms,
    )


def history_view(session: Session, person: Person, case: CaseRow, *, reads: bool = False) -> list[EventView]:
    """What happened, oldest first; `reads`: also who looked at it."""
    ours = person.role in READERS
    return [
        _event(row, ours=ours)
        for row in history_of(session, case)
        if (row.action in TOLD_OUTSIDE or ours) and (reads or row.action not in READS)
    ]


def _event(row: AuditRow, *, ours: bool) -> EventView:
    facts = msgspec.json.decode(row.facts, type=dict[str, str | int | float | bool | None]) if ours else {}
    by = row.actor if ours else _side(row.role)
    return EventView(row.at_ms, by, row.action, row.state_before, row.state_after, facts)


def _decision(row: DecisionRow, *, ours: bool) -> DecisionView:
    return DecisionView(row.verdict, row.by if ours else None, row.words, row.at_ms)


def _consequence(row: ConsequenceRow) -> ConsequenceView:
    return ConsequenceView(
        id=row.id,
        kind=row.kind,
        words=row.words,
        proposed_by=row.proposed_by,
        proposed_ms=row.proposed_ms,
        signed_by=row.signed_by,
        signed_ms=row.signed_ms,
        undone_ms=row.undone_ms,
    )


def _side(role: str) -> str:
    """Those outside read which side it was, never who."""
    if role == Role.RATER:
        return "rater"
    if role in {Role.VENDOR_LEAD, Role.VENDOR_WELLNESS}:
        return "vendor"
    return "raterwatch" if role == Role.SYSTEM else "quality desk"
