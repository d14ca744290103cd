"""The hashes of many raters' ids at once: a worker meets tens of thousands of raters, in each of its shards anew."""

from collections.abc import Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream.quality.compiled import compiled, uint64

_SEED, _M, _MASK, _POSITIVE = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF, 0x7FFFFFFF  # as in `partition.murmur2`


def rater_hashes(rater_ids: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """(xxh3_64 of each id, `partition.positive_hash` of each id)."""
    ids = list(map(str.encode, rater_ids))
    hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, ids), np.uint64, len(ids))
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    positive = np.zeros(len(ids), np.uint32)
    _positive_hashes(np.frombuffer(b"".join(ids), np.uint8), lengths, positive)
    return hashes, positive


@compiled
def _positive_hashes(data: NDArray[np.uint8], lengths: NDArray[np.int64], found: NDArray[np.uint32]) -> None:
    begin = 0
    for i in range(len(lengths)):
        end = begin + lengths[i]
        h = uint64(_SEED) ^ uint64(lengths[i])
        while begin + 4 <= end:
            k = _times(_little(data, begin, begin + 4))
            h = _times(h) ^ _times(k ^ (k >> uint64(24)))
            begin += 4
        if begin < end:
            h = _times(h ^ _little(data, begin, end))
        h = _times(h ^ (h >> uint64(13)))
        found[i] = (h ^ (h >> uint64(15))) & uint64(_POSITIVE)
        begin = end


@compiled
def _times(number: int) -> int:
    return (uint64(number) * uint64(_M)) & uint64(_MASK)


@compiled
def _little(data: NDArray[np.uint8], begin: int, end: int) -> int:
    number = uint64(0)
    for at in range(begin, end):
        number |= uint64(data[at]) << uint64(8 * (at - begin))
    return number
