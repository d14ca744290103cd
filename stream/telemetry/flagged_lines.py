"""How much of the work was done by raters who need review: their judgments by vendor, queue and window."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from stream.quality.columns import Column
from stream.quality.windows import WINDOW_NAMES
from stream.telemetry import metrics
from stream.telemetry.group_lines import GROUP_WINDOWS
from stream.telemetry.kernels import columns_of
from stream.telemetry.lines import count_lines
from stream.telemetry.metrics import Metric
from stream.telemetry.roster import Roster


def flagged_lines(rosters: Iterable[Roster], now_ms: int) -> dict[Metric, bytes]:
    """Lines by metric; nothing where nobody is flagged."""
    judgments: Counter[tuple[str, ...]] = Counter()
    for roster in rosters:
        flagged = roster.part(np.flatnonzero(roster.hot["open"] != 0)).still_there()
        profiles = [roster.table.profiles[slot] for slot in flagged.slots.tolist()]
        for window in GROUP_WINDOWS:
            made = columns_of(roster.table.rows, flagged.slots, window, now_ms)[:, Column.JUDGMENTS]
            for profile, count in zip(profiles, made.tolist(), strict=True):
                judgments[profile.vendor, profile.queue, WINDOW_NAMES[window]] += count
    return {metrics.FLAGGED: count_lines(metrics.FLAGGED, judgments)}
