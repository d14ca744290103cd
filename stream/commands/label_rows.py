"""The rows of items.csv from the shards of a deployment: once through them for what is usual, once for the rows."""

import time

from stream.commands.held_labels import held_labels
from stream.commands.options import servers
from stream.commands.reading import ShardReader, partition_count
from stream.commands.roster import Roster, read_roster
from stream.commands.search_bar import search_bar
from stream.errors import Unavailable
from stream.events import DAY_MS
from stream.report.consensus import Usual, UsualCounts
from stream.report.items_file import item_rows
from stream.report.items_writer import ItemsWriter
from stream.settings import Settings


async def write_labels(
    store: ShardReader, settings: Settings, out: ItemsWriter, queue: str | None, *, with_names: bool
) -> int:
    """Writes them shard by shard; answers how many have no id. May raise `Unavailable` or StateError."""
    shards = [
        f"{settings.judgments}:{number}" for number in range(await partition_count(store, settings, settings.judgments))
    ]
    roster = await read_roster(store, settings)
    usual = await _usual(store, shards, roster)
    unnamed = 0
    with search_bar("writing items", len(shards)) as bar:
        for number, shard in enumerate(shards):
            names = _names(settings, number) if with_names else {}
            async for held in held_labels(store, shard, roster, names):
                rows = [
                    row
                    for row in item_rows(held.answers, roster.accuracy, roster.flagged, held.known, usual)
                    if queue in (None, row.queue)
                ]
                out.add(rows)
                unnamed += sum(row.item_id is None for row in rows)
                bar.looked_at(len(held.page.keys))
            bar.shard_done()
    return unnamed


async def _usual(store: ShardReader, shards: list[str], roster: Roster) -> Usual:
    counted = UsualCounts()
    with search_bar("looking through items", len(shards)) as bar:
        for shard in shards:
            async for held in held_labels(store, shard, roster, {}):
                counted.add(held.answers)
                bar.looked_at(len(held.page.keys))
            bar.shard_done()
    return counted.usual()


def _names(settings: Settings, partition: int) -> dict[bytes, str]:
    """Of the items that the shard may hold: each had a record within two horizons, unless it is kept for good."""
    since_ms = time.time_ns() // 1_000_000 - 2 * settings.horizon_days * DAY_MS
    try:
        return dict(servers().log(settings).item_names(partition, since_ms))
    except Unavailable as error:
        raise Unavailable(f"{error}; --no-names writes the files without item ids") from error
