"""An item's marks: chains of chunks in one array, and which of its blocks are to be written."""

from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.item_rows import BLOCK_MARKS, Items
from stream.quality.schema import MARK_CAP, MARK_CHUNK, PREDICTED, Flag

_WITHDRAWN = int(Flag.WITHDRAWN)


@compiled
def walk(table: Items, slot: int, order: np.ndarray) -> int:
    """Writes the positions of the item's marks in order of arrival, and answers how many."""
    count = table.items[slot]["marks"]
    chunk = table.first[slot]
    for p in range(count):
        order[p] = chunk * MARK_CHUNK + p % MARK_CHUNK
        if p % MARK_CHUNK == MARK_CHUNK - 1:
            chunk = table.following[chunk]
    return int64(count)


@compiled
def append(table: Items, slot: int, count: int) -> int:
    """Takes room for one more mark and answers its position."""
    if count % MARK_CHUNK == 0:
        table.free_count[0] -= 1
        chunk = table.free[table.free_count[0]]
        table.following[chunk] = -1
        if count == 0:
            table.first[slot] = chunk
        else:
            table.following[table.last[slot]] = chunk
        table.last[slot] = chunk
    touch(table, slot, count)
    at = int64(table.last[slot] * MARK_CHUNK + count % MARK_CHUNK)
    table.marks[at]["weighed"] = 0
    table.marks[at]["hit"] = 0
    table.marks[at]["held"] = 0
    table.marks[at]["terms"] = 0
    return at


@compiled
def touch(table: Items, slot: int, position: int) -> None:
    """Marks the blocks to be written: the head's, and that of the judgment at this place in the order."""
    block = np.uint64(min(position, MARK_CAP - 1) // BLOCK_MARKS)
    table.dirty[slot] |= np.uint64(1) | (np.uint64(1) << block)


@compiled
def touch_all(table: Items, slot: int) -> None:
    """Marks all of the item's blocks to be written."""
    touch(table, slot, 0)
    for p in range(0, table.items[slot]["marks"], BLOCK_MARKS):
        touch(table, slot, p)


@compiled
def release(table: Items, slot: int) -> None:
    """Gives the item's chunks back and forgets its marks."""
    chunk = table.first[slot]
    while chunk >= 0:
        table.free[table.free_count[0]] = chunk
        table.free_count[0] += 1
        chunk = table.following[chunk]
    table.first[slot] = -1
    table.last[slot] = -1
    table.items[slot]["marks"] = 0
    table.dirty[slot] = 0  # what it held is not written any more


@compiled
def clear(mark: Any) -> None:
    """Empties what a mark says, and marks it withdrawn."""
    empty(mark["score"])
    mark["score"]["flags"] = _WITHDRAWN


@compiled
def empty(score: Any) -> None:
    """All zero: the `old` of a first outcome, the `new` of a withdrawn one."""
    score["label"] = 0
    score["duration_ms"] = 0
    score["cost_micro"] = 0
    score["agreement"] = 0
    score["expected"] = 0
    score["credit"] = 0
    score["overturned"] = 0
    score["same"] = 0
    score["peers"] = 0
    score["flags"] = 0
    score["fit_a"] = 0
    score["belief_a"] = 0
    score["fit_b"] = 0
    score["belief_b"] = 0
    score["share"] = 0
    score["hit"] = 0
    score["known"] = 0
    score["pace"] = 0


@compiled
def unweighed(row: Any) -> None:
    """An OUTCOME that is no evidence of its own."""
    row["weighed"] = 0
    for place in range(PREDICTED):
        row["labels"][place] = 0
        row["shares"][place] = 0
    row["own"] = 0
