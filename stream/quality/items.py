"""Stage 1: joins a judgment with its item's other labels and known answer, and says what each judgment now means.

What an item says about its judgments is a function of the set of its standing judgments and known answers, recomputed
whenever one changes (`item_scores.py`); an outcome goes out for each judgment whose meaning changed. So peers, golds,
corrections and retractions may come in any order and end in the same numbers (up to an item's first PEER_CAP labels,
which alone are each other's peers; a later judgment is compared with them and changes none of them).

Rules: a rater's first answer on an item (by submitted_at) is the peers' business, a further one is a self-consistency
observation; peers and golds count within one guideline version and stage only; a skip is never dissent; an adjudication
wins over a gold, a higher revision over a lower one, and a withdrawn gold is not brought back by an inline one. Where a
shard may keep no more items, the first of its log have their known answers; a judgment that brought another one counts.
"""

from typing import Any

import numpy as np

from stream.quality.arrival import count_answer, write
from stream.quality.compiled import compiled
from stream.quality.gold_doubts import doubt_gold
from stream.quality.item_marks import append, clear, release, touch, touch_all, walk
from stream.quality.item_results import (
    AFTER_WITHDRAWAL,
    APPLIED,
    CONFLICTING,
    DUPLICATE,
    EXPIRED,
    NOTHING,
    RETRACTED_EARLY,
    REVISED,
    STALE_REVISION,
    UNCHANGED,
    UNKEPT,
)
from stream.quality.item_rows import Items, Outcomes, Queues, Scratch
from stream.quality.item_scores import comparable, rescore, withdraw
from stream.quality.known_answers import learn, learn_inline
from stream.quality.schema import MARK_CAP, MARK_CHUNK, PEER_CAP, Flag, Op

DONE, NEED_CHUNKS, NEED_ROOM, NEW_PERIOD = 0, 1, 2, 3
PERIOD_MS = 300_000  # of log time: shards tell each other what they know at most once in it

_OWN = int(Flag.SKIPPED | Flag.ESCALATED | Flag.TRAINING | Flag.SENSITIVE | Flag.SEVERE | Flag.TIMED | Flag.COSTED)
_SKIP = int(Flag.SKIPPED | Flag.ESCALATED)
_WITHDRAWN, _REPEAT = int(Flag.WITHDRAWN), int(Flag.REPEAT)
_JUDGMENT, _RETRACTION, _RELEASE = int(Op.JUDGMENT), int(Op.RETRACTION), int(Op.RELEASE)


@compiled
def join(
    records: np.ndarray,
    start: int,
    table: Items,
    known: Queues,
    horizon_ms: int,
    generation: int,
    period: int,
    out: Outcomes,
    results: np.ndarray,
    scratch: Scratch,
) -> tuple[int, int, int]:
    """Applies RECORD[start:] in order; answers (next record, DONE or what it needs to go on, generation).

    Outcomes are appended to `out`, `results` uint8[records] says what became of each record. `generation` counts
    horizons of log time; an item not touched within the last two is forgotten, whatever the cache still holds. It stops
    before the first record of a period of PERIOD_MS after `period`, so that what is told then is what was known then.
    """
    for i in range(start, len(records)):
        record = records[i]
        if record["op"] > _RETRACTION and record["op"] != _RELEASE:
            results[i] = NOTHING
            continue
        if record["log_ms"] // PERIOD_MS > period:
            return i, NEW_PERIOD, generation
        slot = record["item"]
        item = table.items[slot]
        if out.cursor[0] + item["marks"] + 3 > len(out.rows) or out.cursor[4] == len(out.doubts):
            return i, NEED_ROOM, generation
        if table.free_count[0] < 2:
            return i, NEED_CHUNKS, generation
        generation = max(generation, record["log_ms"] // horizon_ms)
        _expire(table, slot, generation)
        if item["generation"] != generation:
            item["generation"] = generation
            if item["kept"] or item["marks"] > 0:
                touch_all(table, slot)  # its row belongs to another generation now
        item["queue"] = record["queue"]
        if record["op"] == _JUDGMENT:
            results[i] = _judge(record, slot, table, known, out, scratch)
        elif record["op"] == _RETRACTION:
            results[i] = _retract(record, slot, table, known, out, scratch)
        else:
            results[i] = APPLIED if record["op"] == _RELEASE else learn(record, slot, table)
            if results[i] == APPLIED:
                walk(table, slot, scratch.order)
                rescore(record, slot, 0, -1, table, known, out, scratch)
        if item["kept"] and record["op"] != _RELEASE:  # which brings no answer to doubt it by
            doubt_gold(i, record, slot, table, known, out)
    return len(records), DONE, generation


@compiled
def _judge(record: Any, slot: int, table: Items, known: Queues, out: Outcomes, scratch: Scratch) -> int:
    item = table.items[slot]
    count = walk(table, slot, scratch.order)
    learned = learn_inline(record, slot, table)
    learned = count > 0 and learned
    for p in range(count):
        if table.marks[scratch.order[p]]["judgment"] == record["judgment"]:
            result = _again(record, p, slot, table, known, out, scratch)
            if result == REVISED or learned:
                rescore(record, slot, 0, p if result == REVISED else -1, table, known, out, scratch)
            return result
    if count >= MARK_CAP:
        # Counted and scored on arrival, then forgotten: no duplicate check and no correction reaches it.
        scratch.order[count] = table.free[table.free_count[0] - 1] * MARK_CHUNK
    else:
        scratch.order[count] = append(table, slot, count)
    write(record, scratch.order[count], table, known, item["queue"])
    item["marks"] = count + 1
    alone = not learned and _changes_nobody(count, table, scratch)
    rescore(record, slot, count if alone else 0, count, table, known, out, scratch)
    item["marks"] = min(count + 1, MARK_CAP)
    return UNKEPT if count >= MARK_CAP else APPLIED


@compiled
def _changes_nobody(count: int, table: Items, scratch: Scratch) -> bool:
    """The judgment at order `count` is a skip, or comes after PEER_CAP peers and its rater has no other answer here."""
    mark = table.marks[scratch.order[count]]
    if mark["score"]["flags"] & _SKIP:
        return True
    if count < PEER_CAP:
        return False
    peers = 0
    for p in range(count):
        other = table.marks[scratch.order[p]]
        if comparable(mark, other):
            if other["rater"] == mark["rater"]:
                return False
            if not other["score"]["flags"] & _REPEAT:
                peers += 1
    return peers >= PEER_CAP


@compiled
def _again(record: Any, p: int, slot: int, table: Items, known: Queues, out: Outcomes, scratch: Scratch) -> int:
    """A judgment_id seen before on this item: a duplicate, a conflict, or a revision that replaces it."""
    at = scratch.order[p]
    mark = table.marks[at]
    if mark["rater"] != record["rater"]:
        return CONFLICTING
    if mark["score"]["flags"] & _WITHDRAWN:
        return AFTER_WITHDRAWAL
    if record["revision"] < mark["revision"]:
        return STALE_REVISION
    if record["revision"] == mark["revision"]:
        same = (
            mark["score"]["label"] == record["label"]
            and mark["submitted_ms"] == record["submitted_ms"]
            and mark["score"]["duration_ms"] == record["duration_ms"]
            and mark["score"]["cost_micro"] == record["cost_micro"]
            and mark["guideline"] == record["guideline"]
            and (mark["score"]["flags"] & _OWN) == (record["flags"] & _OWN)
        )
        return DUPLICATE if same else CONFLICTING
    # A revision is a withdrawal at the old time and a judgment at the new one, so that both windows end right.
    queue = table.items[slot]["queue"]
    count_answer(mark["score"], queue, known, -1)
    withdraw(record, at, slot, table, known, out)
    write(record, at, table, known, queue)
    touch(table, slot, p)
    return REVISED


@compiled
def _retract(record: Any, slot: int, table: Items, known: Queues, out: Outcomes, scratch: Scratch) -> int:
    item = table.items[slot]
    count = walk(table, slot, scratch.order)
    for p in range(count):
        mark = table.marks[scratch.order[p]]
        if mark["judgment"] == record["judgment"]:
            if mark["rater"] != record["rater"]:
                return CONFLICTING
            if mark["score"]["flags"] & _WITHDRAWN:
                return UNCHANGED
            touch(table, slot, p)
            count_answer(mark["score"], item["queue"], known, -1)
            withdraw(record, scratch.order[p], slot, table, known, out)
            rescore(record, slot, 0, -1, table, known, out, scratch)
            return APPLIED
    if count >= MARK_CAP or (count == 0 and not item["kept"]):
        return EXPIRED
    # The retraction came first: remembered, so that the judgment is dropped when it arrives.
    mark = table.marks[append(table, slot, count)]
    mark["judgment"] = record["judgment"]
    mark["rater"] = record["rater"]
    mark["submitted_ms"] = record["submitted_ms"]
    mark["guideline"] = 0
    mark["revision"] = 0
    mark["destination"] = record["destination"]
    clear(mark)
    item["marks"] = count + 1
    return RETRACTED_EARLY


@compiled
def _expire(table: Items, slot: int, generation: int) -> None:
    item = table.items[slot]
    if item["kept"] or item["generation"] >= generation - 1:
        return
    release(table, slot)
