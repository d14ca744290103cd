"""The history of arming, as a list that a person reads from top to bottom."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from stream.policy.arming_book import effect_ends_ms
from stream.policy.arming_order import ArmingOrder


class AuditEntry(NamedTuple):
    """One thing that happened to an order."""

    at_ms: int
    what: Literal["armed", "disarmed", "ended", "replaced"]
    order: ArmingOrder


def audit(orders: Sequence[ArmingOrder], now_ms: int) -> list[AuditEntry]:
    """What was ordered, and when it ended by itself or gave way to a lasting order about the same; oldest first."""
    entries = []
    for order in orders:
        entries.append(AuditEntry(order.at_ms, "armed" if order.mode == "armed" else "disarmed", order))
        ends_ms = effect_ends_ms(order, orders)
        if ends_ms is not None and ends_ms <= now_ms:
            entries.append(AuditEntry(ends_ms, "ended" if ends_ms == order.ends_ms else "replaced", order))
    # What ends comes before what begins in the same millisecond.
    return sorted(entries, key=lambda entry: (entry.at_ms, entry.what in ("armed", "disarmed")))
