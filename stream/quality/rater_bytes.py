"""A rater's row as bytes in two parts (hot, history), so that each stays small and sparse; see also evidence_bytes.

Only what is not zero is written, and label counts under their label rather than their cell: the bytes are the same
whatever width the row had in memory, and a queue may get more labels while most of its rows are in the store.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.rater_rows import Raters
from stream.quality.schema import BUCKETS, COLUMNS, HOT, Kind
from stream.quality.varints import LONGEST, read_int, write_int

_SLOTS_AT_ONCE = 256
_NOMINAL = int(Kind.NOMINAL)
_WORDS = HOT.itemsize // 4
_MASKED = 48
# Of a row in memory: its key, where its groups stand, what is being decided, what its queue says.
_NOT_STORED = ("rater", "queue", "vendor_row", "queue_row", "pending", "scale", "policy")


def _stored_bits() -> np.ndarray:
    """int32[_WORDS]: which bits of HOT are stored."""
    kept = np.full(HOT.itemsize, 0xFF, "u1")
    fields: Mapping[str, Any] = HOT.fields or {}
    for kind, begin in (fields[name][:2] for name in _NOT_STORED):
        kept[begin : begin + kind.itemsize] = 0
    return kept.view("i4")


_STORED = _stored_bits()


def pack(raters: Raters, slots: np.ndarray) -> tuple[list[bytes], list[bytes]]:
    """The hot parts of these slots, and their histories."""
    width = raters.mix.shape[1]
    worst = LONGEST * (_WORDS + 2 + (COLUMNS + width + 2) * (BUCKETS + 1) + 2 * BUCKETS + 2)
    buffer = np.empty(worst * min(_SLOTS_AT_ONCE, len(slots)), "u1")
    hot: list[bytes] = []
    history: list[bytes] = []
    for begin in range(0, len(slots), _SLOTS_AT_ONCE):
        some = slots[begin : begin + _SLOTS_AT_ONCE]
        ends = np.zeros(2 * len(some) + 1, "i8")
        _pack(raters, _words(raters), some, buffer, ends)
        data, cuts = buffer[: ends[-1]].tobytes(), ends.tolist()
        parts = [data[a:b] for a, b in pairwise(cuts)]
        hot += parts[::2]
        history += parts[1::2]
    return hot, history


def unpack(raters: Raters, slot: int, hot: bytes, history: bytes) -> None:
    """Fills an empty slot that has its key from its parts, the latest judgments apart."""
    now, past = (np.frombuffer(part or b"\0", "u1") for part in (hot, history))
    _unpack(raters, _words(raters), slot, now, past, bool(history))


def _words(raters: Raters) -> np.ndarray:
    return raters.hot.view("i4").reshape(-1, _WORDS)


@compiled
def _pack(raters: Raters, words: np.ndarray, slots: np.ndarray, buffer: np.ndarray, ends: np.ndarray) -> None:
    at = 0
    for i in range(len(slots)):
        slot = slots[i]
        nominal = raters.hot[slot]["label_kind"] == _NOMINAL
        at = _write_words(words[slot], buffer, at)
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
def _write_words(words: np.ndarray, buffer: np.ndarray, at: int) -> int:
    """HOT as 32-bit words: for each _MASKED of them a bit mask of those that are not zero, and these."""
    for first in range(0, _WORDS, _MASKED):
        last = min(first + _MASKED, _WORDS)
        mask = int64(0)
        for w in range(first, last):
            if words[w] & _STORED[w]:
                mask |= int64(1) << int64(w - first)
        at = write_int(mask, buffer, at)
        for w in range(first, last):
            if words[w] & _STORED[w]:
                at = write_int(int64(words[w] & _STORED[w]), buffer, at)
    return at


@compiled
def _read_words(buffer: np.ndarray, at: int, words: np.ndarray) -> int:
    for first in range(0, _WORDS, _MASKED):
        mask, at = read_int(buffer, at)
        for w in range(first, min(first + _MASKED, _WORDS)):
            if (mask >> (w - first)) & 1:
                value, at = read_int(buffer, at)
                words[w] |= value
    return at


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
def _unpack(raters: Raters, words: np.ndarray, slot: int, now: np.ndarray, history: np.ndarray, old: bool) -> None:
    at = _read_words(now, 0, words[slot])
    at = _read_columns(now, at, raters.life[slot])
    _read_labels(now, at, raters.mix[slot])
    at = 0
    while old:
        b, at = read_int(history, at)
        if b < 0:
            break
        raters.starts[slot, b], at = read_int(history, at)
        at = _read_columns(history, at, raters.buckets[slot, b])
        at = _read_labels(history, at, raters.bucket_mix[slot, b])
