"""The raters whose votes stage 1 knows how to weigh: an open-addressed table, its growth, and its rows as bytes."""

import numpy as np

from stream.quality.compiled import plain, uint64
from stream.quality.schema import LABELS_MAX
from stream.quality.votes import WEIGHTS, find_votes, place_of, put_votes

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
        found = np.zeros((1, WEIGHTS + LABELS_MAX), "i2")
        found[0, : len(weights)] = weights
        return bool(self.put_all(np.array([key], "u8"), found)[0])

    def put_all(self, keys: np.ndarray, found: np.ndarray) -> np.ndarray:
        """Takes uint64[n] with int16[n, WEIGHTS + LABELS_MAX], the first first; bool[n] says which it had room for."""
        while 2 * min(self._used + len(keys), self._limit) > len(self.keys):
            self._grow()
        taken = np.zeros(len(keys), bool)
        self._used += put_votes(self.keys, self.weights, self._limit - self._used, keys, found, taken)
        self._changed.update(dict.fromkeys(keys[taken].tolist()))
        return taken

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
        if not self._changed:
            return []
        keys, self._changed = np.fromiter(self._changed, "u8", len(self._changed)), {}
        found, used = np.zeros((len(keys), WEIGHTS + LABELS_MAX), "i2"), np.zeros(len(keys), "i8")
        find_votes(self.keys, self.weights, keys, found, used)
        size, data, fields = found.itemsize, found.tobytes(), keys.astype("<u8").tobytes()
        begins = range(0, len(data), size * found.shape[1])
        return [
            (fields[8 * i : 8 * i + 8], data[begin : begin + size * n])
            for i, (begin, n) in enumerate(zip(begins, used.tolist(), strict=True))
        ]

    def _grow(self) -> None:
        self._refill(2 * len(self.keys))

    def _refill(self, room: int) -> None:
        keys, weights = self.keys, self.weights
        self.keys = np.zeros(room, "u8")
        self.weights = np.zeros((len(self.keys), WEIGHTS + LABELS_MAX), "i2")
        old = np.flatnonzero(keys)
        put_votes(self.keys, self.weights, len(old), keys[old], weights[old], np.zeros(len(old), bool))
