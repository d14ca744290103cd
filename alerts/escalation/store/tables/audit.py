from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Counted, LongText, Moment, Name, Table, Word


class AuditPart(Table):
    """The personal part of an audit row, which may be erased: the row keeps only a commitment to it."""

    __tablename__ = "audit_parts"

    seq: Mapped[int] = mapped_column(ForeignKey("audit.seq"), primary_key=True)
    salt: Mapped[str]  # hex; without it nobody can try which text the commitment is of
    part: Mapped[LongText]  # JSON


class AuditRow(Table):
    """One thing that happened. Rows are only ever added, and each holds the hash of the one before."""

    __tablename__ = "audit"

    seq: Mapped[Counted]  # from 1 on, without gaps
    at_ms: Mapped[Moment]
    case_id: Mapped[Name | None] = mapped_column(index=True)  # None: of the service itself
    actor: Mapped[Name]
    role: Mapped[Word]
    action: Mapped[Word]
    state_before: Mapped[Word | None]
    state_after: Mapped[Word | None]
    facts: Mapped[LongText]  # JSON without anything personal
    commitment: Mapped[str]  # SHA-256 over salt and personal part; "" without one
    previous: Mapped[str]  # hash of the row before; of the first one zeros
    hash: Mapped[str]
