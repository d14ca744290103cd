from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Key, Moment, Table


class ErasedRow(Table):
    """That a rater was erased: what Kafka still tells of the rater afterwards is not taken in."""

    __tablename__ = "erased"

    mark: Mapped[Key]  # a hash: nothing here says who it was to somebody who does not know the pseudonym
    at_ms: Mapped[Moment] = mapped_column(index=True)
