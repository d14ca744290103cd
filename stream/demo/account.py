"""Did every judgment count exactly once? The rows in Redis against the same engine run without Kafka and Redis."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stream.backtest.run import Plan, run
from stream.commands.reading import fill_found, restored_stage
from stream.events import Event
from stream.intake.payload import SettingsPayload
from stream.quality.groups import GROUP
from stream.quality.rater_table import RowKey
from stream.quality.schema import COMMUTATIVE, Column
from stream.settings import Settings
from stream.stages.raters_stage import RatersStage
from stream.state.connect import open_store
from stream.state.keys import EVIDENCE, HISTORY, RATERS

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
        differing_rows=sum(_commutative(expected.get(key, nothing)) != _commutative(found.get(key, nothing)) for key in rows),
    )


def expected_columns(events: Iterable[Event], payload: SettingsPayload, partitions: int) -> dict[RowKey, Columns]:
    """What the engine makes of the events in one process, cut as Kafka would cut them."""
    return columns_of(run(events, payload, Plan(partitions=partitions)).shards)


async def stored_columns(settings: Settings) -> dict[RowKey, Columns]:
    """The lifetime columns of every rater and queue in Redis."""
    store = open_store(settings.redis_access)
    stages = []
    try:
        for partition in range(settings.partitions):
            stage = await restored_stage(store, settings, partition)
            if stage is None:
                continue
            keys = list(await store.scan(f"{settings.outcomes}:{partition}", RATERS))
            wanted = dict.fromkeys((RATERS, HISTORY, EVIDENCE), keys)
            if keys:
                fill_found(stage, wanted, await store.load(f"{settings.outcomes}:{partition}", wanted))
            stages.append(stage)
    finally:
        await store.close()
    return columns_of(stages)


def columns_of(stages: Sequence[RatersStage]) -> dict[RowKey, Columns]:
    """Lifetime columns by row, without groups."""
    return {
        key: tuple(int(value) for value in table.rows.life[slot])
        for stage in stages
        for table in stage.tables.values()
        for key, slot in table.slot_of.items()
        if table.rows.hot["kind"][slot] != GROUP
    }


def _commutative(row: Columns) -> Columns:
    return tuple(row[column] for column in COMMUTATIVE)
