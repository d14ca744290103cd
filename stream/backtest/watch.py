"""What a backtest notes down on the way: first suspicions, and scores as known at a rater's n-th judgment."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.suspicion import PARTS, suspicion_parts


class Snapshot(NamedTuple):
    """A row of snapshots.csv: the score at the rater's n-th judgment, from nothing that came later in the file."""

    rater_id: str
    queue: str
    n: int
    suspicion: float  # 0 to 1, more is worse
    # Log odds, whose sum the suspicion is made of; positive is worse.
    as_usual: float  # of the queue's average rater with as many judgments
    by_accuracy: float
    by_label_mix: float
    by_known_answers: float
    accuracy: float  # by peers, 0 to 1
    informativeness_bits: float  # per judgment; 0 and below tells nothing beyond a habit


class Watch:
    """Called by stage 2 while it works."""

    def __init__(self, snapshots: Sequence[int]) -> None:
        self._wanted = frozenset(snapshots)
        self._taken: set[tuple[RowKey, int]] = set()
        self.snapshots: list[Snapshot] = []
        self.first_suspect_at: dict[RowKey, int] = {}  # how many judgments the rater had given

    def on_finding(self, table: RaterTable, slot: int) -> None:
        """A finding opened or closed."""
        hot = table.rows.hot[slot]
        if hot["open"]:
            self.first_suspect_at.setdefault(table.key_of[slot], int(hot["seen"]))

    def on_snapshot(self, table: RaterTable, slot: int) -> None:
        """Stage 2 stopped at a wanted count, or at a finding, maybe of a judgment that was counted before."""
        n, key = int(table.rows.hot[slot]["seen"]), table.key_of[slot]
        if n in self._wanted and (key, n) not in self._taken:
            self._taken.add((key, n))
            parts = np.zeros(PARTS)
            score = suspicion_parts(table.rows, slot, parts)
            profile = table.profiles[slot]
            self.snapshots.append(Snapshot(profile.rater_id, profile.queue, n, score, *parts.tolist()))
