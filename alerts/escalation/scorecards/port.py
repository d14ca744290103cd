"""Where the counts of a period come from: Prometheus in production (`prometheus_counts.py`), values in tests."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from msgspec import Struct

from alerts.escalation.scorecards.period import Period


class DayCounts(Struct, frozen=True, kw_only=True):
    """One vendor's production work in one queue on one day; training is none of it."""

    vendor: str
    queue: str
    day: date
    judgments: int = 0
    audited: int = 0  # drawn at random, and judged again by an auditor
    overturned: int = 0  # of those, how many the auditor decided otherwise
    known: int = 0  # answers to items with a known answer
    known_right: int = 0


class VendorCounts(Protocol):
    """Reads the counts of all vendors: the adjustment for case mix needs the queue's common rate."""

    def of(self, period: Period) -> Sequence[DayCounts] | None:
        """By vendor, queue and day; None when they cannot be read now."""

    def targets(self, period: Period) -> dict[tuple[str, str], float]:
        """The accuracy agreed on, 0 to 1, by vendor and queue."""


class UnknownCounts:
    """Of a deployment that gave no place to read them from."""

    def of(self, period: Period) -> Sequence[DayCounts] | None:  # noqa: ARG002 (a port)
        """Nothing is known."""
        return None

    def targets(self, period: Period) -> dict[tuple[str, str], float]:  # noqa: ARG002
        """No target is known."""
        return {}


class FakeCounts:
    """In memory, for tests and demonstrations."""

    def __init__(self, counts: Sequence[DayCounts], targets: dict[tuple[str, str], float] | None = None) -> None:
        self._counts, self._targets = counts, targets or {}

    def of(self, period: Period) -> Sequence[DayCounts] | None:
        """Those of the period's days."""
        return [one for one in self._counts if period.first <= one.day < period.until]

    def targets(self, period: Period) -> dict[tuple[str, str], float]:  # noqa: ARG002
        """What was put in."""
        return self._targets
