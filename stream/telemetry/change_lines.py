"""The series that split a queue's change of agreement into its vendors' own and who does the work."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from stream.quality.windows import Window
from stream.stages.agreement_change import agreement_change
from stream.telemetry import metrics
from stream.telemetry.group_lines import GROUP_WINDOWS, VendorQueue
from stream.telemetry.lines import count_lines
from stream.telemetry.metrics import Metric


def change_lines(total: Mapping[VendorQueue, np.ndarray]) -> dict[Metric, bytes]:
    """Lines by metric from the sums of every vendor in every queue; a queue with too little to tell has none."""
    queues: defaultdict[str, dict[str, dict[Window, np.ndarray]]] = defaultdict(dict)
    for (vendor, queue), sums in total.items():
        queues[queue][vendor] = dict(zip(GROUP_WINDOWS, sums, strict=True))
    changes: dict[tuple[str, ...], float] = {}
    vendors: dict[tuple[str, ...], float] = {}
    for queue, by_vendor in sorted(queues.items()):
        told = agreement_change(by_vendor)
        if told is not None:
            changes |= {(queue, "whole"): told.change, (queue, "within"): told.within, (queue, "mix"): told.mix}
            vendors |= {(queue, "stayed"): told.stayed, (queue, "moved"): told.came_or_went}
    return {
        metrics.AGREEMENT_CHANGE: count_lines(metrics.AGREEMENT_CHANGE, changes),
        metrics.AGREEMENT_CHANGE_VENDORS: count_lines(metrics.AGREEMENT_CHANGE_VENDORS, vendors),
    }
