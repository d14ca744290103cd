"""Exact medians of the times that raters took: a file has an end, so all its times can be kept; a stream has none."""

import numpy as np

from stream.quality.rater_table import RowKey
from stream.quality.schema import Flag
from stream.stages.raters_work import RaterWork

_COUNTED = int(Flag.TIMED | Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN)
_DURATION_BITS = np.uint64(32)


class Durations:
    """The multiset of durations of each row key: what outcomes add, and what they take back."""

    def __init__(self) -> None:
        self._number_of: dict[RowKey, int] = {}
        self._values: list[np.ndarray] = []  # uint64: number of the key, and the duration in the low bits
        self._signs: list[np.ndarray] = []

    def add(self, work: RaterWork) -> None:
        """Takes the timed answers that came, or went, with these outcomes."""
        numbers = np.array([self._number_of.setdefault(key, len(self._number_of)) for key in work.keys], "u8")
        for part, sign, concerned in (("new", 1, work.rows["first"]), ("old", -1, work.rows["last"])):
            score = work.rows[part]
            chosen = np.flatnonzero(concerned & ((score["flags"] & _COUNTED) == int(Flag.TIMED)))
            if len(chosen):
                owners = numbers[work.key_of_row[chosen]]
                self._values.append(owners << _DURATION_BITS | score["duration_ms"][chosen].astype("u8"))
                self._signs.append(np.full(len(chosen), sign))

    def medians_ms(self) -> dict[RowKey, float]:
        """Median milliseconds by row key; a key without timed answers is absent."""
        if not self._values:
            return {}
        values, place = np.unique(np.concatenate(self._values), return_inverse=True)
        counts = np.zeros(len(values), "i8")
        np.add.at(counts, place, np.concatenate(self._signs))
        standing = np.repeat(values, counts)
        owners = standing >> _DURATION_BITS
        durations = (standing & np.uint64(2**32 - 1)).astype("i8")
        keys = list(self._number_of)
        owned, begins = np.unique(owners, return_index=True)
        ends = np.append(begins[1:], len(owners))
        middles = (durations[(begins + ends - 1) // 2] + durations[(begins + ends) // 2]) / 2
        return {keys[owner]: float(middle) for owner, middle in zip(owned.tolist(), middles.tolist(), strict=True)}
