"""What a case is about, as one key: whatever comes up about the same subject joins its case."""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.states import CaseKind
from alerts.escalation.store.tables import CaseRow

_ID_BYTES = 5


def subject_of(kind: CaseKind, *parts: str | None) -> str:
    """A hash, so that no pseudonym stands in an index that outlives the rater's data."""
    return hashlib.blake2b("\0".join((kind, *(part or "" for part in parts))).encode(), digest_size=16).hexdigest()


def case_about(session: Session, subject: str) -> CaseRow | None:
    """The case about this subject, ended or not."""
    return session.scalar(select(CaseRow).where(CaseRow.subject == subject))


def forgotten_subject() -> str:
    """In place of the subject of a case whose rater was erased: nothing can join that case any more."""
    return secrets.token_hex(16)


def new_case_id(kind: CaseKind) -> str:
    """Short enough to be said on the phone, and not to be guessed from another."""
    return f"{kind.value}-{secrets.token_hex(_ID_BYTES)}"
