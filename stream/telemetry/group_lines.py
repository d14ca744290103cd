"""The lines of vendors and queues: each window's sums, over all shards of the worker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from stream.quality.columns import COLUMNS, Column
from stream.quality.groups import GROUP
from stream.quality.rater_table import RaterTable
from stream.quality.schema import UNIT
from stream.quality.windows import WINDOW_NAMES, Window
from stream.telemetry import metrics
from stream.telemetry.kernels import columns_of
from stream.telemetry.lines import LONG, label_text, sample_lines
from stream.telemetry.metrics import Metric

GROUP_WINDOWS = (Window.HOUR, Window.DAY, Window.WEEK, Window.LIFETIME)
_LN_MS = np.log(1000.0)  # stored logarithms are of milliseconds, exported ones of seconds

VendorQueue = tuple[str, str]
Sums = dict[VendorQueue, np.ndarray]  # int64[windows, COLUMNS]


class _Shown(NamedTuple):
    metric: Metric
    column: Column
    scale: float
    needs: Column | None = None  # where a queue never had any of these, the measure is unknown and its line absent


_PLAIN = (
    _Shown(metrics.JUDGMENTS, Column.JUDGMENTS, 1),
    _Shown(metrics.SKIPPED, Column.SKIPPED, 1),
    _Shown(metrics.ESCALATED, Column.ESCALATED, 1),
    _Shown(metrics.SCORED, Column.SCORED, 1),
    _Shown(metrics.PEERS, Column.PEERS, 1, Column.SCORED),
    _Shown(metrics.AGREED, Column.AGREEMENT, UNIT, Column.SCORED),
    _Shown(metrics.EXPECTED, Column.EXPECTED, UNIT, Column.SCORED),
    _Shown(metrics.GOLD, Column.GOLD_SEEN, 1),
    _Shown(metrics.GOLD_RIGHT, Column.GOLD_RIGHT, UNIT, Column.GOLD_SEEN),
    _Shown(metrics.AUDITED, Column.AUDITED, 1),
    _Shown(metrics.OVERTURNED, Column.OVERTURNED, UNIT, Column.AUDITED),
    _Shown(metrics.AUDITED_RANDOM, Column.AUDITED_RANDOM, 1),
    _Shown(metrics.OVERTURNED_RANDOM, Column.OVERTURNED_RANDOM, UNIT, Column.AUDITED_RANDOM),
    _Shown(metrics.TIMED, Column.TIMED, 1),
    _Shown(metrics.FAST, Column.FAST, 1, Column.FAST_KNOWN),
    _Shown(metrics.FAST_KNOWN, Column.FAST_KNOWN, 1),
    _Shown(metrics.REPEATS, Column.REPEATS, 1),
    _Shown(metrics.REPEATS_SAME, Column.REPEATS_SAME, UNIT, Column.REPEATS),
    _Shown(metrics.COST, Column.COST_MICRO, 1e6, Column.COSTED),
    _Shown(metrics.COSTED, Column.COSTED, 1),
)
_EXPOSURE = {
    "none": Column.EXPOSURE_NONE_MS,
    "sensitive": Column.EXPOSURE_SENSITIVE_MS,
    "severe": Column.EXPOSURE_SEVERE_MS,
}


def group_sums(tables: Iterable[RaterTable], now_ms: int) -> Sums:
    """Each vendor's part of each queue, added up over tables."""
    total: Sums = defaultdict(lambda: np.zeros((len(GROUP_WINDOWS), COLUMNS), "i8"))
    for table in tables:
        slots = np.fromiter(table.slot_of.values(), "i8", len(table.slot_of))
        slots = slots[table.rows.hot["kind"][slots] == GROUP]
        slots = np.array([slot for slot in slots.tolist() if table.profiles[slot].vendor], "i8")
        windows = np.stack([columns_of(table.rows, slots, window, now_ms) for window in GROUP_WINDOWS], axis=1)
        for slot, sums in zip(slots.tolist(), windows, strict=True):
            total[table.profiles[slot].vendor, table.profiles[slot].queue] += sums
    return total


def group_lines(total: Mapping[VendorQueue, np.ndarray]) -> dict[Metric, bytes]:
    """Lines by metric."""
    if not total:
        return {}
    sums = np.stack(list(total.values()))  # int64[groups, windows, COLUMNS]
    ever = sums[:, GROUP_WINDOWS.index(Window.LIFETIME)]
    labels = [
        label_text(vendor=vendor, queue=queue, window=WINDOW_NAMES[window])
        for vendor, queue in total
        for window in GROUP_WINDOWS
    ]

    def lines_of(metric: Metric, values: np.ndarray, needs: Column | None, further: str = "") -> bytes:
        known = values if needs is None else np.where((ever[:, needs] > 0)[:, None], values, np.nan)
        return sample_lines(metric, labels, known.ravel(), further, digits=LONG)

    lines = {
        shown.metric: lines_of(shown.metric, sums[..., shown.column] / shown.scale, shown.needs) for shown in _PLAIN
    }
    timed, first, second = (sums[..., c] for c in (Column.TIMED, Column.LOG_TIME, Column.LOG_TIME_SQUARED))
    log_time = first / UNIT - timed * _LN_MS
    squared = second / UNIT - 2 * _LN_MS * (first / UNIT) + timed * _LN_MS**2
    lines[metrics.LOG_TIME] = lines_of(metrics.LOG_TIME, log_time, Column.TIMED)
    lines[metrics.LOG_TIME_SQUARED] = lines_of(metrics.LOG_TIME_SQUARED, squared, Column.TIMED)
    lines[metrics.EXPOSURE] = b"".join(
        lines_of(metrics.EXPOSURE, sums[..., column] / 1000, column, label_text(sensitivity=name))
        for name, column in _EXPOSURE.items()
    )
    return lines
