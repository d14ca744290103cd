from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.cases.states import CaseKind, CaseState
from alerts.escalation.store.tables.base import Counted, Key, LongText, Moment, Name, Table, Word


class CaseRow(Table):
    """A case as it stands; how it came there is in the audit."""

    __tablename__ = "cases"

    id: Mapped[Key]
    kind: Mapped[Word]  # CaseKind
    state: Mapped[Word]  # CaseState
    subject: Mapped[str] = mapped_column(
        unique=True
    )  # a hash of what it is about: one case each, reopened with history
    vendor: Mapped[Name | None]
    queue: Mapped[Name | None]
    detector: Mapped[Word]  # or the alert's name
    rater_id: Mapped[Name | None]  # the pseudonym; None once erased, and of queues and vendors
    critical: Mapped[bool]
    said: Mapped[LongText]  # the sentence, fit for vendor and rater
    round: Mapped[int]  # grows when it is reopened
    version: Mapped[int]  # grows with every change
    opened_ms: Mapped[Moment]
    updated_ms: Mapped[Moment]
    due_ms: Mapped[Moment | None]  # None: nobody has a deadline now, or its clock stands still
    due_kind: Mapped[Word | None]  # acknowledge, answer or reply
    ladder_step: Mapped[int] = mapped_column(default=0)  # how many reminders of this deadline went out
    appeal_until_ms: Mapped[Moment | None]
    assignee: Mapped[Name | None]
    notified_ms: Mapped[Moment | None]  # when it was first delivered to the vendor in this round
    rater_told_ms: Mapped[Moment | None]
    acknowledged_ms: Mapped[Moment | None]
    answered_ms: Mapped[Moment | None]
    appealed_ms: Mapped[Moment | None]  # the oldest appeal that waits for a reply
    decided_ms: Mapped[Moment | None]
    ended_ms: Mapped[Moment | None]
    alert_over_ms: Mapped[Moment | None]  # of queue and vendor cases: Alertmanager says the alert is over
    ever_notified: Mapped[bool] = mapped_column(default=False)  # the vendor may see it

    __table_args__ = (
        Index("ix_cases_state_due", "state", "due_ms", "id"),
        Index("ix_cases_vendor_state_due", "vendor", "state", "due_ms", "id"),
        Index("ix_cases_due", "due_ms", "id"),
        Index("ix_cases_rater", "rater_id"),
        Index("ix_cases_opened", "opened_ms", "id"),
    )

    @property
    def case_kind(self) -> CaseKind:
        return CaseKind(self.kind)

    @property
    def case_state(self) -> CaseState:
        return CaseState(self.state)


class EvidenceViewRow(Table):
    """Who has opened the evidence of a case, in which round."""

    __tablename__ = "evidence_views"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    at_ms: Mapped[Moment]


class CommentRow(Table):
    """A note for our own people, and the vendor's answers."""

    __tablename__ = "comments"

    id: Mapped[Counted]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at_ms: Mapped[Moment]
    by: Mapped[Name]
    role: Mapped[Word]
    kind: Mapped[Word]  # comment (ours alone), answer (the vendor's, both read it)
    words: Mapped[LongText]
