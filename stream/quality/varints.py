"""Rows of small integers as bytes: zigzag varints (one byte up to 63), as in Protocol Buffers' sint64."""

import numpy as np

from stream.quality.compiled import compiled

LONGEST = 10  # bytes of one 64-bit integer


@compiled
def write_int(value: int, buffer: np.ndarray, at: int) -> int:
    """Writes an int64 to uint8[] from `at` on; answers the place behind it."""
    rest = (np.uint64(value) << np.uint64(1)) ^ np.uint64(value >> 63)
    while rest >= np.uint64(128):
        buffer[at] = np.uint8((rest & np.uint64(127)) | np.uint64(128))
        rest = rest >> np.uint64(7)
        at += 1
    buffer[at] = np.uint8(rest)
    return at + 1


@compiled
def write_ints(values: np.ndarray, buffer: np.ndarray, at: int) -> int:
    """Writes int64[] one after another."""
    for value in values:
        at = write_int(np.int64(value), buffer, at)
    return at


@compiled
def read_int(buffer: np.ndarray, at: int) -> tuple[int, int]:
    """(value, place behind it)."""
    rest = np.uint64(0)
    shift = np.uint64(0)
    while True:
        byte = np.uint64(buffer[at])
        at += 1
        rest |= (byte & np.uint64(127)) << shift
        shift += np.uint64(7)
        if byte < np.uint64(128):
            break
    return np.int64(rest >> np.uint64(1)) ^ -np.int64(rest & np.uint64(1)), at


@compiled
def read_ints(buffer: np.ndarray, at: int, values: np.ndarray) -> int:
    """Fills int64[] (or int32[]) and answers the place behind."""
    for i in range(len(values)):
        values[i], at = read_int(buffer, at)
    return at
