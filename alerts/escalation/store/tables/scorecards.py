from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Counted, Key, LongText, Moment, Name, Table, Word


class ScorecardRow(Table):
    """A vendor's scorecard of a period as it was last issued; once both have signed it, it stays as it is."""

    __tablename__ = "scorecards"

    id: Mapped[Key]
    vendor: Mapped[Name]
    period: Mapped[Word]
    body: Mapped[LongText]  # the card as JSON
    digest: Mapped[str]  # SHA-256 of the body: what the signatures are under
    issued_by: Mapped[Name]
    issued_ms: Mapped[Moment]
    dispute_until_ms: Mapped[Moment]
    vendor_signed_by: Mapped[Name | None]
    vendor_signed_ms: Mapped[Moment | None]
    our_signed_by: Mapped[Name | None]
    our_signed_ms: Mapped[Moment | None]

    __table_args__ = (Index("uq_scorecards_vendor_period", "vendor", "period", unique=True),)

    @property
    def is_frozen(self) -> bool:
        """Whether both have signed."""
        return self.vendor_signed_ms is not None and self.our_signed_ms is not None


class DisputeRow(Table):
    """What a vendor says against an issued scorecard."""

    __tablename__ = "disputes"

    id: Mapped[Counted]
    scorecard_id: Mapped[str] = mapped_column(ForeignKey("scorecards.id"), index=True)
    digest: Mapped[str]  # of the card as it was then
    by: Mapped[Name]
    words: Mapped[LongText]
    at_ms: Mapped[Moment]


class ExclusionRow(Table):
    """Days of a queue that count for no vendor's scorecard, and why."""

    __tablename__ = "exclusions"

    id: Mapped[Counted]
    queue: Mapped[Name]
    first_day: Mapped[str]  # ISO dates, both included
    last_day: Mapped[str]
    reason: Mapped[Word]  # known_answer, storm or training
    words: Mapped[LongText]
    by: Mapped[Name]
    at_ms: Mapped[Moment]
