"""Raters, queues, vendors, findings and a rater's history as Arrow tables, asked for one at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Literal, TypeVar

import pyarrow as pa

from stream.arrow_rows import table_of
from stream.errors import InputError
from stream.quality.windows import WINDOW_NAMES, Window
from stream.read.columns import Measured, OfFinding, OfMoment, OfQueue, OfRater, OfVendor
from stream.read.gathering import Groups, of_findings, of_moments, of_rater, people
from stream.read.source import Source

WindowName = Literal["last50", "1h", "24h", "7d", "lifetime"]
Value = TypeVar("Value")
_WINDOWS: dict[str, Window] = {name: window for window, name in WINDOW_NAMES.items()}


class Tables:
    """What one source can tell. Each call reads anew; `.to_pandas()` works on each table where pandas is installed.

    `as_of` is when the windows of 1 h to 7 days end: without it now, or where a backtest's files end. Raises
    `Unavailable` when Redis does not answer, StateError when there is nothing yet, InputError for no such window.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def raters(
        self, *, queue: str | None = None, window: WindowName = "lifetime", as_of: datetime | None = None
    ) -> pa.Table:
        """A row a rater and queue, training apart; columns in `columns.OfRater` and `Measured`."""
        chosen, now_ms = _window(window), self._ends(as_of)
        return table_of(_run(_listed(self._raters(queue, chosen, now_ms))), OfRater, Measured)

    def queues(self, *, window: WindowName = "lifetime", as_of: datetime | None = None) -> pa.Table:
        """A row a queue, work in training left out; columns in `columns.OfQueue` and `Measured`."""
        return table_of(_run(self._groups(window, as_of)).queues(), OfQueue, Measured)

    def vendors(self, *, window: WindowName = "lifetime", as_of: datetime | None = None) -> pa.Table:
        """A row a vendor and queue; columns in `columns.OfVendor` and `Measured`."""
        return table_of(_run(self._groups(window, as_of)).vendors(), OfVendor, Measured)

    def findings(self) -> pa.Table:
        """A row an open finding; columns in `columns.OfFinding`."""
        return table_of(_run(_listed(self._findings())), OfFinding)

    def history(self, rater: str) -> pa.Table:
        """A row a queue and piece of time that is kept; columns in `columns.OfMoment` and `Measured`.

        Of a rater of whom nothing is known, or may be told, there are no rows.
        """
        shards = _run(self._source.rater(rater))
        rows = [row for shard in shards for row in people(shard) if row.table.profiles[row.slot].rater_id == rater]
        return table_of((piece for row in rows for piece in of_moments(row)), OfMoment, Measured)

    async def _raters(self, queue: str | None, window: Window, now_ms: int) -> AsyncIterator[tuple[object, ...]]:
        async for shard in self._source.shards(window):
            for row in people(shard):
                if queue in (None, row.queue.name):
                    yield of_rater(row, window, now_ms)

    async def _groups(self, window: WindowName, as_of: datetime | None) -> Groups:
        chosen = _window(window)
        if chosen is Window.LAST_50:
            raise InputError(
                "queues and vendors keep no list of their latest judgments: choose 1h, 24h, 7d or lifetime"
            )
        groups = Groups(chosen, self._ends(as_of))
        async for shard in self._source.shards(Window.LIFETIME):
            groups.add(shard)
        return groups

    async def _findings(self) -> AsyncIterator[OfFinding]:
        async for shard in self._source.shards(Window.LIFETIME):
            for finding in of_findings(shard):
                yield finding

    def _ends(self, as_of: datetime | None) -> int:
        if as_of is None:
            return self._source.now_ms or time.time_ns() // 1_000_000
        if as_of.tzinfo is None:
            raise InputError("as_of needs a time zone: write datetime(2026, 1, 5, tzinfo=UTC)")
        return round(as_of.timestamp() * 1000)


def _window(name: str) -> Window:
    if name not in _WINDOWS:
        raise InputError(f"there is no window {name!r}: choose one of {', '.join(_WINDOWS)}")
    return _WINDOWS[name]


async def _listed(rows: AsyncIterator[Value]) -> list[Value]:
    return [row async for row in rows]


def _run(question: Coroutine[Any, Any, Value]) -> Value:
    """In a thread of its own: a notebook has an event loop running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()
