"""What is ordered about one person: to forget, to restrict while something is contested, to release from that.

Such orders travel as signed control records in every `judgments` partition, so that a replay comes to the same. They
name the rater by the 64-bit hash that stands for the pseudonym inside the system, and nothing else of the person.
"""

from typing import Annotated, Literal

import msgspec
import xxhash
from msgspec import Meta, Struct

from stream.events import Control, Id
from stream.intake.control import ControlKey, sign

PRIVACY_SOURCE = "privacy"
Word = Literal["forget", "restrict", "release"]
Reason = Annotated[str, Meta(min_length=3, max_length=300)]


class PrivacyOrder(Struct, frozen=True, kw_only=True):
    """The payload of the record. `by` and `reason` are for the audit, which ends with the topic's retention."""

    rater: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # xxh3_64 of the pseudonym, in hex
    order: Word
    by: Id
    reason: Reason

    @property
    def key(self) -> int:
        """The rater as stages know it."""
        return int(self.rater, 16)


def order_about(rater_id: str, word: Word, by: str, reason: str) -> PrivacyOrder:
    """The order about a pseudonym; raises msgspec.ValidationError for texts that are too short or too long."""
    fields = {"rater": xxhash.xxh3_64_hexdigest(rater_id.encode()), "order": word, "by": by, "reason": reason}
    return msgspec.convert(fields, PrivacyOrder)


def privacy_control(key: ControlKey, order: PrivacyOrder, version: int, at_ms: int) -> bytes:
    """The record to write into every partition of `judgments`; of two orders about a rater the higher version holds."""
    return sign(key, source=PRIVACY_SOURCE, version=version, at=at_ms, payload=order)


def read_order(control: Control) -> PrivacyOrder | None:
    """The order in an authentic record; None for one that this version cannot read."""
    try:
        return msgspec.json.decode(control.payload, type=PrivacyOrder)
    except ValueError:
        return None
