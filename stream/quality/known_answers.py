"""An item's known answer: golds and adjudications, by revision."""

from typing import Any

from stream.quality.compiled import compiled
from stream.quality.item_marks import touch
from stream.quality.item_results import APPLIED, CONFLICTING, DUPLICATE, STALE_REVISION
from stream.quality.item_rows import BLOCK_MARKS, Items
from stream.quality.schema import Known, Op

_STANDING, _NEVER, _GONE = int(Known.STANDING), int(Known.NEVER), int(Known.WITHDRAWN)
_GOLD = int(Op.GOLD)


@compiled
def learn(record: Any, slot: int, table: Items) -> int:
    """Takes a gold or an adjudication; the higher revision wins, equal ones must agree."""
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
def keep(table: Items, slot: int) -> None:
    """Moves the item to the rows that never expire: all its blocks are written there."""
    item = table.items[slot]
    touch(table, slot, 0)
    if not item["kept"]:
        item["kept"] = 1
        for p in range(0, item["marks"], BLOCK_MARKS):
            touch(table, slot, p)


@compiled
def _not_newer(record: Any, revision: int, label: int, state: int) -> int:
    if record["revision"] < revision:
        return STALE_REVISION
    same = (state == _STANDING) == (record["has_known"] != 0) and (state != _STANDING or label == record["known"])
    return DUPLICATE if same else CONFLICTING
