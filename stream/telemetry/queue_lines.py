"""The lines of whole queues: the answers given, and how much peers tell of each kind of rater."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from stream.quality.alarm import CONSTANT_PRIOR, INVERTED_PRIOR, RANDOM_PRIOR
from stream.quality.detectability import (
    CONSTANT_NATS,
    INFORMATION_SUMS,
    INVERTED_NATS,
    JUDGMENTS,
    RANDOM_NATS,
)
from stream.quality.groups import queue_group
from stream.quality.outcome_message import QueueInfo
from stream.quality.rater_table import RaterTable
from stream.quality.schema import NAT
from stream.quality.windows import WINDOW_NAMES
from stream.stages.label_mix import label_mix
from stream.stages.raters_stage import RatersStage
from stream.telemetry import metrics
from stream.telemetry.group_lines import GROUP_WINDOWS
from stream.telemetry.kernels import mixes_of
from stream.telemetry.lines import count_lines
from stream.telemetry.metrics import Metric

_QUEUES_AT_ONCE = 8  # of one step
_KINDS = {
    "random": (RANDOM_NATS, RANDOM_PRIOR),
    "constant": (CONSTANT_NATS, CONSTANT_PRIOR),
    "inverted": (INVERTED_NATS, INVERTED_PRIOR),
}


class QueueSums:
    """Adds queues up over the shards. Both methods go on a few queues at a time, so that the stream gets its turn."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._answers: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        self._tells: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(INFORMATION_SUMS, "i8"))
        self._needed_nats: dict[str, float] = {}

    def add(self, stage: RatersStage) -> Iterator[None]:
        """Takes a shard's queues."""
        for number, queue in enumerate(list(stage.queues.values()), 1):
            key, _ = queue_group(queue.key, queue.name)
            table = stage.tables.get(queue.width)
            slot = table.slot_of.get(key) if table else None
            if table is not None and slot is not None:
                self._count_answers(queue, table, slot)
                self._tells[queue.name] += table.rows.tells[slot]
                self._needed_nats[queue.name] = stage.policies.in_queue(queue.name).alarm
            if number % _QUEUES_AT_ONCE == 0:
                yield
        yield

    def lines(self) -> Iterator[dict[Metric, bytes]]:
        """Lines by metric."""
        queues = iter(sorted(self._answers))
        while some := list(islice(queues, _QUEUES_AT_ONCE)):
            answers = {key: n for queue in some for key, n in self._answers[queue].items()}
            yield {metrics.ANSWERS: count_lines(metrics.ANSWERS, answers)} | self._told(some)

    def _count_answers(self, queue: QueueInfo, table: RaterTable, slot: int) -> None:
        for window in GROUP_WINDOWS:
            given = label_mix(queue, mixes_of(table.rows, slot, window, self._now_ms).tolist())
            self._answers[queue.name].update(
                {(queue.name, label, WINDOW_NAMES[window]): n for label, n in given.items()}
            )

    def _told(self, queues: Sequence[str]) -> dict[Metric, bytes]:
        """Nothing of a queue where no judgment was looked at: labels that are sets, or no peers yet."""
        known = [queue for queue in queues if self._tells[queue][JUDGMENTS] > 0]
        judgments = {(queue,): float(self._tells[queue][JUDGMENTS]) for queue in known}
        kinds = [(queue, kind, at, prior) for queue in known for kind, (at, prior) in _KINDS.items()]
        nats = {(queue, kind): float(self._tells[queue][at]) / NAT for queue, kind, at, _ in kinds}
        needed = {(queue, kind): self._needed_nats[queue] - math.log(prior) for queue, kind, _, prior in kinds}
        return {
            metrics.TOLD_JUDGMENTS: count_lines(metrics.TOLD_JUDGMENTS, judgments),
            metrics.TOLD: count_lines(metrics.TOLD, nats),
            metrics.NEEDED: count_lines(metrics.NEEDED, needed),
        }
