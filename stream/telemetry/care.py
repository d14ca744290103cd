"""How many people are near or over the limit of sensitive content: counts by vendor and queue, nobody in them."""

from collections import Counter

import numpy as np

from stream.quality.columns import Column
from stream.quality.rater_table import RaterTable
from stream.quality.windows import Window
from stream.telemetry import metrics
from stream.telemetry.kernels import columns_of
from stream.telemetry.lines import count_lines
from stream.telemetry.metrics import Metric

_SENSITIVE = [Column.EXPOSURE_SENSITIVE_MS, Column.EXPOSURE_SEVERE_MS]


class Exposures:
    """Adds up a person's rows: queues and training together. A person counts where most of the exposure was."""

    def __init__(self, now_ms: int, near_s: int, over_s: int) -> None:
        self._now_ms, self._near_s, self._over_s = now_ms, near_s, over_s
        self._total_ms: Counter[int] = Counter()
        self._most: dict[int, tuple[int, tuple[str, str]]] = {}

    def add(self, table: RaterTable, slots: np.ndarray) -> None:
        """Takes raters' rows, production and training alike."""
        slots = slots[table.rows.life[slots][:, _SENSITIVE].sum(axis=1) > 0]
        exposed_ms = columns_of(table.rows, slots, Window.DAY, self._now_ms)[:, _SENSITIVE].sum(axis=1)
        for slot, ms in zip(slots[exposed_ms > 0].tolist(), exposed_ms[exposed_ms > 0].tolist(), strict=True):
            rater, profile = int(table.rows.hot["rater"][slot]), table.profiles[slot]
            self._total_ms[rater] += ms
            self._most[rater] = max(self._most.get(rater, (0, ("", ""))), (ms, (profile.vendor, profile.queue)))

    def lines(self) -> dict[Metric, bytes]:
        """Lines by metric."""
        counts: Counter[tuple[str, ...]] = Counter()
        for rater, ms in self._total_ms.items():
            if ms >= 1000 * self._near_s:
                level = "over" if ms >= 1000 * self._over_s else "near"
                counts[*self._most[rater][1], level] += 1
        return {metrics.EXPOSED_RATERS: count_lines(metrics.EXPOSED_RATERS, counts)}
