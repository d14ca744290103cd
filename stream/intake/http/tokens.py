"""Tokens of the intake: what each lets its holder send. Kept as hashes, with an end."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from stream.events import Id
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym

PREFIX: Final = "rwi_"  # so that a scanner of leaked secrets knows what it has found
ANY_QUEUE: Final = "*"
_CACHED_PSEUDONYMS = 200_000


class TokenSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[tokens.NAME]: a vendor's token, or a tool's."""

    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]  # of the token, in hexadecimal digits
    expires: Annotated[datetime, Meta(tz=True)]
    queues: Annotated[tuple[Id, ...], Meta(min_length=1)]  # ["*"]: every queue of the queues file
    vendor: Id | None = None  # the one whose judgments it may send; None: no judgments at all
    known_answers: bool = False  # golds and adjudications, and known answers that stand in judgments
    pseudonym_key_file: str | None = None  # the vendor's key, as seen from this file's folder
    time_zone: str | None = None  # of times that say none
    question: str | None = None  # whose answer is the label, in a tool's export
    columns: dict[str, str] = {}  # what to take from elsewhere in a tool's record: {site = "data.site"}
    records_per_second: Annotated[float, Meta(gt=0, le=1_000_000)] = 2_000.0  # in the long run
    burst_records: Annotated[int, Meta(ge=1, le=10_000_000)] = 50_000  # on top of it, at once


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the intake works with it."""

    name: str
    settings: TokenSettings
    key: PseudonymKey | None
    zone: ZoneInfo | None
    _pseudonyms: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def vendor(self) -> str | None:
        return self.settings.vendor

    def may_write_to(self, queue: str) -> bool:
        """Whether it is for this queue."""
        return queue in self.settings.queues or ANY_QUEUE in self.settings.queues

    @property
    def only_queue(self) -> str | None:
        """The queue of rows that name none; None when the token is for several."""
        queues = self.settings.queues
        return queues[0] if len(queues) == 1 and queues[0] != ANY_QUEUE else None

    def pseudonym(self, rater_id: str) -> str:
        """What stands for the rater. An id that is a pseudonym stays, and without a key every id does."""
        known = self._pseudonyms.get(rater_id)
        if known is None:
            known = rater_id
            if self.key is not None and not looks_like_pseudonym(rater_id):
                known = self.key.pseudonym(rater_id)
            if len(self._pseudonyms) >= _CACHED_PSEUDONYMS:
                self._pseudonyms.clear()
            self._pseudonyms[rater_id] = known
        return known


class Tokens:
    """All tokens of a deployment."""

    def __init__(self, tokens: Mapping[str, Token]) -> None:
        self.by_name = tokens

    def find(self, secret: str, now_ms: int) -> Token | None:
        """The token that this is; None for one that is unknown or over, which look the same.

        Every token is compared, each in constant time: how long it takes tells nothing.
        """
        digest, found = hash_of(secret), None
        for token in self.by_name.values():
            if hmac.compare_digest(digest, token.settings.sha256):
                found = token
        return found if found is not None and now_ms < found.settings.expires.timestamp() * 1_000 else None


def new_secret() -> str:
    """A token that nobody can guess: 256 bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is written down of it. It is random and long, so that a plain hash cannot be searched backwards."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
