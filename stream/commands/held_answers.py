"""The answers of one rater that lie on items in stage 1's state: read for a disclosure."""

from typing import Any

import msgspec
import xxhash

from stream.commands.reading import ShardReader, partition_count
from stream.intake.directory import Directory
from stream.intake.queue_row import QueueRow
from stream.quality.held import judgments_of
from stream.quality.item_table import ItemTable
from stream.quality.schema import Flag, Kind
from stream.settings import Settings
from stream.stages.item_loading import home
from stream.state.keys import GOLDS, QUEUES

_DIRECTORY = b"directory"
_KEY_BYTES = 16


class HeldAnswer(msgspec.Struct, frozen=True):
    """An answer as its item remembers it; of item and judgment only hashes are kept there."""

    queue: str
    item: str  # hex
    judgment: str  # hex
    label: str | list[str] | None
    submitted_at: int
    duration_ms: int | None
    cost: float | None  # in the judgment's currency
    withdrawn: bool


async def held_answers(store: ShardReader, settings: Settings, rater_id: str) -> list[HeldAnswer]:
    """Every answer of the rater, by time. Reads all items once. May raise `Unavailable`."""
    found: list[HeldAnswer] = []
    for number in range(await partition_count(store, settings, settings.judgments)):
        shard = f"{settings.judgments}:{number}"
        [data] = (await store.load(shard, {QUEUES: [_DIRECTORY]}))[QUEUES]
        if data is not None:
            queues = Directory.from_bytes(data).queues
            table = await _items_of(store, shard, rater_id)
            found += _answers(table, queues, rater_id)
    return sorted(found, key=lambda answer: (answer.submitted_at, answer.judgment))


async def item_keys(store: ShardReader, shard: str) -> list[str]:
    """The keys in which a shard's items may be, the truest first."""
    head = await store.head(shard)
    generation = int(head.fields.get(b"generation", b"0")) if head else 0
    return [GOLDS, *(home(one) for one in range(generation, max(generation - 1, 0) - 1, -1))]


async def _items_of(store: ShardReader, shard: str, rater_id: str) -> ItemTable:
    """The items that hold an answer of the rater, as they count: an older copy of one that moved is passed over."""
    table, pieces = ItemTable(), [xxhash.xxh3_64_intdigest(rater_id.encode()).to_bytes(8, "little")]
    for key in await item_keys(store, shard):
        fields = await store.find(shard, key, pieces)
        items = [item for item in dict.fromkeys(field[:_KEY_BYTES] for field in fields) if item not in table.slot_of]
        heads = (await store.load(shard, {key: items}))[key]
        for item, first in zip(items, heads, strict=True):
            if first is not None:
                further = [item + n.to_bytes(2, "little") for n in range(1, ItemTable.blocks_of(first))]
                blocks = (await store.load(shard, {key: further}))[key] if further else []
                table.load(item, [first, *(block for block in blocks if block is not None)])
    return table


def _answers(table: ItemTable, queues: list[QueueRow], rater_id: str) -> list[HeldAnswer]:
    mine = judgments_of(xxhash.xxh3_64_intdigest(rater_id.encode()), table.rows, list(table.slot_of.values()))
    return [_answer(table, queues, one.slot, one.at) for one in mine]


def _answer(table: ItemTable, queues: list[QueueRow], slot: int, at: int) -> HeldAnswer:
    mark: Any = table.rows.marks[at]
    queue, score = queues[int(table.rows.items["queue"][slot])], mark["score"]
    flags = int(score["flags"])
    return HeldAnswer(
        queue=queue.name,
        item=table.key_of[slot].hex(),
        judgment=f"{int(mark['judgment']):016x}",
        label=_label(queue, int(score["label"]), flags),
        submitted_at=int(mark["submitted_ms"]),
        duration_ms=int(score["duration_ms"]) if flags & Flag.TIMED else None,
        cost=int(score["cost_micro"]) / 1e6 if flags & Flag.COSTED else None,
        withdrawn=bool(flags & Flag.WITHDRAWN),
    )


def _label(queue: QueueRow, code: int, flags: int) -> str | list[str] | None:
    if flags & (Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN):
        return None
    if queue.kind == Kind.SET:
        return [label for bit, label in enumerate(queue.labels) if code >> bit & 1]
    return queue.labels[code] if code < len(queue.labels) else "other"
