"""What is wrong with a request or with one of its records, in the words that are answered."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from msgspec import Struct

from stream.errors import RaterwatchError


class EdgeReason(StrEnum):
    """Why the intake refuses a record that stage 1 might take; all other reasons are stage 1's own."""

    OTHER_VENDOR = "other_vendor"
    OTHER_QUEUE = "other_queue"
    NOT_ALLOWED = "not_allowed"
    NAIVE_TIME = "naive_time"
    NO_ID = "no_id"
    NO_TIME = "no_time"
    UNREADABLE = "unreadable"

    @property
    def advice(self) -> str:
        """What it means and what to do next, for people."""
        return _ADVICE[self]


class Refused(Struct, frozen=True, kw_only=True):
    """A record that was not taken. `index` counts from 0; `place` is for people: "line 3", "record 3"."""

    index: int
    place: str
    reason: str  # of Reason or EdgeReason
    detail: str


class Problem(RaterwatchError):
    """The request as a whole is refused; `status` is HTTP's."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


_ADVICE: Final = {
    EdgeReason.OTHER_VENDOR: "The vendor is not the token's: send each vendor's records with that vendor's token.",
    EdgeReason.OTHER_QUEUE: "The token is not for this queue: correct the queue, or ask for a token that is.",
    EdgeReason.NOT_ALLOWED: "The token does not let you send this type of record: ask for one that does.",
    EdgeReason.NAIVE_TIME: "The time says no time zone: add an offset such as +02:00 or Z, or have the token's "
    "time_zone declared.",
    EdgeReason.NO_ID: "The record has no id of its own: without one, sending it again would count it twice.",
    EdgeReason.NO_TIME: "The record says no time: export the file with times.",
    EdgeReason.UNREADABLE: "The export cannot be read; nothing of it was taken.",
}
