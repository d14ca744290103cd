"""A rater's standing as bytes: the sums it is ranked by, and what stage 1 was told; zeros at the end are left out."""

import numpy as np

from stream.quality.compiled import compiled, int64, plain
from stream.quality.rater_rows import Raters
from stream.quality.varints import LONGEST, read_int, write_int

_SLOTS_AT_ONCE = 256


def pack_standing(raters: Raters, slots: np.ndarray) -> list[bytes]:
    """The bytes of each slot."""
    parts = (
        raters.rank,
        raters.habit,
        raters.alarm,
        raters.change,
        raters.tells,
        raters.told,
        raters.met,
        raters.by_share,
        _words(raters),
    )
    worst = LONGEST * (len(parts) + sum(part.shape[1] for part in parts))
    buffer = np.empty(worst * min(_SLOTS_AT_ONCE, len(slots)), "u1")
    packed = []
    for begin in range(0, len(slots), _SLOTS_AT_ONCE):
        some = slots[begin : begin + _SLOTS_AT_ONCE]
        ends = np.zeros(len(some) + 1, "i8")
        _pack(raters, _words(raters), some, buffer, ends)
        data, cuts = buffer[: ends[-1]].tobytes(), ends.tolist()
        packed += [data[cuts[i] : cuts[i + 1]] for i in range(len(some))]
    return packed


def unpack_standing(raters: Raters, slot: int, data: bytes) -> None:
    """Fills an empty slot."""
    _unpack(raters, _words(raters), slot, np.frombuffer(data, "u1"))


def partner_bytes(key: int) -> bytes:
    """How a partner's key stands in the bytes of those who met that rater: what to look for in the store."""
    buffer, at = np.empty(2 * LONGEST, "u1"), 0
    for word in np.array([key], "u8").view("i4").tolist():
        at = plain(write_int)(word, buffer, at)
    return buffer[:at].tobytes()


def _words(raters: Raters) -> np.ndarray:
    """int32[slots, words] of the partners."""
    return raters.partners.view("i4").reshape(len(raters.partners), -1)


@compiled
def _pack(raters: Raters, partners: np.ndarray, slots: np.ndarray, buffer: np.ndarray, ends: np.ndarray) -> None:
    at = 0
    for i in range(len(slots)):
        at = _write(raters.rank[slots[i]], buffer, at)
        at = _write(raters.habit[slots[i]], buffer, at)
        at = _write(raters.alarm[slots[i]], buffer, at)
        at = _write(raters.change[slots[i]], buffer, at)
        at = _write(raters.tells[slots[i]], buffer, at)
        at = _write(raters.told[slots[i]], buffer, at)
        at = _write(raters.met[slots[i]], buffer, at)
        at = _write(raters.by_share[slots[i]], buffer, at)
        at = _write(partners[slots[i]], buffer, at)
        ends[i + 1] = at


@compiled
def _unpack(raters: Raters, partners: np.ndarray, slot: int, buffer: np.ndarray) -> None:
    at = _read(buffer, 0, raters.rank[slot])
    at = _read(buffer, at, raters.habit[slot])
    at = _read(buffer, at, raters.alarm[slot])
    at = _read(buffer, at, raters.change[slot])
    at = _read(buffer, at, raters.tells[slot])
    at = _read(buffer, at, raters.told[slot])
    at = _read(buffer, at, raters.met[slot])
    at = _read(buffer, at, raters.by_share[slot])
    _read(buffer, at, partners[slot])


@compiled
def _write(values: np.ndarray, buffer: np.ndarray, at: int) -> int:
    used = len(values)
    while used > 0 and values[used - 1] == 0:
        used -= 1
    at = write_int(used, buffer, at)
    for i in range(used):
        at = write_int(int64(values[i]), buffer, at)
    return at


@compiled
def _read(buffer: np.ndarray, at: int, values: np.ndarray) -> int:
    used, at = read_int(buffer, at)
    for i in range(used):
        values[i], at = read_int(buffer, at)
    return at
