"""The loop: read, add up, commit. Knows neither Kafka nor a store, only ports; the clock is a value."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import msgspec

from stream.facts.book import Book
from stream.facts.days import day_of
from stream.facts.observer import FactsObserver
from stream.facts.port import FactStore
from stream.transport.faults import Fault, Point, no_fault
from stream.transport.port import Batch, Partition

_log = logging.getLogger(__name__)
_HOUR_MS = 3_600_000


class Followed(Protocol):
    """The logs, from where the book stands."""

    async def fetch(self) -> list[Batch]:
        """What comes within a moment; nothing when everything has been read."""

    async def lag(self) -> Mapping[Partition, int]:
        """Records not fetched yet."""


class Pace(NamedTuple):
    """When to commit, and what to keep."""

    every_ms: int
    most_rows: int = 50_000
    days_kept: int = 396


class Follow:
    """Follows until `stop` is set. Whatever it raises, the next one begins at the stored standing."""

    def __init__(
        self,
        log: Followed,
        store: FactStore,
        book: Book,
        pace: Pace,
        observer: FactsObserver,
        clock_ms: Callable[[], int],
        fault: Fault = no_fault,
    ) -> None:
        self._log, self._store, self._book, self._pace = log, store, book, pace
        self._observer, self._clock_ms, self._fault = observer, clock_ms, fault
        self._committed_ms = self._pruned_ms = 0
        self._read_ms: dict[Partition, int] = {}  # log time of the latest record of each
        self._read_all_ms = 0  # when a fetch last found nothing more

    async def run(self, stop: asyncio.Event) -> None:
        """The loop. What was read is committed at the end."""
        while not stop.is_set():
            await self.step()
        await self._commit()

    async def step(self) -> None:
        """One fetch, and a commit when it is due."""
        now_ms = self._clock_ms()
        batches = await self._log.fetch()
        for batch in batches:
            self._book.take(batch.partition.topic, batch.partition.number, batch.records, batch.end)
            if batch.records:
                self._read_ms[batch.partition] = batch.records[-1].timestamp
            self._fault(str(batch.partition), Point.APPLIED)
        if not batches:
            self._read_all_ms = now_ms
        due = now_ms - self._committed_ms >= self._pace.every_ms or self._book.waiting >= self._pace.most_rows
        if due:
            await self._commit()
        if now_ms - self._pruned_ms >= _HOUR_MS:
            await self._prune(now_ms)

    async def _commit(self) -> None:
        if self._book.records:
            commit = self._book.take_commit()
            written = await asyncio.to_thread(self._store.commit, commit)
            self._observer.committed(written, self._book.take_passed_over())
        self._committed_ms = self._clock_ms()
        lag = await self._log.lag()
        # Markers of transactions at a log's end keep its lag above 0; a fetch that found nothing knows better.
        through_ms = [self._read_ms.get(partition, 0) for partition, records in lag.items() if records]
        self._observer.stands(lag, max(self._read_all_ms, min(through_ms, default=self._committed_ms)))

    async def _prune(self, now_ms: int) -> None:
        """Days that are too old go; from then on what corrects them is passed over."""
        self._pruned_ms = now_ms
        first = day_of(now_ms) - self._pace.days_kept
        if first <= self._book.standing.first_day:
            return
        await self._commit()
        standing = self._book.standing
        pruned = msgspec.structs.replace(standing, number=standing.number + 1, first_day=first)
        rows = await asyncio.to_thread(self._store.prune, pruned)
        self._book.begin_at(pruned)
        _log.info("%d rows were older than %d days and are removed", rows, self._pace.days_kept)
