"""Links to a rater's own page: signed, without a name in them, renewable, and open as long as an appeal is.

The link is a secret of 256 random bits and our signature. The signature turns strangers away without a look at the
database; the secret, of which the database has a hash only, finds the rater. Whoever reads the database can make no
link, and whoever has the key but not the secret neither.
"""

import hashlib

from itsdangerous import BadSignature, Signer
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.cases.states import AppealState
from alerts.escalation.errors import NotThere
from alerts.escalation.store.tables import AppealRow, CaseRow, TokenRow
from alerts.escalation.store.tokens import PREFIX, create_token, hash_secret, revoke_token

WHAT_FOR = "rater's page"
NAME = "rater"  # how audit and cases call whoever opened a link: by no name
DAYS = 45  # longer than an appeal is open by default


class RaterLinks:
    """Makes links and reads them."""

    def __init__(self, key: str) -> None:
        self._signer = Signer(key, salt="raterwatch.rater-link", digest_method=hashlib.sha256)

    def make(self, session: Session, by: Person, rater_id: str, vendor: str, now_ms: int) -> str:
        """A new link's last part. Earlier links go on until they end or are renewed."""
        rater = Person(NAME, Role.RATER, vendor, rater_id)
        made = create_token(session, by, rater, WHAT_FOR, DAYS, now_ms)
        return self._signer.sign(made.secret.removeprefix(PREFIX)).decode()

    def renew(self, session: Session, link: str, now_ms: int) -> str:
        """A new link in place of one that still holds; raises NotThere."""
        row = self._row(session, link, now_ms)
        rater = _person(row)
        renewed = self.make(session, rater, row.rater_id or "", row.vendor or "", now_ms)
        revoke_token(session, rater, row.id, now_ms)
        return renewed

    def person(self, session: Session, link: str, now_ms: int) -> Person:
        """Whose page it is; raises NotThere for a link that is forged, unknown, over or revoked."""
        return _person(self._row(session, link, now_ms))

    def _row(self, session: Session, link: str, now_ms: int) -> TokenRow:
        try:
            secret = self._signer.unsign(link).decode()
        except (BadSignature, UnicodeError):
            raise NotThere(_OVER) from None
        row = session.scalar(select(TokenRow).where(TokenRow.hash == hash_secret(PREFIX + secret)))
        if row is None or row.what_for != WHAT_FOR or row.revoked_ms is not None or row.rater_id is None:
            raise NotThere(_OVER)
        if row.expires_ms <= now_ms and not _has_open_appeal(session, row):
            raise NotThere(_OVER)
        return row


_OVER = "this link does not work any more; ask your contact or the quality desk for a new one"


def _person(row: TokenRow) -> Person:
    return Person(row.person, Role.RATER, row.vendor, row.rater_id)


def _has_open_appeal(session: Session, row: TokenRow) -> bool:
    waits = exists().where(
        AppealRow.case_id == CaseRow.id,
        AppealRow.state == AppealState.OPEN,
        CaseRow.rater_id == row.rater_id,
        CaseRow.vendor == row.vendor,
    )
    return bool(session.scalar(select(waits)))
