"""Where shards of `outcomes` come from: the Redis of a deployment, or a backtest that has ended."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from stream.commands.reading import ShardReader, ShardRows, partition_count, rater_rows, read_shard
from stream.quality.windows import Window
from stream.settings import Settings
from stream.stages.raters_stage import RatersStage, row_fields
from stream.state.connect import open_store
from stream.state.keys import EVIDENCE, HISTORY, RATERS

_ROWS_AT_ONCE = 500  # of the larger parts: the last 50 of a rater are some kilobytes


class Source(Protocol):
    """Both ways; `now_ms` is when its windows end, None for the wall clock."""

    now_ms: int | None

    def shards(self, window: Window) -> AsyncIterator[ShardRows]:
        """One after the other, with all raters and what the window needs of them. May raise `Unavailable`."""

    async def rater(self, rater_id: str) -> Sequence[ShardRows]:
        """The shard that holds the rater, with this rater's whole rows, among others or alone; empty: unknown."""


class RedisSource:
    """Never writes: a user who may only read is enough. A connection is opened for each question."""

    now_ms: int | None = None

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def shards(self, window: Window) -> AsyncIterator[ShardRows]:
        """A shard at a time is in memory."""
        store = open_store(self._settings.redis_access)
        try:
            for partition in range(await partition_count(store, self._settings)):
                if (rows := await self._shard(store, partition, window)) is not None:
                    yield rows
        finally:
            await store.close()

    async def rater(self, rater_id: str) -> Sequence[ShardRows]:
        """One shard is read, and of it one rater."""
        store = open_store(self._settings.redis_access)
        try:
            rows = await rater_rows(store, self._settings, rater_id)
        finally:
            await store.close()
        return [rows[0].shard] if rows else []

    async def _shard(self, store: ShardReader, partition: int, window: Window) -> ShardRows | None:
        hot = await store.scan(f"{self._settings.outcomes}:{partition}", RATERS)
        rows = await read_shard(store, self._settings, partition, room=len(hot))
        if rows is None:
            return None
        parts = {Window.LIFETIME: (), Window.LAST_50: (EVIDENCE,)}.get(window, (HISTORY,))
        keys = list(hot)
        for at in range(0, len(keys), _ROWS_AT_ONCE):
            some = keys[at : at + _ROWS_AT_ONCE]
            wanted = {name: fields for name, fields in row_fields(some).items() if name in parts}
            loaded = await store.load(rows.shard, wanted) if wanted else {}
            rows.add(some, {RATERS: [hot[key] for key in some], **loaded})
        return rows


class BacktestSource:
    """The shards that a backtest left in memory, as of its latest judgment."""

    def __init__(self, stages: Sequence[RatersStage], now_ms: int) -> None:
        self.now_ms: int | None = now_ms
        self._shards = [
            ShardRows(f"outcomes:{stage.partition}", stage.held, stage.findings, stage.silent) for stage in stages
        ]

    async def shards(self, window: Window) -> AsyncIterator[ShardRows]:  # noqa: ARG002 (everything is there)
        """All of them."""
        for shard in self._shards:
            yield shard

    async def rater(self, rater_id: str) -> Sequence[ShardRows]:
        """Those in which the rater has a row."""
        return [
            shard
            for shard in self._shards
            if any(
                profile.rater_id == rater_id for table in shard.tables.by_width.values() for profile in table.profiles
            )
        ]
