"""What is read of cases. Every function takes the person who asks, and sees only what that person may see."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import Person
from alerts.escalation.cases.states import ENDED
from alerts.escalation.errors import NotThere
from alerts.escalation.store.tables import (
    AlertRow,
    AppealRow,
    AuditRow,
    CaseRow,
    CommentRow,
    ConsequenceRow,
    DecisionRow,
    DeliveryRow,
    FindingRow,
    ReadingRow,
)
from alerts.escalation.store.visible import visible_cases

PAGE = 50
PAGE_MOST = 500
_NEVER_MS = 2**62  # sorts what has no deadline behind what has one


class CaseFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list is narrowed to; None and empty mean any."""

    states: tuple[str, ...] = ()
    ended: bool | None = False  # only those that are over, only those that are not, or both
    kind: str | None = None
    vendor: str | None = None
    queue: str | None = None
    detector: str | None = None
    rater_id: str | None = None
    assignee: str | None = None
    critical: bool | None = None
    due_before_ms: int | None = None


class Cursor(NamedTuple):
    """Where a page ended: the next one begins behind it, whatever was changed meanwhile."""

    due_ms: int
    id: str


class CasePage(NamedTuple):
    """Cases by deadline, the most urgent first, those without one last; `next` is None at the end."""

    cases: Sequence[CaseRow]
    next: Cursor | None


def list_cases(
    session: Session, person: Person, narrowed: CaseFilter, after: Cursor | None = None, limit: int = PAGE
) -> CasePage:
    """A page of the cases that the person may see."""
    due = func.coalesce(CaseRow.due_ms, _NEVER_MS)
    # Ids first: they are sorted out of an index, and only the page's own rows are read.
    asked = select(CaseRow.id).where(*_conditions(person, narrowed))
    if after is not None:
        asked = asked.where(or_(due > after.due_ms, and_(due == after.due_ms, CaseRow.id > after.id)))
    size = min(max(1, limit), PAGE_MOST)
    ids = session.scalars(asked.order_by(due, CaseRow.id).limit(size + 1)).all()
    rows = {row.id: row for row in session.scalars(select(CaseRow).where(CaseRow.id.in_(ids)))}
    found = [rows[one] for one in ids]
    page = found[:size]
    if len(found) == len(page):
        return CasePage(page, None)
    last = page[-1]
    return CasePage(page, Cursor(_NEVER_MS if last.due_ms is None else last.due_ms, last.id))


def count_cases(session: Session, person: Person, narrowed: CaseFilter) -> int:
    """How many cases there are of these that the person may see."""
    return session.scalar(select(func.count()).select_from(CaseRow).where(*_conditions(person, narrowed))) or 0


def find_case(session: Session, person: Person, case_id: str) -> CaseRow:
    """The case; raises NotThere when there is none, and just so when it is somebody else's."""
    asked = select(CaseRow).where(CaseRow.id == case_id, visible_cases(person))
    found = session.scalar(asked)
    if found is None:
        raise NotThere(f"there is no case {case_id[:64]!r} here; look it up in the list of cases")
    return found


def findings_of(session: Session, case: CaseRow) -> Sequence[FindingRow]:
    """The findings of a case, oldest first; of a case that the person was given by `find_case`, as below."""
    asked = select(FindingRow).where(FindingRow.case_id == case.id)
    return session.scalars(asked.order_by(FindingRow.opened_ms, FindingRow.id)).all()


def readings_of(session: Session, case: CaseRow) -> Sequence[ReadingRow]:
    """How the measure went, over all findings of the case: the points of its chart, oldest first."""
    asked = select(ReadingRow).join(FindingRow, FindingRow.id == ReadingRow.finding_id)
    return session.scalars(asked.where(FindingRow.case_id == case.id).order_by(ReadingRow.at_ms)).all()


def alerts_of(session: Session, case: CaseRow) -> Sequence[AlertRow]:
    """Alertmanager's alerts behind a queue or vendor case."""
    return session.scalars(select(AlertRow).where(AlertRow.case_id == case.id).order_by(AlertRow.starts_ms)).all()


def decisions_of(session: Session, case: CaseRow) -> Sequence[DecisionRow]:
    """All decisions of all rounds, oldest first."""
    return session.scalars(select(DecisionRow).where(DecisionRow.case_id == case.id).order_by(DecisionRow.id)).all()


def appeals_of(session: Session, case: CaseRow) -> Sequence[AppealRow]:
    """All appeals of all rounds, oldest first."""
    return session.scalars(
        select(AppealRow).where(AppealRow.case_id == case.id).order_by(AppealRow.at_ms, AppealRow.id)
    ).all()


def consequences_of(session: Session, case: CaseRow) -> Sequence[ConsequenceRow]:
    """All consequences of all rounds, oldest first."""
    return session.scalars(
        select(ConsequenceRow)
        .where(ConsequenceRow.case_id == case.id)
        .order_by(ConsequenceRow.proposed_ms, ConsequenceRow.id)
    ).all()


def comments_of(session: Session, case: CaseRow, *, ours: bool) -> Sequence[CommentRow]:
    """Answers of the vendor, and with `ours` also our own comments, which leave the team nowhere."""
    asked = select(CommentRow).where(CommentRow.case_id == case.id).order_by(CommentRow.id)
    return session.scalars(asked if ours else asked.where(CommentRow.kind == "answer")).all()


def deliveries_of(session: Session, case: CaseRow) -> Sequence[DeliveryRow]:
    """What was or will be sent about the case, oldest first."""
    return session.scalars(
        select(DeliveryRow).where(DeliveryRow.case_id == case.id).order_by(DeliveryRow.created_ms, DeliveryRow.id)
    ).all()


def history_of(session: Session, case: CaseRow) -> Sequence[AuditRow]:
    """Everything that happened in the case, oldest first."""
    return session.scalars(select(AuditRow).where(AuditRow.case_id == case.id).order_by(AuditRow.seq)).all()


def _conditions(person: Person, to: CaseFilter) -> list[ColumnElement[bool]]:
    conditions = [visible_cases(person)]
    if to.states:
        conditions.append(CaseRow.state.in_(to.states))
    elif to.ended is not None:
        conditions.append(CaseRow.state.in_(ENDED) if to.ended else CaseRow.state.not_in(ENDED))
    for name in ("kind", "vendor", "queue", "detector", "rater_id", "assignee", "critical"):
        wanted = getattr(to, name)
        if wanted is not None:
            conditions.append(getattr(CaseRow, name) == wanted)
    if to.due_before_ms is not None:
        conditions.append(CaseRow.due_ms < to.due_before_ms)
    return conditions
