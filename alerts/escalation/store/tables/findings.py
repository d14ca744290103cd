from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.cases.states import FindingState
from alerts.escalation.store.tables.base import Key, LongText, Moment, Name, Table, Word


class FindingRow(Table):
    """A finding as topic `findings` last told it, and what people made of it."""

    __tablename__ = "findings"

    id: Mapped[Key]
    version: Mapped[int]  # of the event; older ones are ignored
    event: Mapped[Word]  # opened, updated or closed
    state: Mapped[Word]  # FindingState
    queue: Mapped[Name]
    vendor: Mapped[Name | None]
    detector: Mapped[Word]
    rater_id: Mapped[Name | None]
    critical: Mapped[bool]
    shadow: Mapped[bool]
    why: Mapped[Word | None]  # of a closed one
    opened_ms: Mapped[Moment]
    at_ms: Mapped[Moment]
    body: Mapped[LongText]  # the event as JSON, evidence and all; "" once erased
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    waits: Mapped[Word | None]  # why there is no case yet: shadow, cap or storm
    let_go_ms: Mapped[Moment | None]  # when the cap lets it become a case

    __table_args__ = (
        Index("ix_findings_waits", "waits"),
        Index("ix_findings_queue_event", "queue", "event"),
        Index("ix_findings_rater", "rater_id"),
    )

    @property
    def finding_state(self) -> FindingState:
        return FindingState(self.state)


class ReadingRow(Table):
    """The measure of a finding at each of its versions: the line of a chart."""

    __tablename__ = "readings"

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[Moment]
    measure: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    usual: Mapped[float | None]  # the finding's threshold: what is usual in the queue, or a floor
    n: Mapped[int]


class AlertRow(Table):
    """An alert of Alertmanager's that opened or joined a case; the fingerprint makes the webhook idempotent."""

    __tablename__ = "alerts"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    starts_ms: Mapped[Moment] = mapped_column(primary_key=True)
    name: Mapped[Name]
    ends_ms: Mapped[Moment | None]  # None while it fires
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    summary: Mapped[LongText]
    description: Mapped[LongText]
