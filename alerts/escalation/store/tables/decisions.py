from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.cases.states import AppealState
from alerts.escalation.store.tables.base import Counted, Key, LongText, Moment, Name, Table, Word


class DecisionRow(Table):
    """What a person decided about a finding in a round. Never changed: a later one stands beside it."""

    __tablename__ = "decisions"

    id: Mapped[Counted]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("findings.id"))  # None: of a queue or vendor case
    detector: Mapped[Word]
    verdict: Mapped[Word]  # confirmed, cleared, lapsed or withdrawn
    by: Mapped[Name]
    bulk: Mapped[bool]
    words: Mapped[LongText]
    at_ms: Mapped[Moment]

    __table_args__ = (Index("ix_decisions_detector", "detector", "at_ms"),)


class AppealRow(Table):
    """An appeal; `id` is the receipt."""

    __tablename__ = "appeals"

    id: Mapped[Key]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    state: Mapped[Word]  # AppealState
    by_role: Mapped[Word]
    by: Mapped[Name]
    words: Mapped[LongText]
    item_ids: Mapped[LongText]  # a JSON list; empty: the finding as a whole
    at_ms: Mapped[Moment]
    reply_due_ms: Mapped[Moment | None]
    replied_ms: Mapped[Moment | None]
    replied_by: Mapped[Name | None]
    reply: Mapped[LongText | None]

    @property
    def appeal_state(self) -> AppealState:
        return AppealState(self.state)


class ConsequenceRow(Table):
    """What followed for a rater, who entered it, who signed it, and when it was undone."""

    __tablename__ = "consequences"

    id: Mapped[Key]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    kind: Mapped[Word]  # ConsequenceKind
    words: Mapped[LongText]
    proposed_by: Mapped[Name]
    proposed_ms: Mapped[Moment]
    signed_by: Mapped[Name | None]
    signed_ms: Mapped[Moment | None]  # None: it does not stand yet
    undone_by: Mapped[Name | None]
    undone_ms: Mapped[Moment | None]  # "undone on"
    undone_words: Mapped[LongText | None]
