"""Whom a shard has been told to forget or to leave alone. A value of its log, stored with the queue settings.

A forgotten rater must stay recognisable, or the next judgment would bring the person back. What is kept for that is a
64-bit keyed hash: with the deployment's control key one can ask whether a given pseudonym is among them, without it
one can ask nothing, and nobody can list who they are. The oldest of them give way once there are FORGOTTEN_MAX.
"""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

from stream.intake.control import ControlKey
from stream.intake.privacy_order import PrivacyOrder

FORGOTTEN_MAX = 50_000
RESTRICTED_MAX = 10_000  # raters under contest at once, and those released before
_TOKEN_BYTES = 8
Value = TypeVar("Value")


class Restriction(Struct, frozen=True, array_like=True):
    """The last word about whether a rater is restricted."""

    version: int
    stands: bool
    at_ms: int
    by: str
    reason: str


class Withheld(Struct, frozen=True, array_like=True):
    """Both by keyed hash, in the order of the log."""

    forgotten: dict[bytes, int] = {}  # when it was ordered, milliseconds since the epoch
    restricted: dict[bytes, Restriction] = {}

    def __bool__(self) -> bool:
        return bool(self.forgotten or self.restricted)

    def after(self, order: PrivacyOrder, token: bytes, version: int, at_ms: int) -> "Withheld":
        """The value once an order is read; the same value when a later one about this rater was read before."""
        if order.order == "forget":
            forgotten = _bounded({**self.forgotten, token: at_ms}, FORGOTTEN_MAX)
            return Withheld(forgotten, {other: word for other, word in self.restricted.items() if other != token})
        known = self.restricted.get(token)
        if token in self.forgotten or (known is not None and known.version >= version):
            return self
        word = Restriction(version, order.order == "restrict", at_ms, order.by, order.reason)
        rest = {other: before for other, before in self.restricted.items() if other != token}
        return Withheld(self.forgotten, _bounded({**rest, token: word}, RESTRICTED_MAX))

    def restriction(self, token: bytes) -> Restriction | None:
        """The restriction in force, if there is one."""
        word = self.restricted.get(token)
        return word if word is not None and word.stands else None


def token_of(key: ControlKey, rater: int) -> bytes:
    """What stands for a rater in a Withheld; `rater` is the 64-bit hash of the pseudonym."""
    return bytes.fromhex(key.mac(b"withheld\0" + rater.to_bytes(8, "little")))[:_TOKEN_BYTES]


def _bounded(entries: Mapping[bytes, Value], most: int) -> dict[bytes, Value]:
    """The latest ones."""
    return dict(list(entries.items())[-most:])
