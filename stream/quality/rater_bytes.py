"""A rater's row as bytes in three parts (hot, history, evidence), so that each stays small and sparse."""

import numpy as np

from stream.quality.compiled import compiled, int64, uint64
from stream.quality.rater_rows import Raters
from stream.quality.schema import BUCKETS, COLUMNS, HOT, RING
from stream.quality.varints import LONGEST, read_int, read_ints, write_int, write_ints

_ENTRY_INTS = 12
_SLOTS_AT_ONCE = 256
HOT_BYTES = HOT.itemsize


def pack(raters: Raters, slots: np.ndarray) -> list[tuple[bytes, bytes, bytes, list[int]]]:
    """(hot, history, evidence, names of the evidence's entries from the oldest on) of each slot."""
    width = raters.mix.shape[1]
    worst = LONGEST * (COLUMNS + width) * (BUCKETS + 1) + LONGEST * (2 * BUCKETS + 2 + RING * _ENTRY_INTS)
    buffer = np.empty(worst * min(_SLOTS_AT_ONCE, len(slots)), "u1")
    packed = []
    for begin in range(0, len(slots), _SLOTS_AT_ONCE):
        some = slots[begin : begin + _SLOTS_AT_ONCE]
        ends = np.zeros(3 * len(some) + 1, "i8")
        names = np.zeros((len(some), RING), "u1")
        _pack(raters, some, buffer, ends, names)
        data = buffer[: ends[-1]].tobytes()
        lengths = raters.hot["ring_length"][some].tolist()
        cuts = ends.tolist()
        for i, slot in enumerate(some):
            a, b, c, d = cuts[3 * i : 3 * i + 4]
            hot = raters.hot[slot].tobytes() + data[a:b]
            packed.append((hot, data[b:c], data[c:d], names[i, : lengths[i]].tolist()))
    return packed


def unpack(raters: Raters, slot: int, hot: bytes, history: bytes, evidence: bytes) -> None:
    """Fills an empty slot from its parts; entries are named 0, 1, … from the oldest on."""
    raters.hot[slot] = np.frombuffer(hot[:HOT_BYTES], HOT)[0]
    life, past, latest = (np.frombuffer(part or b"\0", "u1") for part in (hot[HOT_BYTES:], history, evidence))
    _unpack(raters, slot, life, past, latest, bool(history), bool(evidence))


@compiled
def _pack(raters: Raters, slots: np.ndarray, buffer: np.ndarray, ends: np.ndarray, names: np.ndarray) -> None:
    at = 0
    for i in range(len(slots)):
        slot = slots[i]
        ends[3 * i] = at
        at = write_ints(raters.life[slot], buffer, at)
        at = write_ints(raters.mix[slot], buffer, at)
        ends[3 * i + 1] = at
        for b in range(BUCKETS):
            if raters.starts[slot, b] >= 0 and _holds_anything(raters, slot, b):
                at = write_int(b, buffer, at)
                at = write_int(int64(raters.starts[slot, b]), buffer, at)
                at = write_ints(raters.buckets[slot, b], buffer, at)
                at = write_ints(raters.bucket_mix[slot, b], buffer, at)
        at = write_int(-1, buffer, at)
        ends[3 * i + 2] = at
        hot = raters.hot[slot]
        before = int64(0)
        for place in range(hot["ring_length"]):
            entry = raters.ring[slot, (hot["ring_start"] + place) % RING]
            names[i, place] = entry["name"]
            at = write_int(entry["submitted_ms"] - before, buffer, at)
            before = entry["submitted_ms"]
            at = write_int(int64(entry["judgment"]), buffer, at)
            score = entry["score"]
            at = write_int(int64(score["label"]), buffer, at)
            at = write_int(int64(score["duration_ms"]), buffer, at)
            at = write_int(int64(score["cost_micro"]), buffer, at)
            at = write_int(int64(score["agreement"]), buffer, at)
            at = write_int(int64(score["expected"]), buffer, at)
            at = write_int(int64(score["credit"]), buffer, at)
            at = write_int(int64(score["overturned"]), buffer, at)
            at = write_int(int64(score["same"]), buffer, at)
            at = write_int(int64(score["peers"]), buffer, at)
            at = write_int(int64(score["flags"]), buffer, at)
        ends[3 * i + 3] = at


@compiled
def _holds_anything(raters: Raters, slot: int, bucket: int) -> bool:
    for c in range(COLUMNS):  # noqa: SIM110 (any() of a generator does not compile)
        if raters.buckets[slot, bucket, c] != 0:
            return True
    return False


@compiled
def _unpack(
    raters: Raters, slot: int, life: np.ndarray, history: np.ndarray, evidence: np.ndarray, old: bool, known: bool
) -> None:
    at = read_ints(life, 0, raters.life[slot])
    read_ints(life, at, raters.mix[slot])
    at = 0
    while old:
        b, at = read_int(history, at)
        if b < 0:
            break
        raters.starts[slot, b], at = read_int(history, at)
        at = read_ints(history, at, raters.buckets[slot, b])
        at = read_ints(history, at, raters.bucket_mix[slot, b])
    hot = raters.hot[slot]
    hot["ring_start"] = 0
    before = int64(0)
    at = 0
    fields = np.zeros(10, np.int64)
    for place in range(hot["ring_length"] if known else 0):
        entry = raters.ring[slot, place]
        step, at = read_int(evidence, at)
        before += step
        judgment, at = read_int(evidence, at)
        at = read_ints(evidence, at, fields)
        entry["submitted_ms"] = before
        entry["judgment"] = uint64(judgment)
        entry["name"] = place
        score = entry["score"]
        score["label"] = fields[0]
        score["duration_ms"] = fields[1]
        score["cost_micro"] = fields[2]
        score["agreement"] = fields[3]
        score["expected"] = fields[4]
        score["credit"] = fields[5]
        score["overturned"] = fields[6]
        score["same"] = fields[7]
        score["peers"] = fields[8]
        score["flags"] = fields[9]
