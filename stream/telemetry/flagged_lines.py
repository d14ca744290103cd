"""How much of the work was done by raters who need review: their judgments by vendor, queue and window."""

from collections import Counter

import numpy as np

from stream.quality.columns import Column
from stream.quality.windows import WINDOW_NAMES
from stream.telemetry import metrics
from stream.telemetry.group_lines import GROUP_WINDOWS
from stream.telemetry.kernels import columns_of
from stream.telemetry.lines import count_lines
from stream.telemetry.metrics import Metric
from stream.telemetry.roster import Roster


class FlaggedWork:
    """Adds rosters up, one at a time."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._judgments: Counter[tuple[str, ...]] = Counter()

    def add(self, roster: Roster) -> None:
        """Takes the raters with an open finding."""
        flagged = roster.part(np.flatnonzero(roster.hot["open"] != 0)).still_there()
        profiles = [roster.table.profiles[slot] for slot in flagged.slots.tolist()]
        for window in GROUP_WINDOWS:
            made = columns_of(roster.table.rows, flagged.slots, window, self._now_ms)[:, Column.JUDGMENTS]
            for profile, count in zip(profiles, made.tolist(), strict=True):
                self._judgments[profile.vendor, profile.queue, WINDOW_NAMES[window]] += count

    def lines(self) -> dict[Metric, bytes]:
        """Lines by metric; nothing where nobody is flagged."""
        return {metrics.FLAGGED: count_lines(metrics.FLAGGED, self._judgments)}
