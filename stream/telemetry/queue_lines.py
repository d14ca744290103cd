"""The lines of whole queues: the answers given, and how much peers tell of each kind of rater."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping

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

_KINDS = {
    "random": (RANDOM_NATS, RANDOM_PRIOR),
    "constant": (CONSTANT_NATS, CONSTANT_PRIOR),
    "inverted": (INVERTED_NATS, INVERTED_PRIOR),
}


class QueueSums:
    """Adds queues up over the shards, a shard at a time."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._answers: Counter[tuple[str, ...]] = Counter()
        self._tells: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(INFORMATION_SUMS, "i8"))
        self._needed: dict[tuple[str, ...], float] = {}

    def add(self, stage: RatersStage) -> None:
        """Takes a shard's queues."""
        for queue in list(stage.queues.values()):
            key, _ = queue_group(queue.key, queue.name)
            table = stage.tables.get(queue.width)
            slot = table.slot_of.get(key) if table else None
            if table is not None and slot is not None:
                self._count_answers(queue, table, slot)
                self._tells[queue.name] += table.rows.tells[slot]
                alarm_nats = stage.policies.in_queue(queue.name).alarm
                self._needed |= {
                    (queue.name, kind): alarm_nats - math.log(prior) for kind, (_, prior) in _KINDS.items()
                }

    def lines(self) -> dict[Metric, bytes]:
        """Lines by metric."""
        return {metrics.ANSWERS: count_lines(metrics.ANSWERS, self._answers)} | _told(self._tells, self._needed)

    def _count_answers(self, queue: QueueInfo, table: RaterTable, slot: int) -> None:
        for window in GROUP_WINDOWS:
            given = label_mix(queue, mixes_of(table.rows, slot, window, self._now_ms).tolist())
            self._answers.update({(queue.name, label, WINDOW_NAMES[window]): n for label, n in given.items()})


def _told(tells: Mapping[str, np.ndarray], needed: Mapping[tuple[str, ...], float]) -> dict[Metric, bytes]:
    """Nothing of a queue where no judgment was looked at: labels that are sets, or no peers yet."""
    known = {queue: sums for queue, sums in tells.items() if sums[JUDGMENTS] > 0}
    nats: dict[tuple[str, ...], float] = {
        (queue, kind): float(sums[at]) / NAT for queue, sums in known.items() for kind, (at, _) in _KINDS.items()
    }
    judgments: dict[tuple[str, ...], float] = {(queue,): float(sums[JUDGMENTS]) for queue, sums in known.items()}
    return {
        metrics.TOLD_JUDGMENTS: count_lines(metrics.TOLD_JUDGMENTS, judgments),
        metrics.TOLD: count_lines(metrics.TOLD, nats),
        metrics.NEEDED: count_lines(metrics.NEEDED, {key: needed[key] for key in nats}),
    }
