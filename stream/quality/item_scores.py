"""What an item says about each of its judgments: a function of its standing judgments and its known answer alone."""

from typing import Any

import numpy as np

from stream.quality.agreement import weight
from stream.quality.compiled import compiled, int64
from stream.quality.item_marks import clear, empty, touch
from stream.quality.item_rows import Items, Outcomes, Queues, Scratch
from stream.quality.schema import PEER_CAP, UNIT, Flag, Known

_DERIVED = int(Flag.SCORED | Flag.GOLD_SEEN | Flag.AUDITED | Flag.AUDITED_RANDOM | Flag.REPEAT)
_ABSENT = int(Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN)
_WITHDRAWN, _TRAINING, _REPEAT = int(Flag.WITHDRAWN), int(Flag.TRAINING), int(Flag.REPEAT)
_SCORED, _GOLD_SEEN, _AUDITED = int(Flag.SCORED), int(Flag.GOLD_SEEN), int(Flag.AUDITED)
_AUDITED_RANDOM = int(Flag.AUDITED_RANDOM)
_STANDING = int(Known.STANDING)


@compiled
def rescore(
    record: Any, slot: int, start: int, fresh: int, table: Items, known: Queues, out: Outcomes, scratch: Scratch
) -> None:
    """Recomputes the judgments from order `start` on, and sends those whose meaning changed.

    `scratch.order` holds the item's marks; `fresh` is the order of the judgment that just came, -1 for none: it is sent
    as a first one.
    """
    item = table.items[slot]
    count = item["marks"]
    queue = known.queues[item["queue"]]
    _find_own_first(start, count, table, scratch)
    for p in range(start, count):
        at = scratch.order[p]
        if table.marks[at]["score"]["flags"] & _WITHDRAWN:
            continue
        new = scratch.score[0]
        _score(p, count, item, queue["kind"], queue["scale"], table, scratch, new)
        if p == fresh or _differ(table.marks[at]["score"], new):
            touch(table, slot, p)
            _send(record, at, p == fresh, queue["key"], item["queue"], table, out, new)


@compiled
def withdraw(record: Any, at: int, slot: int, table: Items, known: Queues, out: Outcomes) -> None:
    """Sends that the judgment no longer counts, and clears it; its id stays remembered."""
    item = table.items[slot]
    mark = table.marks[at]
    row = _address(record, mark, known.queues[item["queue"]]["key"], item["queue"], out)
    row["last"] = 1
    row["old"] = mark["score"]
    clear(mark)


@compiled
def comparable(one: Any, other: Any) -> bool:
    """Both answered and standing, under the same guideline version and stage."""
    a, b = one["score"]["flags"], other["score"]["flags"]
    return not ((a | b) & _ABSENT) and (a & _TRAINING) == (b & _TRAINING) and one["guideline"] == other["guideline"]


@compiled
def _find_own_first(start: int, count: int, table: Items, scratch: Scratch) -> None:
    """For each judgment the order of its rater's first answer (by submitted_at, then id) that it can be compared with.

    A newcomer alone (start > 0) has no other answer on the item, and the others' stored flag still holds.
    """
    for p in range(count):
        mark = table.marks[scratch.order[p]]
        if start > 0:
            scratch.own_first[p] = -1 if mark["score"]["flags"] & _REPEAT else p
            continue
        best = p
        for o in range(count):
            other = table.marks[scratch.order[o]]
            if other["rater"] == mark["rater"] and o != best and comparable(mark, other):
                leader = table.marks[scratch.order[best]]
                if other["submitted_ms"] < leader["submitted_ms"] or (
                    other["submitted_ms"] == leader["submitted_ms"] and other["judgment"] < leader["judgment"]
                ):
                    best = o
        scratch.own_first[p] = best


@compiled
def _score(p: int, count: int, item: Any, kind: int, scale: int, table: Items, scratch: Scratch, new: Any) -> None:
    mark = table.marks[scratch.order[p]]
    stored = mark["score"]
    flags = int64(stored["flags"]) & ~_DERIVED
    agreement, credit, overturned, same, peers = 0, 0, 0, 0, 0
    label = int64(stored["label"])
    if not flags & _ABSENT:
        if scratch.own_first[p] != p:
            flags |= _REPEAT
            first = table.marks[scratch.order[scratch.own_first[p]]]
            same = weight(kind, scale, label, int64(first["score"]["label"]))
        else:
            seen = 0
            for o in range(count):
                other = table.marks[scratch.order[o]]
                if scratch.own_first[o] == o and comparable(mark, other):
                    if o != p:
                        agreement += weight(kind, scale, label, int64(other["score"]["label"]))
                        peers += 1
                    seen += 1
                    if seen == PEER_CAP:
                        break
            if peers > 0:
                flags |= _SCORED
                agreement = (agreement + peers // 2) // peers
        audited = item["adjudication_state"] == _STANDING
        if item["gold_state"] == _STANDING and (
            item["gold_guideline"] == 0 or item["gold_guideline"] == mark["guideline"]
        ):
            flags |= _GOLD_SEEN
            credit = weight(kind, scale, label, int64(item["adjudication"] if audited else item["gold"]))
        if audited:
            flags |= _AUDITED
            if item["adjudication_random"]:
                flags |= _AUDITED_RANDOM
            overturned = UNIT - weight(kind, scale, label, int64(item["adjudication"]))
    new["label"] = stored["label"]
    new["duration_ms"] = stored["duration_ms"]
    new["cost_micro"] = stored["cost_micro"]
    new["expected"] = stored["expected"]
    new["agreement"] = agreement
    new["credit"] = credit
    new["overturned"] = overturned
    new["same"] = same
    new["peers"] = peers
    new["flags"] = flags


@compiled
def _differ(stored: Any, new: Any) -> bool:
    return bool(
        stored["agreement"] != new["agreement"]
        or stored["peers"] != new["peers"]
        or stored["credit"] != new["credit"]
        or stored["overturned"] != new["overturned"]
        or stored["same"] != new["same"]
        or stored["flags"] != new["flags"]
    )


@compiled
def _send(record: Any, at: int, first: bool, key: int, queue_row: int, table: Items, out: Outcomes, new: Any) -> None:
    mark = table.marks[at]
    row = _address(record, mark, key, queue_row, out)
    if first:
        row["first"] = 1
        row["profile"] = record["profile"]
        row["item_id"] = record["item_id"]
    else:
        row["old"] = mark["score"]
    row["new"] = new
    mark["score"] = new


@compiled
def _address(record: Any, mark: Any, key: int, queue_row: int, out: Outcomes) -> Any:
    """Takes the next outcome row and writes whom and what it concerns; training stands apart under its own key."""
    if out.cursor[1] != record["offset"]:
        out.cursor[1] = record["offset"]
        out.cursor[2] = 0
    at = out.cursor[0]
    out.destinations[at] = mark["destination"]
    row = out.rows[at]
    row["offset"] = record["offset"]
    row["part"] = out.cursor[2]
    row["rater"] = mark["rater"]
    row["queue"] = np.uint64(key) + np.uint64(1 if mark["score"]["flags"] & _TRAINING else 0)
    row["judgment"] = mark["judgment"]
    row["submitted_ms"] = mark["submitted_ms"]
    row["log_ms"] = record["log_ms"]
    row["profile"] = -1
    row["item_id"] = -1
    row["queue_row"] = queue_row
    row["first"] = 0
    row["last"] = 0
    empty(row["old"])
    empty(row["new"])
    out.cursor[0] += 1
    out.cursor[2] += 1
    return row
