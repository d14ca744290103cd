"""The lines of single raters: state, suspicion, and the measures of each window."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from stream.quality.columns import Column
from stream.quality.profile import Profile
from stream.quality.windows import WINDOW_NAMES, Window
from stream.telemetry import metrics
from stream.telemetry.kernels import columns_of
from stream.telemetry.lines import label_text, sample_lines
from stream.telemetry.metrics import Metric
from stream.telemetry.readings import Readings, read_columns
from stream.telemetry.roster import Roster

RATER_METRICS = (
    metrics.RATER_STATE,
    metrics.RATER_SUSPICION,
    metrics.RATER_JUDGMENTS,
    metrics.RATER_AGREEMENT,
    metrics.RATER_SKILL,
    metrics.RATER_SKILL_LOW,
    metrics.RATER_SKILL_HIGH,
    metrics.RATER_GOLD,
    metrics.RATER_GOLD_LOW,
    metrics.RATER_GOLD_HIGH,
    metrics.RATER_DURATION,
)
_OF_WINDOW: dict[str, Metric] = dict(zip(Readings._fields, RATER_METRICS[2:], strict=True))


def rater_lines(
    roster: Roster, windows: Sequence[Window], counted: Sequence[Window], now_ms: int
) -> dict[Metric, bytes]:
    """Lines by metric for the rows of a roster that are still in memory; call it for a few hundred rows at once.

    All measures of `windows`, and the number of judgments of the windows `counted`.
    """
    roster = roster.still_there()
    labels = [rater_labels(profile.rater_id, profile.queue, profile.vendor) for profile in _profiles(roster)]
    state = roster.hot["state"].astype("f8")
    lines = {
        metrics.RATER_STATE: sample_lines(metrics.RATER_STATE, labels, np.where(state > 0, state, np.nan)),
        metrics.RATER_SUSPICION: sample_lines(metrics.RATER_SUSPICION, labels, roster.suspicion),
    }
    for window in windows:
        further = label_text(window=WINDOW_NAMES[window])
        readings = read_columns(columns_of(roster.table.rows, roster.slots, window, now_ms))
        for name, values in zip(Readings._fields, readings, strict=True):
            metric = _OF_WINDOW[name]
            lines[metric] = lines.get(metric, b"") + sample_lines(metric, labels, values, further)
    for window in counted:
        judgments = columns_of(roster.table.rows, roster.slots, window, now_ms)[:, Column.JUDGMENTS].astype("f8")
        text = sample_lines(metrics.RATER_JUDGMENTS, labels, judgments, label_text(window=WINDOW_NAMES[window]))
        lines[metrics.RATER_JUDGMENTS] = lines.get(metrics.RATER_JUDGMENTS, b"") + text
    return lines


@lru_cache(maxsize=65_536)
def rater_labels(rater_id: str, queue: str, vendor: str) -> str:
    """The labels that name a rater in a queue."""
    return label_text(rater=rater_id, queue=queue, vendor=vendor)


def _profiles(roster: Roster) -> list[Profile]:
    return [roster.table.profiles[slot] for slot in roster.slots.tolist()]
