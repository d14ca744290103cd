from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Key, LongText, Moment, Name, Table, Word


class SampleRow(Table):
    """Items of one rater to be judged again blindly: nobody who judges sees whether the rater was flagged."""

    __tablename__ = "samples"

    id: Mapped[Key]
    queue: Mapped[Name]
    rater_id: Mapped[Name | None]
    flagged: Mapped[bool]
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("findings.id"))
    detector: Mapped[Word | None]
    drawn_ms: Mapped[Moment]
    done_ms: Mapped[Moment | None]


class SampleItemRow(Table):
    """One item of a sample: the rater's label, and what somebody said who did not see it."""

    __tablename__ = "sample_items"

    sample_id: Mapped[str] = mapped_column(ForeignKey("samples.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[LongText]  # JSON
    judged: Mapped[LongText | None]  # JSON
    by: Mapped[Name | None]
    at_ms: Mapped[Moment | None]
