"""A rater's row as measures and sentences read it."""

from typing import NamedTuple

import numpy as np

from stream.quality.alarm import alarm_nats
from stream.quality.outcome_message import QueueInfo
from stream.quality.policy import Policy
from stream.quality.rater_rows import Raters
from stream.quality.rater_table import RaterTable
from stream.quality.schema import Kind, classes_of


class Row(NamedTuple):
    """A rater in a queue, and what holds there."""

    table: RaterTable
    slot: int
    queue: QueueInfo
    policy: Policy

    @property
    def rows(self) -> Raters:
        return self.table.rows

    @property
    def queue_row(self) -> int:
        return int(self.rows.hot["queue_row"][self.slot])

    @property
    def life(self) -> np.ndarray:
        """int64[COLUMNS] of the rater since the beginning."""
        life: np.ndarray = self.rows.life[self.slot]
        return life

    @property
    def whole(self) -> np.ndarray:
        """The same of the queue, over the shard's raters."""
        whole: np.ndarray = self.rows.life[self.queue_row]
        return whole

    @property
    def scale(self) -> int:
        """Labels that posteriors know; 0 where answers are sets."""
        return classes_of(Kind(self.queue.kind), len(self.queue.labels))

    @property
    def classes(self) -> int:
        """How many labels the alarm's sums are laid out for."""
        return int(self.rows.hot["alarm_classes"][self.slot])

    def alarm(self) -> float:
        """The alarm's evidence in nats."""
        return float(alarm_nats(self.rows.alarm[self.slot], self.classes))
