"""What only a judgment's arrival can tell, and what it leaves with its queue: speed, expectation, label mix."""

from typing import Any

from stream.quality.agreement import expected, share
from stream.quality.compiled import compiled, int64
from stream.quality.item_marks import clear
from stream.quality.item_rows import Items, Queues
from stream.quality.pace import in_steps, pace
from stream.quality.reference import as_share
from stream.quality.schema import ITEM_KINDS, RECENT_ANSWERS, Flag, Kind
from stream.quality.times import is_fast, time_bin

_SKIP = int(Flag.SKIPPED | Flag.ESCALATED)
_TIMED, _FAST, _FAST_KNOWN = int(Flag.TIMED), int(Flag.FAST), int(Flag.FAST_KNOWN)
_ORDINAL, _SET = int(Kind.ORDINAL), int(Kind.SET)


@compiled
def write(record: Any, at: int, table: Items, known: Queues, queue: int) -> None:
    """Writes a judgment's own part; what only its arrival can tell (speed, expectation) is fixed here."""
    mark = table.marks[at]
    mark["judgment"] = record["judgment"]
    mark["rater"] = record["rater"]
    mark["submitted_ms"] = record["submitted_ms"]
    mark["guideline"] = record["guideline"]
    mark["revision"] = record["revision"]
    mark["destination"] = record["destination"]
    mark["held"] = record["held"]
    mark["terms"] = record["terms"]
    clear(mark)
    score = mark["score"]
    flags = int64(record["flags"])
    kind = min(int64(record["item_kind"]), ITEM_KINDS - 1)
    if flags & _TIMED and not flags & _SKIP:
        fast = is_fast(known.times[queue, kind], int64(record["duration_ms"]))
        if fast >= 0:
            flags |= _FAST_KNOWN
            score["pace"] = in_steps(pace(known.times[queue, kind], int64(record["duration_ms"])))
        if fast == 1:
            flags |= _FAST
        known.times[queue, kind, time_bin(int64(record["duration_ms"]))] += 1
    score["label"] = record["label"]
    score["duration_ms"] = record["duration_ms"]
    score["cost_micro"] = record["cost_micro"]
    score["flags"] = flags
    if not flags & _SKIP:
        q = known.queues[queue]
        sample = known.recent[queue, : min(int64(q["recent"]), RECENT_ANSWERS)]
        label = int64(record["label"])
        score["expected"] = expected(q["kind"], q["scale"], label, known.counts[queue], sample)
        if q["kind"] == _ORDINAL:
            score["share"] = as_share(share(q["scale"], label, known.counts[queue]))
    count_answer(score, queue, known, 1)


@compiled
def count_answer(score: Any, queue: int, known: Queues, sign: int) -> None:
    """Counts an answer in, or a withdrawn one out of, the queue's label mix."""
    q = known.queues[queue]
    q["dirty"] = 1
    if score["flags"] & _SKIP:
        return
    label = int64(score["label"])
    if q["kind"] != _SET:
        known.counts[queue, label] += sign
        return
    for k in range(32):
        known.counts[queue, k] += sign * ((label >> k) & 1)
    if sign > 0:
        known.recent[queue, q["recent"] % RECENT_ANSWERS] = label
        q["recent"] += 1
