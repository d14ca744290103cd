from sqlalchemy.orm import Mapped, mapped_column

from alerts.escalation.store.tables.base import Key, Moment, Name, Table, Word


class TokenRow(Table):
    """A token by its hash. What it says is never stored, so nobody who reads this table can sign in with it."""

    __tablename__ = "tokens"

    id: Mapped[Key]  # shown in lists, named to revoke it
    hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the secret, hex; the secret has 256 random bits
    person: Mapped[Name]
    role: Mapped[Word]
    vendor: Mapped[Name | None]
    rater_id: Mapped[Name | None] = mapped_column(index=True)  # of a rater's link
    what_for: Mapped[Name]
    created_ms: Mapped[Moment]
    expires_ms: Mapped[Moment]
    revoked_ms: Mapped[Moment | None]
    used_ms: Mapped[Moment | None]


class SessionRow(Table):
    """A browser's session, begun with a token or through OIDC."""

    __tablename__ = "sessions"

    hash: Mapped[str] = mapped_column(primary_key=True)  # of the cookie
    person: Mapped[Name]
    role: Mapped[Word]
    vendor: Mapped[Name | None]
    rater_id: Mapped[Name | None] = mapped_column(index=True)
    token_id: Mapped[str | None] = mapped_column(index=True)  # revoking the token ends the session
    csrf: Mapped[str]
    created_ms: Mapped[Moment]
    expires_ms: Mapped[Moment]
