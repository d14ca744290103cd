from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Counted, LongText, Moment, Name, Table


class HoldRow(Table):
    """A legal hold: until it ends, nothing that is held of the rater is erased or dropped, whatever its age."""

    __tablename__ = "holds"

    id: Mapped[Counted]
    rater_id: Mapped[Name] = mapped_column(index=True)
    by: Mapped[Name]
    reason: Mapped[LongText]
    began_ms: Mapped[Moment]
    ended_ms: Mapped[Moment | None]  # None while it holds
    ended_by: Mapped[Name | None]
