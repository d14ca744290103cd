"""Where a rater's own numbers come from. The adapter for Redis is the stream's; here are the values and a fake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OwnWindow:
    """What a rater did in a time span of one queue."""

    name: str  # 1h, 24h, 7d, last50 or lifetime
    judgments: int
    agreement: float | None  # mean agreement with others on the same items, 0 to 1; None without others
    low: float | None  # of its 95 % interval
    high: float | None


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """A rater in one queue."""

    queue: str
    windows: Sequence[OwnWindow]
    usual_low: float | None = None  # where the middle half of the queue's raters lies; None with too few of them
    usual_high: float | None = None
    minutes_without_break: float | None = None  # on sensitive items; None where none are
    minutes_sensitive_24h: float | None = None
    latest_ms: int | None = None


class RaterNumbers(Protocol):
    """Reads one rater's own numbers."""

    def of(self, rater_id: str, vendor: str, now_ms: int) -> Sequence[OwnNumbers] | None:
        """By queue; None when they cannot be read now, which a page says instead of showing zeros."""


class UnknownNumbers:
    """Of a deployment that gave no place to read them from."""

    def of(self, rater_id: str, vendor: str, now_ms: int) -> Sequence[OwnNumbers] | None:  # noqa: ARG002 (a port)
        """Nothing is known."""
        return None


class FakeNumbers:
    """In memory, for tests and demonstrations."""

    def __init__(self, by_rater: Mapping[tuple[str, str], Sequence[OwnNumbers]]) -> None:
        self._by_rater = by_rater

    def of(self, rater_id: str, vendor: str, now_ms: int) -> Sequence[OwnNumbers] | None:  # noqa: ARG002
        """What was put in; an empty list for a rater that is unknown."""
        return self._by_rater.get((rater_id, vendor), ())
