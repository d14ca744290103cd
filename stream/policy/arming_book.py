"""What a shard knows of arming: the orders, and when queues and detectors were first there. A value of its log."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from stream.errors import StateError
from stream.policy.arming import FirstSeen, Standing, Subject, standing
from stream.policy.arming_order import ORDERS_MAX, ArmingOrder, ArmingPayload
from stream.policy.declared import DAY_MS, ShadowPolicy

ARMING_FIELD = b"arming"  # where a shard of `judgments` keeps its book: in `queues`, beside the directory
BOOK_SCHEMA = 1
AUDIT_MS = 400 * DAY_MS  # how long an order stays readable after it has ended: 13 months


class ArmingBook(Struct, frozen=True, kw_only=True):
    """Orders by time. Records may come in any sequence: what has effect is the same in the end."""

    orders: tuple[ArmingOrder, ...] = ()
    deployment_ms: int | None = None
    queues: dict[str, int] = {}  # first seen, milliseconds since the epoch
    detectors: dict[str, int] = {}

    def with_orders(self, payload: ArmingPayload) -> "ArmingBook":
        """The book once a control record is read: the orders of both, each once."""
        return msgspec.structs.replace(self, orders=joined(self.orders, payload.orders))

    def with_seen(self, queues: Iterable[str], detectors: Iterable[str], at_ms: int) -> "ArmingBook":
        """The book after queues and detectors were there at `at_ms`; what was seen before keeps its moment."""
        return msgspec.structs.replace(
            self,
            deployment_ms=at_ms if self.deployment_ms is None else self.deployment_ms,
            queues=_seen(self.queues, queues, at_ms),
            detectors=_seen(self.detectors, detectors, at_ms),
        )

    def standing(self, subject: Subject, shadow: ShadowPolicy, now_ms: int) -> Standing:
        """How the subject stands at `now_ms`, a moment of the log."""
        queue_ms, detector_ms = self.queues.get(subject.queue), self.detectors.get(subject.detector)
        seen = FirstSeen(self.deployment_ms, queue_ms, detector_ms)
        return standing(subject, seen, self.orders, shadow, now_ms)

    def to_bytes(self) -> bytes:
        """The book for the store."""
        return msgspec.msgpack.encode((BOOK_SCHEMA, self))

    @classmethod
    def from_bytes(cls, data: bytes) -> "ArmingBook":
        """Restores what `to_bytes` wrote; raises StateError for anything else."""
        try:
            schema, book = msgspec.msgpack.decode(data, type=tuple[int, msgspec.Raw])
            if schema == BOOK_SCHEMA:
                return msgspec.msgpack.decode(book, type=cls)
        except ValueError as error:
            raise StateError(f"the stored arming orders are unreadable ({error}); see `raterwatch doctor`") from None
        raise StateError(f"arming orders of schema {schema}, this version reads {BOOK_SCHEMA}; use its release")


def joined(*known: Iterable[ArmingOrder]) -> tuple[ArmingOrder, ...]:
    """The orders of all, each once, by time. Those whose effect ended 13 months before the latest order are dropped,
    and so are the oldest without effect when there are too many.
    """
    orders = sorted({order for some in known for order in some}, key=_by_time)
    latest_ms = orders[-1].at_ms if orders else 0
    ended = {order: effect_ends_ms(order, orders) for order in orders}
    over = [order for order in orders if (ends_ms := ended[order]) is not None and ends_ms <= latest_ms]
    room = max(0, ORDERS_MAX - (len(orders) - len(over)))
    kept = {order for order in over[max(0, len(over) - room) :] if (ended[order] or 0) > latest_ms - AUDIT_MS}
    return tuple(order for order in orders if order not in over or order in kept)


def effect_ends_ms(order: ArmingOrder, orders: Iterable[ArmingOrder]) -> int | None:
    """When an order has no effect any more: at its own end, or when a lasting one about just the same follows."""
    later = [
        other.at_ms
        for other in orders
        if other.named == order.named and other.ends_ms is None and _by_time(other) > _by_time(order)
    ]
    ends = [*later, *([] if order.ends_ms is None else [order.ends_ms])]
    return min(ends, default=None)


def _seen(before: dict[str, int], names: Iterable[str], at_ms: int) -> dict[str, int]:
    return before | {name: at_ms for name in names if name not in before}


def _by_time(order: ArmingOrder) -> tuple[int, bytes]:
    return order.at_ms, msgspec.msgpack.encode(order)
