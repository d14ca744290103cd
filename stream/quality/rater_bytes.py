"""A rater's row as bytes in three parts (hot, history, evidence), so that each stays small and sparse.

Only what is not zero is written, and label counts under their label rather than their cell: the bytes are the same
whatever width the row had in memory, and a queue may get more labels while most of its rows are in the store.
"""

import numpy as np

from stream.quality.compiled import compiled, int64, uint64
from stream.quality.rater_rows import Raters
from stream.quality.schema import BUCKETS, COLUMNS, HOT, RING, Kind
from stream.quality.varints import LONGEST, read_int, read_ints, write_int

_ENTRY_INTS = 12
_SLOTS_AT_ONCE = 256
_NOMINAL = int(Kind.NOMINAL)
HOT_BYTES = HOT.itemsize
# Of a row in memory: where its groups and its ring stand there, what is being decided, what its queue says.
_NOT_STORED = ("vendor_row", "queue_row", "ring_start", "pending", "scale")


def pack(raters: Raters, slots: np.ndarray) -> list[tuple[bytes, bytes, bytes, list[int]]]:
    """(hot, history, evidence, names of the evidence's entries from the oldest on) of each slot."""
    width = raters.mix.shape[1]
    worst = LONGEST * (COLUMNS + width + 2) * (BUCKETS + 1) + LONGEST * (2 * BUCKETS + 2 + RING * _ENTRY_INTS)
    buffer = np.empty(worst * min(_SLOTS_AT_ONCE, len(slots)), "u1")
    packed = []
    for begin in range(0, len(slots), _SLOTS_AT_ONCE):
        some = slots[begin : begin + _SLOTS_AT_ONCE]
        ends = np.zeros(3 * len(some) + 1, "i8")
        names = np.zeros((len(some), RING), "u1")
        _pack(raters, some, buffer, ends, names)
        data, fixed = buffer[: ends[-1]].tobytes(), _fixed(raters, some)
        lengths = raters.hot["ring_length"][some].tolist()
        cuts = ends.tolist()
        for i, length in enumerate(lengths):
            a, b, c, d = cuts[3 * i : 3 * i + 4]
            hot = fixed[i * HOT_BYTES : (i + 1) * HOT_BYTES] + data[a:b]
            packed.append((hot, data[b:c], data[c:d], names[i, :length].tolist()))
    return packed


def unpack(raters: Raters, slot: int, hot: bytes, history: bytes, evidence: bytes) -> None:
    """Fills an empty slot from its parts; entries are named 0, 1, … from the oldest on."""
    raters.hot[slot] = np.frombuffer(hot[:HOT_BYTES], HOT)[0]
    life, past, latest = (np.frombuffer(part or b"\0", "u1") for part in (hot[HOT_BYTES:], history, evidence))
    _unpack(raters, slot, life, past, latest, bool(history), bool(evidence))


def _fixed(raters: Raters, slots: np.ndarray) -> bytes:
    rows: np.ndarray = raters.hot[slots]
    for field in _NOT_STORED:
        rows[field] = 0
    return rows.tobytes()


@compiled
def _pack(raters: Raters, slots: np.ndarray, buffer: np.ndarray, ends: np.ndarray, names: np.ndarray) -> None:
    at = 0
    for i in range(len(slots)):
        slot = slots[i]
        hot = raters.hot[slot]
        nominal = hot["label_kind"] == _NOMINAL
        ends[3 * i] = at
        at = _write_columns(raters.life[slot], buffer, at)
        at = _write_labels(raters.mix[slot], nominal, buffer, at)
        ends[3 * i + 1] = at
        for b in range(BUCKETS):
            if raters.starts[slot, b] >= 0 and _holds_anything(raters, slot, b):
                at = write_int(b, buffer, at)
                at = write_int(int64(raters.starts[slot, b]), buffer, at)
                at = _write_columns(raters.buckets[slot, b], buffer, at)
                at = _write_labels(raters.bucket_mix[slot, b], nominal, buffer, at)
        at = write_int(-1, buffer, at)
        ends[3 * i + 2] = at
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
def _write_columns(sums: np.ndarray, buffer: np.ndarray, at: int) -> int:
    """A bit mask of the columns that are not zero, and these."""
    mask = int64(0)
    for c in range(COLUMNS):
        if sums[c] != 0:
            mask |= int64(1) << int64(c)
    at = write_int(mask, buffer, at)
    for c in range(COLUMNS):
        if sums[c] != 0:
            at = write_int(int64(sums[c]), buffer, at)
    return at


@compiled
def _read_columns(buffer: np.ndarray, at: int, sums: np.ndarray) -> int:
    mask, at = read_int(buffer, at)
    for c in range(COLUMNS):
        if (mask >> c) & 1:
            sums[c], at = read_int(buffer, at)
    return at


@compiled
def _write_labels(counts: np.ndarray, nominal: bool, buffer: np.ndarray, at: int) -> int:
    """Likewise: bit 0 is the "other" of a nominal queue, in memory the last cell; bit k + 1 is label k."""
    labels = len(counts) - 1 if nominal else len(counts)
    mask = int64(0)
    if nominal and counts[labels] != 0:
        mask = int64(1)
    for k in range(labels):
        if counts[k] != 0:
            mask |= int64(2) << int64(k)
    at = write_int(mask, buffer, at)
    if mask & 1:
        at = write_int(int64(counts[labels]), buffer, at)
    for k in range(labels):
        if counts[k] != 0:
            at = write_int(int64(counts[k]), buffer, at)
    return at


@compiled
def _read_labels(buffer: np.ndarray, at: int, counts: np.ndarray) -> int:
    mask, at = read_int(buffer, at)
    if mask & 1:
        counts[len(counts) - 1], at = read_int(buffer, at)
    for k in range(len(counts)):
        if (mask >> (k + 1)) & 1:
            counts[k], at = read_int(buffer, at)
    return at


@compiled
def _unpack(
    raters: Raters, slot: int, life: np.ndarray, history: np.ndarray, evidence: np.ndarray, old: bool, known: bool
) -> None:
    at = _read_columns(life, 0, raters.life[slot])
    _read_labels(life, at, raters.mix[slot])
    at = 0
    while old:
        b, at = read_int(history, at)
        if b < 0:
            break
        raters.starts[slot, b], at = read_int(history, at)
        at = _read_columns(history, at, raters.buckets[slot, b])
        at = _read_labels(history, at, raters.bucket_mix[slot, b])
    hot = raters.hot[slot]
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
