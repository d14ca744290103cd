"""Where a rater's own numbers come from. The adapter for Redis is the stream's; here are the values and a fake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

BAND_RATERS = 10  # with fewer, a queue's usual band could tell of somebody
BAND_JUDGMENTS = 50  # that others judged too: a rater with fewer says little about what is usual


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
    # Where the middle half of the queue's raters lies over all their answers; None with fewer than BAND_RATERS of
    # BAND_JUDGMENTS.
    usual_low: float | None = None
    usual_high: float | None = None
    minutes_sensitive_24h: float | None = None  # None where nothing sensitive was shown
    latest_ms: int | None = None


@dataclass(frozen=True, slots=True)
class OwnRest:
    """Work and breaks over all queues. It is there for the rater's own care and enters nothing else."""

    active_minutes_24h: int
    minutes_without_break: int  # since five minutes without work, 0 while on a break; 60: an hour or more
    hours_without_room: int  # most full hours in a row, of the last 24, with no room for a break of ten minutes


@dataclass(frozen=True, slots=True)
class OwnPage:
    """All of it. `rest` is None where the producer does not send how long answers take."""

    queues: Sequence[OwnNumbers]
    rest: OwnRest | None = None


class RaterNumbers(Protocol):
    """Reads one rater's own numbers."""

    def of(self, rater_id: str, vendor: str, now_ms: int) -> OwnPage | None:
        """None when they cannot be read now, which a page says instead of showing zeros."""


class UnknownNumbers:
    """Of a deployment that gave no place to read them from."""

    def of(self, rater_id: str, vendor: str, now_ms: int) -> OwnPage | None:  # noqa: ARG002 (a port)
        """Nothing is known."""
        return None


class FakeNumbers:
    """In memory, for tests and demonstrations."""

    def __init__(self, by_rater: Mapping[tuple[str, str], OwnPage]) -> None:
        self._by_rater = by_rater

    def of(self, rater_id: str, vendor: str, now_ms: int) -> OwnPage | None:  # noqa: ARG002
        """What was put in; an empty page for a rater that is unknown."""
        return self._by_rater.get((rater_id, vendor), OwnPage(()))
