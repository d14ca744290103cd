from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Counted, Key, LongText, Moment, Name, Table, Word


class DeliveryRow(Table):
    """A message that leaves the team; written with what caused it, sent at least once under its id."""

    __tablename__ = "deliveries"

    id: Mapped[Key]  # the webhook-id, the same at every attempt
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    vendor: Mapped[Name | None]  # whose clock stops while it fails; None: it goes to us
    what: Mapped[Word]  # case, reminder, reply, decision, withdrawn, notice
    channel: Mapped[Word]  # webhook, email or slack
    address: Mapped[str]  # which of the settings' or contract's addresses, never a secret
    body: Mapped[LongText]  # JSON
    state: Mapped[Word]  # queued, delivered, dead
    attempts: Mapped[int]
    created_ms: Mapped[Moment]
    next_ms: Mapped[Moment]  # not before
    leased_until_ms: Mapped[Moment]  # another may take it afterwards: whoever had it was killed
    lease: Mapped[Word | None]
    first_failed_ms: Mapped[Moment | None]
    last_error: Mapped[LongText | None]
    ended_ms: Mapped[Moment | None]
    instead_of: Mapped[str | None]  # the delivery that it stands in for, of a fall-back

    __table_args__ = (
        Index("ix_deliveries_state_next", "state", "next_ms"),
        Index("ix_deliveries_vendor_state", "vendor", "state"),
    )


class OutageRow(Table):
    """A time in which a vendor could not be reached: the vendor's deadlines stand still."""

    __tablename__ = "outages"

    id: Mapped[Counted]
    vendor: Mapped[Name] = mapped_column(index=True)
    began_ms: Mapped[Moment]
    ended_ms: Mapped[Moment | None]  # None while it lasts


class OutgoingRow(Table):
    """An event that is owed to topic `judgments`; gone once Kafka has acknowledged it."""

    __tablename__ = "outgoing"

    id: Mapped[Counted]
    key: Mapped[str]  # of the record: the item's or rater's id
    value: Mapped[LongText]  # JSON
    created_ms: Mapped[Moment]
