"""Rows of small integers as bytes: zigzag varints (one byte up to 63), as in Protocol Buffers' sint64."""

import numpy as np

from stream.quality.compiled import compiled, int64, uint64

LONGEST = 10  # bytes of one 64-bit integer


@compiled
def write_int(value: int, buffer: np.ndarray, at: int) -> int:
    """Writes an int64 to uint8[] from `at` on; answers the place behind it."""
    signed = int64(value)
    rest = (uint64(signed) << uint64(1)) ^ uint64(signed >> 63)
    while rest >= uint64(128):
        buffer[at] = np.uint8((rest & uint64(127)) | uint64(128))
        rest = rest >> uint64(7)
        at += 1
    buffer[at] = np.uint8(rest)
    return at + 1


@compiled
def write_ints(values: np.ndarray, buffer: np.ndarray, at: int) -> int:
    """Writes int64[] one after another."""
    for value in values:
        at = write_int(int64(value), buffer, at)
    return at


@compiled
def read_int(buffer: np.ndarray, at: int) -> tuple[int, int]:
    """(value, place behind it)."""
    rest = uint64(0)
    shift = uint64(0)
    while True:
        byte = uint64(buffer[at])
        at += 1
        rest |= (byte & uint64(127)) << shift
        shift += uint64(7)
        if byte < uint64(128):
            break
    return int64(rest >> uint64(1)) ^ -int64(rest & uint64(1)), at


@compiled
def read_ints(buffer: np.ndarray, at: int, values: np.ndarray) -> int:
    """Fills int64[] (or int32[]) and answers the place behind."""
    for i in range(len(values)):
        values[i], at = read_int(buffer, at)
    return at
