"""A rater's row as bytes in two parts (hot, history), so that each stays small and sparse; see also evidence_bytes.

Only what is not zero is written, and label counts under their label rather than their cell: the bytes are the same
whatever width the row had in memory, and a queue may get more labels while most of its rows are in the store.
"""

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.rater_rows import Raters
from stream.quality.schema import BUCKETS, COLUMNS, HOT, Kind
from stream.quality.varints import LONGEST, read_int, write_int

_SLOTS_AT_ONCE = 256
_NOMINAL = int(Kind.NOMINAL)
HOT_BYTES = HOT.itemsize
# Of a row in memory: where its groups stand there, what is being decided, what its queue says.
_NOT_STORED = ("vendor_row", "queue_row", "pending", "scale")


def pack(raters: Raters, slots: np.ndarray) -> list[tuple[bytes, bytes]]:
    """(hot, history) of each slot."""
    width = raters.mix.shape[1]
    worst = LONGEST * (COLUMNS + width + 2) * (BUCKETS + 1) + LONGEST * (2 * BUCKETS + 2)
    buffer = np.empty(worst * min(_SLOTS_AT_ONCE, len(slots)), "u1")
    packed = []
    for begin in range(0, len(slots), _SLOTS_AT_ONCE):
        some = slots[begin : begin + _SLOTS_AT_ONCE]
        ends = np.zeros(2 * len(some) + 1, "i8")
        _pack(raters, some, buffer, ends)
        data, fixed = buffer[: ends[-1]].tobytes(), _fixed(raters, some)
        cuts = ends.tolist()
        for i in range(len(some)):
            a, b, c = cuts[2 * i : 2 * i + 3]
            packed.append((fixed[i * HOT_BYTES : (i + 1) * HOT_BYTES] + data[a:b], data[b:c]))
    return packed


def unpack(raters: Raters, slot: int, hot: bytes, history: bytes) -> None:
    """Fills an empty slot from its parts, the latest judgments apart."""
    raters.hot[slot] = np.frombuffer(hot[:HOT_BYTES], HOT)[0]
    life, past = (np.frombuffer(part or b"\0", "u1") for part in (hot[HOT_BYTES:], history))
    _unpack(raters, slot, life, past, bool(history))


def _fixed(raters: Raters, slots: np.ndarray) -> bytes:
    rows: np.ndarray = raters.hot[slots]
    for field in _NOT_STORED:
        rows[field] = 0
    return rows.tobytes()


@compiled
def _pack(raters: Raters, slots: np.ndarray, buffer: np.ndarray, ends: np.ndarray) -> None:
    at = 0
    for i in range(len(slots)):
        slot = slots[i]
        hot = raters.hot[slot]
        nominal = hot["label_kind"] == _NOMINAL
        ends[2 * i] = at
        at = _write_columns(raters.life[slot], buffer, at)
        at = _write_labels(raters.mix[slot], nominal, buffer, at)
        ends[2 * i + 1] = at
        for b in range(BUCKETS):
            if raters.starts[slot, b] >= 0 and _holds_anything(raters, slot, b):
                at = write_int(b, buffer, at)
                at = write_int(int64(raters.starts[slot, b]), buffer, at)
                at = _write_columns(raters.buckets[slot, b], buffer, at)
                at = _write_labels(raters.bucket_mix[slot, b], nominal, buffer, at)
        at = write_int(-1, buffer, at)
        ends[2 * i + 2] = at


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
def _unpack(raters: Raters, slot: int, life: np.ndarray, history: np.ndarray, old: bool) -> None:
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
