from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stream.simulate.places import QueueWorld

Codes = NDArray[np.int64]
Answer = str | list[str]


class Labels:
    """A queue's labels as codes: an index, a level, or for a set queue the bit mask of its members (never empty)."""

    def __init__(self, queue: QueueWorld) -> None:
        self.kind, self.names = queue.kind, queue.labels
        self.size = len(queue.labels)
        self.prior = np.array(queue.prior)
        if self.kind != "set":
            self.prior = self.prior / self.prior.sum()
        self._edges = np.cumsum(self.prior)[:-1]

    @cached_property
    def answers(self) -> list[Answer]:
        """What stands in an event for each code."""
        if self.kind != "set":
            return list(self.names)
        return [[name for bit, name in enumerate(self.names) if code >> bit & 1] for code in range(1 << self.size)]

    @cached_property
    def by_share(self) -> Codes:
        """Codes from the most to the least frequent; for a set queue those of one member."""
        order = np.argsort(-self.prior, kind="stable")
        return np.left_shift(1, order) if self.kind == "set" else order

    def draw(self, number: int, rng: np.random.Generator) -> Codes:
        """Labels as often as they are true in the queue."""
        if self.kind != "set":
            return np.searchsorted(self._edges, rng.random(number), side="right")
        return self.never_empty(self.mask(rng.random((number, self.size)) < self.prior))

    def another(self, codes: Codes, rng: np.random.Generator) -> Codes:
        """Any other label, each equally likely; for a set queue one member is added or taken away."""
        if self.kind == "set":
            changed = codes ^ np.left_shift(1, rng.integers(0, self.size, len(codes)))
            return np.where(changed == 0, codes ^ ((1 << self.size) - 1), changed)
        return (codes + rng.integers(1, self.size, len(codes))) % self.size

    def decoy(self, truth: Codes, rng: np.random.Generator) -> Codes:
        """What an item wrongly suggests: another label, the neighbouring level, or a member that is hard to tell."""
        if self.kind == "set":
            return rng.integers(0, self.size, len(truth))
        if self.kind == "nominal":
            return self.another(truth, rng)
        step = np.where(rng.random(len(truth)) < 1 / 2, 1, -1)
        return np.where((truth + step < 0) | (truth + step >= self.size), truth - step, truth + step)

    def turned(self, codes: Codes, rng: np.random.Generator) -> Codes:
        """The answers of somebody who has it the wrong way round: another label, the mirrored scale, the complement."""
        if self.kind == "nominal":
            return self.another(codes, rng)
        if self.kind == "ordinal":
            return self.size - 1 - codes
        return self.never_empty(codes ^ ((1 << self.size) - 1))

    def mask(self, members: NDArray[np.bool_]) -> Codes:
        """The code of each row of members, for a set queue."""
        return np.asarray(members @ np.left_shift(1, np.arange(self.size)), np.int64)

    def never_empty(self, masks: Codes) -> Codes:
        """A set answer names at least one member: the most frequent one when nothing is seen."""
        return np.where(masks == 0, self.by_share[0], masks)

    def credit(self, codes: Codes, truth: Codes) -> NDArray[np.float64]:
        """w(label, truth) in [0, 1]: equality, 1 - |i - j| / (K - 1), Jaccard."""
        if self.kind == "nominal":
            return np.asarray(codes == truth, np.float64)
        if self.kind == "ordinal":
            return np.asarray(1 - np.abs(codes - truth) / (self.size - 1), np.float64)
        return np.asarray(np.bitwise_count(codes & truth) / np.bitwise_count(codes | truth), np.float64)
