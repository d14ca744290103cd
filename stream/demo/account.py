"""Did every judgment count exactly once? The rows in Redis against the same engine run without Kafka and Redis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stream.backtest.run import Plan, run
from stream.commands.reading import read_shard
from stream.events import Event
from stream.intake.payload import SettingsPayload
from stream.quality.groups import GROUP
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.schema import COMMUTATIVE, Column
from stream.settings import Settings
from stream.state.connect import open_store
from stream.state.keys import RATERS

Columns = tuple[int, ...]
_SEEN = (Column.JUDGMENTS, Column.SKIPPED, Column.ESCALATED)


@dataclass(frozen=True, slots=True)
class Account:
    """Judgments that the stored rows lack or hold too often, and rows of which any commutative column differs."""

    judgments: int  # that ought to stand
    lost: int
    counted_twice: int
    differing_rows: int


def settle(expected: Mapping[RowKey, Columns], found: Mapping[RowKey, Columns]) -> Account:
    """Compares lifetime columns, row by row."""
    lost = twice = 0
    nothing = (0,) * len(Column)
    rows = expected.keys() | found.keys()
    for key in rows:
        wanted = sum(expected.get(key, nothing)[column] for column in _SEEN)
        stored = sum(found.get(key, nothing)[column] for column in _SEEN)
        lost += max(0, wanted - stored)
        twice += max(0, stored - wanted)
    return Account(
        judgments=sum(row[column] for row in expected.values() for column in _SEEN),
        lost=lost,
        counted_twice=twice,
        differing_rows=sum(
            _commutative(expected.get(key, nothing)) != _commutative(found.get(key, nothing)) for key in rows
        ),
    )


def expected_columns(events: Iterable[Event], payload: SettingsPayload, partitions: int) -> dict[RowKey, Columns]:
    """What the engine makes of the events in one process, cut as Kafka would cut them."""
    shards = run(events, payload, Plan(partitions=partitions)).shards
    return columns_of(table for shard in shards for table in shard.tables.values())


async def stored_columns(settings: Settings) -> dict[RowKey, Columns]:
    """The lifetime columns of every rater and queue in Redis."""
    store = open_store(settings.redis_access)
    tables: list[RaterTable] = []
    try:
        for partition in range(settings.partitions):
            rows = await read_shard(store, settings, partition)
            if rows is not None:
                stored = await store.scan(rows.shard, RATERS)
                rows.add(list(stored), {RATERS: list(stored.values())})
                tables += rows.tables.by_width.values()
    finally:
        await store.close()
    return columns_of(tables)


def columns_of(tables: Iterable[RaterTable]) -> dict[RowKey, Columns]:
    """Lifetime columns by row, without groups."""
    return {
        key: tuple(int(value) for value in table.rows.life[slot])
        for table in tables
        for key, slot in table.slot_of.items()
        if table.rows.hot["kind"][slot] != GROUP
    }


def _commutative(row: Columns) -> Columns:
    return tuple(row[column] for column in COMMUTATIVE)
