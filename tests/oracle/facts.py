"""Daily facts a second time: the oracle's judgments grouped by plain Python; the engine driven as the loop does."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from stream.facts.book import Book
from stream.facts.columns import KEPT, SUM_NAMES
from stream.facts.port import FactStore
from stream.facts.standing import Standing, TopicPlace, nothing_applied
from stream.quality.columns import COMMUTATIVE
from stream.quality.schema import Column
from tests.oracle.judging import Oracle
from tests.oracle.shards import Record

TOPICS = ("judgments", "outcomes", "findings")
NAMES = dict(zip(KEPT, SUM_NAMES, strict=True))
SHOWN = tuple(NAMES[column] for column in COMMUTATIVE if column in NAMES)


class FactName(NamedTuple):
    """What tells a row from others."""

    day: str
    rater_id: str | None
    queue: str
    vendor: str
    guideline: str | None
    locale: str | None
    currency: str | None
    stage: str


Facts = dict[FactName, dict[str, int]]


def expected_facts(oracle: Oracle, zones: Mapping[str, str]) -> Facts:
    """The commutative columns by row."""
    rows: defaultdict[FactName, Counter[Column]] = defaultdict(Counter)
    for scored in oracle.judgments():
        event = scored.event
        zone = ZoneInfo(zones.get(event["queue"], "UTC"))
        day = datetime.fromtimestamp(event["submitted_at"] / 1000, UTC).astimezone(zone).date()
        name = FactName(
            day.isoformat(),
            None if scored.nameless else event["rater_id"],
            event["queue"],
            event["vendor"],
            event.get("guideline"),
            event.get("locale"),
            event.get("currency"),
            event.get("stage", "production"),
        )
        rows[name] += scored.columns
    return {name: _shown({NAMES[c]: n for c, n in columns.items() if c in NAMES}) for name, columns in rows.items()}


def facts_in(rows: Iterable[Mapping[str, Any]]) -> Facts:
    """Of a store, in the same form; rows are told apart by what they are about."""
    found: Facts = {}
    for row in rows:
        name = FactName(str(row["day"]), *(row[field] for field in FactName._fields[1:]))
        assert name not in found, f"two rows about {name}"
        found[name] = _shown({field: row[field] for field in SUM_NAMES})
    return found


def _shown(sums: Mapping[str, int]) -> dict[str, int]:
    return {name: sums[name] for name in SHOWN if sums.get(name)}


def beginning(standing: Standing, partitions: int, sources: int) -> Standing:
    """Of a new store, as `raterwatch facts run` makes it."""
    counts = {"judgments": sources, "outcomes": partitions, "findings": partitions}
    if standing.topics:
        return standing
    return Standing(
        key=standing.key,
        topics={name: TopicPlace(f"id of {name}", [0] * counts[name]) for name in TOPICS},
        applied=nothing_applied(partitions, sources),
    )


def book_of(store: FactStore, partitions: int, sources: int = 1, zones: Mapping[str, str] | None = None) -> Book:
    """Where the store stands."""
    standing = beginning(store.standing(), partitions, sources)
    return Book(standing, zones or {}, outcomes="outcomes", findings="findings")


def feed(book: Book, topic: str, partition: int, log: Sequence[Record], until: int | None = None) -> None:
    """What the book lacks of a partition's log, up to an offset."""
    begin, end = book.offsets[topic][partition], len(log) if until is None else min(until, len(log))
    if begin < end:
        book.take(topic, partition, log[begin:end], end)
