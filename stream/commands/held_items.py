"""All items that a shard of `judgments` holds, with the answers on them, a page at a time and in bounded memory."""

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

import numpy as np

from stream.commands.held_answers import item_keys
from stream.commands.reading import ShardReader
from stream.quality.item_table import ItemTable
from stream.quality.schema import ITEM, MARK

_KEY_BYTES = 16


class HeldItems(NamedTuple):
    """Some items of a shard."""

    keys: list[bytes]
    items: np.ndarray  # ITEM[items]
    marks: np.ndarray  # MARK[marks]
    owner: np.ndarray  # int64[marks]: row of `items`


async def held_items(store: ShardReader, shard: str) -> AsyncIterator[HeldItems]:
    """Each item once, as it counts: an older copy of one that moved is passed over. May raise `Unavailable`.

    What workers commit meanwhile comes as it was or as it is. Memory holds a page and the keys seen so far, some 100
    bytes an item of the shard.
    """
    seen: set[bytes] = set()
    for key in await item_keys(store, shard):
        async for page in store.pages(shard, key):
            fresh = {item: head for item, head in page.items() if len(item) == _KEY_BYTES and item not in seen}
            seen.update(fresh)
            if fresh:
                yield _decoded(fresh, await _further(store, shard, key, fresh))


async def _further(store: ShardReader, shard: str, key: str, heads: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """By item: the marks of a much-judged one that stand behind its first block."""
    fields = [
        (item, item + block.to_bytes(2, "little"))
        for item, head in heads.items()
        for block in range(1, ItemTable.blocks_of(head))
    ]
    if not fields:
        return {}
    loaded = (await store.load(shard, {key: [field for _, field in fields]}))[key]
    found: dict[bytes, bytes] = {}
    for (item, _), block in zip(fields, loaded, strict=True):
        found[item] = found.get(item, b"") + (block or b"")
    return found


def _decoded(heads: Mapping[bytes, bytes], further: Mapping[bytes, bytes]) -> HeldItems:
    size = ITEM.itemsize
    marks = [head[size:] + further.get(item, b"") for item, head in heads.items()]
    return HeldItems(
        keys=list(heads),
        items=np.frombuffer(b"".join(head[:size] for head in heads.values()), ITEM),
        marks=np.frombuffer(b"".join(marks), MARK),
        owner=np.repeat(np.arange(len(marks)), [len(some) // MARK.itemsize for some in marks]),
    )
