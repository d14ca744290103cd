"""A shard's arming book in both stages: orders come to stage 1 in its log, and go on to stage 2 among the outcomes."""

from collections.abc import Iterable

import msgspec

from stream.events import Control
from stream.policy.arming import Subject
from stream.policy.arming_book import ArmingBook
from stream.policy.arming_order import ArmingPayload
from stream.policy.declared import FLAGGING, ShadowPolicy
from stream.quality.outcome_message import ArmingNote


class _Kept:
    """A book as the store holds it."""

    def __init__(self) -> None:
        self.book = ArmingBook()
        self._written = self.book

    def restore(self, data: bytes) -> None:
        """Takes the stored book."""
        self.book = self._written = ArmingBook.from_bytes(data)

    def take_changed(self) -> bytes | None:
        """The book to store, when it changed since the last call."""
        if self.book == self._written:
            return None
        self._written = self.book
        return self.book.to_bytes()


class ArmingOrders(_Kept):
    """Stage 1's: keeps the book, and notes every change of it for all destinations."""

    def see(self, queues: Iterable[str], offset: int, at_ms: int) -> list[ArmingNote]:
        """Settings came: from now on these queues and all detectors are there."""
        return self._change(self.book.with_seen(queues, FLAGGING, at_ms), offset)

    def take(self, control: Control, offset: int) -> list[ArmingNote]:
        """An order came. One that cannot be read is none: whoever signed it runs another version."""
        try:
            payload = msgspec.json.decode(control.payload, type=ArmingPayload)
        except ValueError:
            return []
        return self._change(self.book.with_orders(payload), offset)

    def _change(self, book: ArmingBook, offset: int) -> list[ArmingNote]:
        if book == self.book:
            return []
        self.book = book
        return [ArmingNote(offset, book.to_bytes())]


class Arming(_Kept):
    """Stage 2's: whether a finding leads to a case, or shows on boards only."""

    def take(self, note: ArmingNote) -> None:
        """What one shard of stage 1 knows; the earliest moments and all orders of all of them count."""
        told = ArmingBook.from_bytes(note.book)
        self.book = merged(self.book, told)

    def in_shadow(self, queue: str, vendor: str, detector: str, shadow: ShadowPolicy, now_ms: int) -> bool:
        """Whether nothing is sent about such a finding at `now_ms`."""
        return self.book.standing(Subject(queue, vendor, detector), shadow, now_ms).mode == "shadow"


def merged(one: ArmingBook, other: ArmingBook) -> ArmingBook:
    """What both know: all orders, and when each thing was first there."""
    both = one.with_orders(ArmingPayload(orders=other.orders))
    starts = [ms for ms in (one.deployment_ms, other.deployment_ms) if ms is not None]
    return msgspec.structs.replace(
        both,
        deployment_ms=min(starts, default=None),
        queues=_earliest(one.queues, other.queues),
        detectors=_earliest(one.detectors, other.detectors),
    )


def _earliest(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: min(one.get(name, other.get(name, 0)), other.get(name, one.get(name, 0))) for name in one | other}
