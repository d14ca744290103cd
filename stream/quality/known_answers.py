"""An item's known answer: golds and adjudications, by revision.

An item that had one is kept for good. So a shard keeps a bounded number of items: the first of its log, and once it
is full it stays full. An item beyond them gets no known answer; those kept still take every revision.
"""

from typing import Any

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.item_marks import touch, touch_all
from stream.quality.item_results import APPLIED, CONFLICTING, DUPLICATE, GOLD_LIMIT, STALE_REVISION
from stream.quality.item_rows import Items
from stream.quality.schema import Kept, Known, Op

_STANDING, _NEVER, _GONE = int(Known.STANDING), int(Known.NEVER), int(Known.WITHDRAWN)
_UNCOUNTED = int(Kept.UNCOUNTED)
_JUDGMENT, _GOLD = int(Op.JUDGMENT), int(Op.GOLD)
_INLINE = -1  # revision of a known answer that came with a judgment


@compiled
def learn(record: Any, slot: int, table: Items) -> int:
    """Takes a gold or an adjudication; the higher revision wins, equal ones must agree."""
    if _no_room(table, slot):
        return GOLD_LIMIT
    item = table.items[slot]
    state = _STANDING if record["has_known"] else _GONE
    if record["op"] == _GOLD:
        if item["gold_state"] != _NEVER and record["revision"] <= item["gold_revision"]:
            return _not_newer(record, item["gold_revision"], item["gold"], item["gold_state"])
        item["gold"] = record["known"]
        item["gold_revision"] = record["revision"]
        item["gold_state"] = state
        item["gold_guideline"] = record["guideline"]
    else:
        if item["adjudication_state"] != _NEVER and record["revision"] <= item["adjudication_revision"]:
            return _not_newer(record, item["adjudication_revision"], item["adjudication"], item["adjudication_state"])
        item["adjudication"] = record["known"]
        item["adjudication_revision"] = record["revision"]
        item["adjudication_state"] = state
        item["adjudication_random"] = record["random"]
    keep(table, slot)
    return APPLIED


@compiled
def learn_inline(record: Any, slot: int, table: Items) -> bool:
    """Takes a judgment's own known answer unless there is or was one; answers whether the item learned anything.

    It ranks below every revision of a gold event. The same answer under another guideline holds for all of them.
    """
    item = table.items[slot]
    if not record["has_known"] or _no_room(table, slot):
        return False
    if item["gold_state"] == _NEVER:
        item["gold_state"] = _STANDING
        item["gold"] = record["known"]
        item["gold_revision"] = _INLINE
        item["gold_guideline"] = record["guideline"]
        keep(table, slot)
        return True
    inline = item["gold_state"] == _STANDING and item["gold_revision"] == _INLINE and item["gold"] == record["known"]
    if inline and item["gold_guideline"] != 0 and item["gold_guideline"] != record["guideline"]:
        item["gold_guideline"] = 0
        keep(table, slot)
        return True
    return False


@compiled
def keep(table: Items, slot: int) -> None:
    """Moves the item to the rows that never expire: all its blocks are written there."""
    if table.items[slot]["kept"]:
        touch(table, slot, 0)
    else:
        table.items[slot]["kept"] = _UNCOUNTED
        table.kept[0] += 1
        touch_all(table, slot)


def not_taken(records: np.ndarray, table: Items) -> np.ndarray:
    """Queue rows of the judgments among RECORD[n], all joined, whose known answer found no room: int32[at most n].

    A full shard stays full, so an item that is not kept after the last record was not kept at any of them.
    """
    came = records[(records["op"] == _JUDGMENT) & (records["has_known"] != 0)]
    queues: np.ndarray = came["queue"][table.items["kept"][came["item"]] == 0]
    return queues


@compiled
def _no_room(table: Items, slot: int) -> bool:
    """Whether the item would be one more than the shard may keep."""
    return bool(table.items[slot]["kept"] == 0 and table.kept[0] >= table.kept[1])


@compiled
def _not_newer(record: Any, revision: int, label: int, state: int) -> int:
    if record["revision"] < revision:
        return STALE_REVISION
    same = (state == _STANDING) == (record["has_known"] != 0) and (state != _STANDING or label == record["known"])
    return DUPLICATE if same else CONFLICTING
