"""The raters whose votes stage 1 knows how to weigh: an open-addressed table, its growth, and its rows as bytes."""

import numpy as np

from stream.quality.compiled import plain, uint64
from stream.quality.schema import LABELS_MAX
from stream.quality.votes import WEIGHTS, place_of

VOTES_LIMIT = 200_000  # raters on queues; further ones count as usual raters
_SMALLEST = 256


class VoteTable:
    """Weights by `vote_key`. Half empty at least, so that a look-up ends soon."""

    def __init__(self, limit: int = VOTES_LIMIT) -> None:
        self.keys = np.zeros(_SMALLEST, "u8")
        self.weights = np.zeros((_SMALLEST, WEIGHTS + LABELS_MAX), "i2")
        self._used, self._limit = 0, limit
        self._changed: dict[int, None] = {}  # keys, in the order of their change

    def __len__(self) -> int:
        return self._used

    def put(self, key: int, weights: np.ndarray) -> bool:
        """Takes int16[WEIGHTS + labels], see votes.py; False when the table is full and the rater is not in it."""
        at = plain(place_of)(self.keys, uint64(key))
        if self.keys[at] == 0:
            if self._used >= self._limit:
                return False
            self._used += 1
            if 2 * self._used > len(self.keys):
                self._grow()
                at = plain(place_of)(self.keys, uint64(key))
            self.keys[at] = key
        self.weights[at] = 0
        self.weights[at, : len(weights)] = weights
        self._changed[key] = None
        return True

    def drop(self, key: int) -> bool:
        """Forgets a rater; answers whether it was known. Those behind it move up, so that look-ups still find them."""
        at = plain(place_of)(self.keys, uint64(key))
        if self.keys[at] == 0:
            return False
        self.keys[at] = 0
        self._used -= 1
        self._changed.pop(key, None)
        self._refill(len(self.keys))
        return True

    def load(self, field: bytes, data: bytes) -> None:
        """Takes a stored rater."""
        self.put(int.from_bytes(field, "little"), np.frombuffer(data, "i2"))
        self._changed.clear()

    def take_changed(self) -> list[tuple[bytes, bytes]]:
        """(field, bytes) of what changed since the last call."""
        rows = []
        for key in self._changed:
            weights = self.weights[plain(place_of)(self.keys, uint64(key))]
            used = np.flatnonzero(weights)
            rows.append((key.to_bytes(8, "little"), weights[: used[-1] + 1 if len(used) else 0].tobytes()))
        self._changed = {}
        return rows

    def _grow(self) -> None:
        self._refill(2 * len(self.keys))

    def _refill(self, room: int) -> None:
        keys, weights = self.keys, self.weights
        self.keys = np.zeros(room, "u8")
        self.weights = np.zeros((len(self.keys), WEIGHTS + LABELS_MAX), "i2")
        for old in np.flatnonzero(keys).tolist():
            at = plain(place_of)(self.keys, uint64(keys[old]))
            self.keys[at], self.weights[at] = keys[old], weights[old]
