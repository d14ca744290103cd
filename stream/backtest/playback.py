"""A file's events in time: when each is due at a chosen speed, and how far its own time is to be shifted."""

from dataclasses import dataclass

import msgspec

from stream.backtest.sources import event_ms
from stream.errors import InputError
from stream.events import Event, Judgment
from stream.intake.survey import FileSurvey


@dataclass(frozen=True, slots=True)
class Speed:
    """Events per second, or multiples of the file's own time; neither: as fast as Kafka takes them."""

    per_second: float | None = None
    times: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Speed":
        """Reads `2000` (a second), `10x` (times the file's own time) or `max` (as fast as Kafka takes them)."""
        if text == "max":
            return cls()
        is_factor = text.endswith("x")
        try:
            number = float(text.removesuffix("x"))
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            raise InputError(f"speed {text!r}: write 2000 (a second), 10x (of the file's own time) or max")
        return cls(times=number) if is_factor else cls(per_second=number)

    @property
    def is_max(self) -> bool:
        return self.per_second is None and self.times is None

    def due_seconds(self, sent: int, at_ms: int, first_ms: int) -> float:
        """Seconds after the start at which the event after `sent` others is due, whose own time is `at_ms`."""
        if self.per_second is not None:
            return sent / self.per_second
        return (at_ms - first_ms) / 1000 / self.times if self.times is not None else 0.0

    def duration_seconds(self, found: FileSurvey) -> float:
        """How long the files take at this speed; 0 when that is up to Kafka."""
        return self.due_seconds(found.judgments, found.last_ms, found.first_ms)


def shift_to_now_ms(found: FileSurvey, speed: Speed, now_ms: int) -> int:
    """What to add to all times, which keeps their distances.

    The files end at the moment when the last event is sent. If they take longer than their own time they begin now
    instead, so that no event is ever ahead of the clock.
    """
    end_ms = now_ms + round(1000 * speed.duration_seconds(found))
    return min(end_ms - found.last_ms, now_ms - found.first_ms)


def shifted(event: Event, by_ms: int) -> Event:
    """The event as if it had happened that much later; its time becomes milliseconds since the epoch."""
    at_ms = max(0, event_ms(event) + by_ms)
    if isinstance(event, Judgment):
        return msgspec.structs.replace(event, submitted_at=at_ms)
    return msgspec.structs.replace(event, at=at_ms)
