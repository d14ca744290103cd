"""When, and for how long, as tools write it."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from stream.events import DAY_MS, REVISION_MAX
from stream.intake.moments import to_ms
from stream.intake.readers.unreadable import Unreadable

KNOWN_MAX = 10_000
_US_STYLE = "%m/%d/%Y %H:%M:%S"  # Appen
_UNIX_STYLE = "%a %b %d %H:%M:%S %Y"  # Mechanical Turk, which puts the zone before the year
# The abbreviations that Mechanical Turk writes. Others mean different offsets in different places.
_OFFSETS = {"UTC": UTC, "GMT": UTC, "PST": timezone(timedelta(hours=-8)), "PDT": timezone(timedelta(hours=-7))}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock:
    """Reads points in time. One without an offset needs the time zone that a person declared: it is never guessed."""

    def __init__(self, zone: ZoneInfo | None, noted: Counter[str]) -> None:
        self._zone, self._noted = zone, noted
        self._known: dict[str, int] = {}

    def ms(self, text: object) -> int | None:
        """Milliseconds since the epoch, None for an empty cell; raises Unreadable."""
        if text is None or text == "":
            return None
        found = to_ms(text) if isinstance(text, str) else None
        return found if isinstance(found, int) else self._read(str(text))

    def duration_ms(self, seconds: object, judgments: int = 1) -> int | None:
        """A judgment's part of the seconds spent on so many; None where the tool says nothing that makes sense."""
        try:
            part_ms = round(1000 * float(seconds) / judgments)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            if seconds is not None and seconds != "":
                self._noted["times spent that are no numbers, not used"] += 1
            return None
        return self.sensible_ms(part_ms)

    def sensible_ms(self, duration_ms: int) -> int | None:
        """The duration, if it is one of up to a day."""
        if 0 <= duration_ms <= DAY_MS:
            return duration_ms
        self._noted["times spent below zero or above 24 hours, not used"] += 1
        return None

    def _read(self, text: str) -> int:
        """A page's judgments have its times in common, and other ways to write them are slow to read."""
        if text in self._known:
            return self._known[text]
        doubtful = self._noted.total()
        moment_ms = (self._moment(text) - _EPOCH) // _MILLISECOND
        if self._noted.total() == doubtful:  # each doubtful one is counted
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[text] = moment_ms
        return moment_ms

    def _moment(self, text: str) -> datetime:
        moment = _parsed(text)
        if moment is None:
            raise Unreadable(f"{text[:40]!r} is no time that can be read; write it such as 2024-05-01T12:00:00Z")
        if moment.tzinfo is not None:
            return moment
        if self._zone is None:
            raise Unreadable(
                f"the time {text[:40]!r} says no time zone; say which clock it was read from with --time-zone, such as "
                "--time-zone UTC"
            )
        placed = moment.replace(tzinfo=self._zone)
        if placed.utcoffset() != placed.replace(fold=1).utcoffset():
            self._noted["times in an hour that clocks skip or repeat, read as before the change"] += 1
        return placed


def revision_of(created_ms: int | None, updated_ms: int | None) -> int:
    """0 for an answer that stands as it was given, else the seconds until it was last changed: later ones are higher.

    It depends on the answer alone, so that exports of different days agree on it.
    """
    if created_ms is None or updated_ms is None:
        return 0
    return min(max((updated_ms - created_ms) // 1000, 0), REVISION_MAX)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass  # one of the other two, then
    words = text.split()
    if len(words) == 6 and words[4] in _OFFSETS:  # noqa: PLR2004 - weekday, month, day, time, zone, year
        return _strptime(" ".join([*words[:4], words[5]]), _UNIX_STYLE, _OFFSETS[words[4]])
    return _strptime(text, _US_STYLE, None)


def _strptime(text: str, style: str, zone: timezone | None) -> datetime | None:
    try:
        return datetime.strptime(text, style).replace(tzinfo=zone)
    except ValueError:
        return None
