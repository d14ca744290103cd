"""The lines of whole queues: the answers given, and how much peers tell of each kind of rater."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

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


def queue_lines(stages: Iterable[RatersStage], now_ms: int) -> dict[Metric, bytes]:
    """Lines by metric, each queue added up over the shards."""
    answers: Counter[tuple[str, ...]] = Counter()
    tells: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(INFORMATION_SUMS, "i8"))
    needed: dict[tuple[str, ...], float] = {}
    for stage in stages:
        for queue in list(stage.queues.values()):
            key, _ = queue_group(queue.key, queue.name)
            table = stage.tables.get(queue.width)
            slot = table.slot_of.get(key) if table else None
            if table is None or slot is None:
                continue
            for window in GROUP_WINDOWS:
                for label, count in label_mix(queue, mixes_of(table.rows, slot, window, now_ms).tolist()).items():
                    answers[queue.name, label, WINDOW_NAMES[window]] += count
            tells[queue.name] += table.rows.tells[slot]
            alarm_nats = stage.policies.in_queue(queue.name).alarm
            needed.update({(queue.name, kind): alarm_nats - math.log(prior) for kind, (_, prior) in _KINDS.items()})
    return {metrics.ANSWERS: count_lines(metrics.ANSWERS, answers)} | _told(tells, needed)


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
