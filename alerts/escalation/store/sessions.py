"""Sessions of browsers: the cookie is a secret of which the database has a hash; each has its own token for forms."""

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import SessionRow, TokenRow
from alerts.escalation.store.tokens import hash_secret, token_of

SIGN_IN_LINK = "sign-in link"  # what a token is for that works once and ends with its first use


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that holds: who it is, and what each of its forms has to carry."""

    person: Person
    csrf: str
    expires_ms: int


def sign_in_with_token(session: Session, secret: str, minutes: int, now_ms: int) -> str | None:
    """Begins a session and returns the cookie; None for a token that does not hold, or of a rater's link."""
    token = token_of(session, secret, now_ms)
    if token is None or token.role == Role.RATER:
        return None
    if token.what_for == SIGN_IN_LINK:
        token.expires_ms = now_ms
    return begin_session(session, Person(token.person, Role(token.role), token.vendor), minutes, now_ms, token)


def begin_session(session: Session, person: Person, minutes: int, now_ms: int, token: TokenRow | None = None) -> str:
    """Begins a session for somebody who has shown who they are; returns the cookie. Old ones are swept out."""
    session.execute(delete(SessionRow).where(SessionRow.expires_ms <= now_ms))
    cookie = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            hash=hash_secret(cookie),
            person=person.id,
            role=person.role.value,
            vendor=person.vendor,
            rater_id=None,
            token_id=token.id if token else None,
            csrf=secrets.token_urlsafe(24),
            created_ms=now_ms,
            expires_ms=now_ms + minutes * 60_000,
        )
    )
    record(session, Entry(now_ms, person, "sign_in", facts={"token": token.id if token else None}))
    return cookie


def find_session(session: Session, cookie: str, now_ms: int) -> SignedIn | None:
    """The session of a cookie; None when there is none, or it is over, or its token was revoked."""
    row = session.scalar(select(SessionRow).where(SessionRow.hash == hash_secret(cookie)))
    if row is None or row.expires_ms <= now_ms:
        return None
    if row.token_id is not None:
        token = session.get(TokenRow, row.token_id)
        if token is None or token.revoked_ms is not None:
            return None
    return SignedIn(Person(row.person, Role(row.role), row.vendor), row.csrf, row.expires_ms)


def end_session(session: Session, cookie: str) -> None:
    """Signs out."""
    session.execute(delete(SessionRow).where(SessionRow.hash == hash_secret(cookie)))
