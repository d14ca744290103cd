"""What agreement is usual in a queue: where the middle half of its raters lies."""

from typing import NamedTuple

import numpy as np

from alerts.escalation.numbers.port import BAND_JUDGMENTS, BAND_RATERS
from stream.commands.reading import RaterRow, ShardReader, partition_count, read_shard
from stream.quality.columns import AGREEMENT, SCORED
from stream.quality.groups import GROUP
from stream.quality.schema import UNIT
from stream.settings import Settings
from stream.state.keys import RATERS

_ENOUGH = 100  # raters of a queue: more would move a quartile by little


class Band(NamedTuple):
    """The quartiles of the raters' mean agreement with others over all their answers, 0 to 1."""

    low: float
    high: float


async def usual_bands(store: ShardReader, settings: Settings, first: int, wanted: set[str]) -> dict[str, Band]:
    """By queue; a queue with fewer than BAND_RATERS raters of BAND_JUDGMENTS is left out.

    Raters are spread over shards by a hash, so those of one shard stand for all. Shards are read from `first` on only
    until each wanted queue has enough of them: a small deployment is read whole, a large one is not.
    """
    seen: dict[str, list[float]] = {queue: [] for queue in wanted}
    partitions = await partition_count(store, settings)
    for number in range(partitions):
        if all(len(shares) >= _ENOUGH for shares in seen.values()):
            break
        await _read(store, settings, (first + number) % partitions, seen)
    return {queue: _band(shares) for queue, shares in seen.items() if len(shares) >= BAND_RATERS}


async def _read(store: ShardReader, settings: Settings, partition: int, seen: dict[str, list[float]]) -> None:
    hot = await store.scan(f"{settings.outcomes}:{partition}", RATERS)
    rows = await read_shard(store, settings, partition, room=len(hot))
    if rows is None:
        return
    rows.add(list(hot), {RATERS: list(hot.values())})
    for key in hot:
        row = rows.find(key)
        if row is None or key[:8] in rows.silent or row.queue.name not in seen:
            continue
        share = _agreement(row)
        if share is not None:
            seen[row.queue.name].append(share)


def _agreement(row: RaterRow) -> float | None:
    life = row.table.rows.life[row.slot]
    if row.hot["kind"] == GROUP or row.hot["training"] or life[SCORED] < BAND_JUDGMENTS:
        return None
    return float(life[AGREEMENT]) / UNIT / float(life[SCORED])


def _band(shares: list[float]) -> Band:
    low, high = np.quantile(shares, (0.25, 0.75))
    return Band(float(low), float(high))
