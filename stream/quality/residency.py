"""Which rows a bounded cache may let go: clean ones whose last write is committed, longest unused first."""

import numpy as np


class Residency:
    """Stamps beside a table's slots. A row that is dirty, or on its way to the store, is pinned."""

    def __init__(self, slots: int) -> None:
        self._used = np.zeros(slots, "i8")
        self._flush = np.zeros(slots, "i8")
        self._batches, self._flushes, self._settled = 0, 0, 0

    def grow(self, slots: int) -> None:
        """Follows a table that grew."""
        self._used = np.concatenate([self._used, np.zeros(slots - len(self._used), "i8")])
        self._flush = np.concatenate([self._flush, np.zeros(slots - len(self._flush), "i8")])

    def touched(self, slots: np.ndarray) -> None:
        """A batch used these rows."""
        self._batches += 1
        self._used[slots] = self._batches

    def written(self, slots: np.ndarray) -> None:
        """A flush took these rows."""
        self._flushes += 1
        self._flush[slots] = self._flushes

    def settled(self) -> None:
        """Everything flushed so far is in the store."""
        self._settled = self._flushes

    def surplus(self, occupied: np.ndarray, dirty: np.ndarray, bound: int) -> np.ndarray:
        """Slots to let go so that a quarter of the bound becomes free, once the bound is passed."""
        if len(occupied) <= bound:
            return occupied[:0]
        free = occupied[(dirty[occupied] == 0) & (self._flush[occupied] <= self._settled)]
        wanted = min(len(occupied) - bound + bound // 4, len(free))
        longest_unused: np.ndarray = free[np.argsort(self._used[free], kind="stable")[:wanted]]
        return longest_unused
