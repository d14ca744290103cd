"""Tokens: made once, shown once, kept as a hash, with an end, and revocable."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import NotThere, Unmet
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import SessionRow, TokenRow

PREFIX = "rw_"  # so that a scanner of leaked secrets knows what it has found
DAYS_MOST = 400
_DAY_MS = 86_400_000
_USED_EVERY_MS = 60_000  # how exactly the last use is known: not worth a write at every request


class Made(NamedTuple):
    """A new token: `secret` is shown this once and stored nowhere."""

    id: str
    secret: str


def create_token(session: Session, by: Person, person: Person, what_for: str, days: int, now_ms: int) -> Made:
    """A token with which `person` signs in, for so many days. Raises Unmet for a time that is none."""
    if person.role is Role.SYSTEM:
        raise Unmet("the role system is the service itself; give a person's role")
    if not 1 <= days <= DAYS_MOST:
        raise Unmet(f"a token lasts 1 to {DAYS_MOST} days")
    made = Made(f"token-{secrets.token_hex(6)}", PREFIX + secrets.token_urlsafe(32))
    session.add(
        TokenRow(
            id=made.id,
            hash=hash_secret(made.secret),
            person=person.id,
            role=person.role.value,
            vendor=person.vendor,
            rater_id=person.rater_id,
            what_for=what_for,
            created_ms=now_ms,
            expires_ms=now_ms + days * _DAY_MS,
        )
    )
    facts = {"token": made.id, "role": person.role.value, "vendor": person.vendor, "days": days}
    record(session, Entry(now_ms, by, "create_token", facts=facts, personal={"person": person.id}))
    return made


def revoke_token(session: Session, by: Person, token_id: str, now_ms: int) -> TokenRow:
    """Ends a token, and every session that began with it; raises NotThere."""
    row = session.get(TokenRow, token_id)
    if row is None:
        raise NotThere(f"there is no token {token_id[:64]!r}; `raterwatch tokens list` shows them")
    if row.revoked_ms is None:
        row.revoked_ms = now_ms
        for begun in session.scalars(select(SessionRow).where(SessionRow.token_id == token_id)):
            session.delete(begun)
        record(session, Entry(now_ms, by, "revoke_token", facts={"token": token_id}))
    return row


def person_of(session: Session, secret: str, now_ms: int) -> Person | None:
    """Who signs in with this secret; None for one that is unknown, over or revoked, which look all the same."""
    row = token_of(session, secret, now_ms)
    return Person(row.person, Role(row.role), row.vendor, row.rater_id) if row is not None else None


def token_of(session: Session, secret: str, now_ms: int) -> TokenRow | None:
    """The token's row while it holds; notes when it was last used, to the minute, if the session may write."""
    row = session.scalar(select(TokenRow).where(TokenRow.hash == hash_secret(secret)))
    if row is None or row.revoked_ms is not None or row.expires_ms <= now_ms:
        return None
    if now_ms - (row.used_ms or 0) > _USED_EVERY_MS:
        row.used_ms = now_ms
    return row


def list_tokens(session: Session) -> Sequence[TokenRow]:
    """All tokens, the newest first."""
    return session.scalars(select(TokenRow).order_by(TokenRow.created_ms.desc(), TokenRow.id)).all()


def hash_secret(secret: str) -> str:
    """A plain hash is enough: 256 random bits cannot be tried."""
    return hashlib.sha256(secret.encode()).hexdigest()
