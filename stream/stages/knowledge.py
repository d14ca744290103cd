"""What a shard of stage 1 hears from other shards, and what it tells them: counts of queues, summaries of raters."""

from collections.abc import Sequence

import numpy as np

from stream.events import Control
from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.intake.knowledge import (
    COUNTS_SOURCE,
    SUMMARIES_SOURCE,
    counts_control,
    kind_of,
    read_counts,
    read_summaries,
    sender_of,
)
from stream.intake.queue_row import QueueRow
from stream.quality.compiled import plain
from stream.quality.items import PERIOD_MS
from stream.quality.outcome_message import QueueNote
from stream.quality.queue_levels import reach_hour
from stream.quality.queue_table import QueueTable
from stream.quality.reference import ANSWERS, BELIEF_A, BELIEF_B, FOLLOWS_A, FOLLOWS_B, GOOD, WEIGHED, refresh
from stream.quality.schema import HOUR_MS, LABELS_MAX
from stream.quality.votes import WEIGHTS, weigh_raters
from stream.stages.port import Message

_LEAST_NEWS, _NEWS_SHARE = 20, 0.02  # answers that must be new before a queue is told of again


class Knowledge:
    """Merges into a queue table. `period` is that of the last telling."""

    def __init__(self, partition: int, partitions: int, topic: str, queues: QueueTable, key: ControlKey | None) -> None:
        self._partition, self._topic, self._queues, self._key = partition, topic, queues, key
        self._others = [other for other in range(partitions) if other != partition]
        self.period = -1
        self._messages: list[Message] = []

    def take(self, control: Control, directory: Directory) -> None:
        """Takes an authentic record. One of an unknown kind changes nothing, and neither does one that cannot be read:
        whoever signed it runs another version."""
        kind = kind_of(control)
        counts: dict[str, np.ndarray] = {}
        summaries: np.ndarray | None = None
        # Only the reading may fail: a record that was read and does not fit is a mistake of ours, and to be heard of.
        try:
            if kind == COUNTS_SOURCE and sender_of(control) != str(self._partition):
                counts = read_counts(control)
            elif kind == SUMMARIES_SOURCE:
                summaries = read_summaries(control)
        except ValueError:
            return
        self._take_counts(counts, directory)
        if summaries is not None:
            self._take_summaries(summaries, directory)

    def tell(self, offset: int, at_ms: int, queues: Sequence[QueueRow]) -> list[QueueNote]:
        """A new period begins after `offset`: every queue with enough news is told of, to every other partition, and
        what is now usual in it to stage 2."""
        self.period = at_ms // PERIOD_MS
        self._reach_hour(at_ms // HOUR_MS)
        rows = self._queues.rows
        news = rows.own - rows.told
        answers = news[:, ANSWERS:].sum(axis=1)
        known = (rows.own + rows.others)[:, ANSWERS:].sum(axis=1)
        fresh = np.flatnonzero(answers >= np.maximum(_LEAST_NEWS, _NEWS_SHARE * known)).tolist()
        rows.told[fresh] = rows.own[fresh]
        rows.queues["dirty"][fresh] = 1
        if fresh and self._others and self._key is not None:
            counts = {queues[row].name: news[row] for row in fresh}
            value = counts_control(self._key, self._partition, self.period, at_ms, counts)
            self._messages += [Message(self._topic, value, other) for other in self._others]
        return [self._usual(offset, row) for row in fresh]

    def take_messages(self) -> list[Message]:
        """What is to be sent since the last call."""
        messages, self._messages = self._messages, []
        return messages

    def _reach_hour(self, hour: int) -> None:
        rows = self._queues.rows
        weighed, beliefs = ((rows.own[:, cell] + rows.others[:, cell]).tolist() for cell in (WEIGHED, BELIEF_A))
        for row, level in enumerate(self._queues.levels):
            if weighed[row] and reach_hour(hour, weighed[row], beliefs[row], level):
                rows.queues["dirty"][row] = 1

    def _usual(self, offset: int, row: int) -> QueueNote:
        rows = self._queues.rows
        counts = rows.own[row] + rows.others[row]
        answers, weighed = counts[ANSWERS:], int(counts[WEIGHED])
        answered = int(answers.sum())
        # Not every answer is weighed: what it says about its item is taken to be as usual.
        whole = answered / weighed if weighed else 0.0
        follows = [round(int(counts[cell]) * whole) for cell in (FOLLOWS_A, FOLLOWS_B)]
        beliefs = [int(counts[cell]) for cell in (BELIEF_A, BELIEF_B)]
        key = int(rows.queues["key"][row])
        return QueueNote(offset, key, answers.tolist(), [answered, weighed, *beliefs, *follows])

    def _take_counts(self, counts: dict[str, np.ndarray], directory: Directory) -> None:
        rows = self._queues.rows
        for name, added in counts.items():
            row = directory.row(name)
            if row >= 0:
                rows.others[row] += added
                rows.counts[row] += added[ANSWERS:]
                plain(refresh)(row, rows)

    def _take_summaries(self, summaries: np.ndarray, directory: Directory) -> None:
        row_of = {queue.key: queue.row for queue in directory.queues}
        rows = np.array([row_of.get(key, -1) for key in summaries["queue"].tolist()], "i8")
        rows[[directory.has_forgotten(rater) for rater in summaries["rater"].tolist()]] = -1
        keys, found = np.zeros(len(rows), "u8"), np.zeros((len(rows), WEIGHTS + LABELS_MAX), "i2")
        rows_of = self._queues.rows
        # Copies in one piece: with a single queue a column is one too, and the kernel would be compiled twice.
        good, classes = rows_of.values[:, GOOD].copy(), rows_of.queues["classes"].copy()
        count = weigh_raters(summaries, rows, good, classes, keys, found)
        self._queues.votes.put_all(keys[:count], found[:count])
