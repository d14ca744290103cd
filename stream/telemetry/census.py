"""Counts of raters by vendor and queue: state, activity by site too, and why nothing can be said about some."""

from collections import Counter, defaultdict

import numpy as np

from stream.quality.columns import Column
from stream.quality.policy import STATE_NAMES, State
from stream.quality.rater_table import RaterTable
from stream.quality.schema import DAY_MS, HOUR_MS
from stream.quality.windows import WINDOW_NAMES, Window
from stream.telemetry import metrics
from stream.telemetry.lines import count_lines
from stream.telemetry.metrics import Metric
from stream.telemetry.roster import Roster

SITES = 50  # of a vendor in a queue; sites are free text, and whoever writes them must not fill Prometheus
_SPANS_MS = {Window.HOUR: HOUR_MS, Window.DAY: DAY_MS, Window.WEEK: 7 * DAY_MS}


class Census:
    """Adds up rows as they are looked at."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._counts: dict[Metric, Counter[tuple[str, ...]]] = {
            metric: Counter()
            for metric in (metrics.RATERS, metrics.ACTIVE_RATERS, metrics.UNKNOWN_RATERS, metrics.TRAINING_RATERS)
        }
        self._at_site: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, roster: Roster, training: np.ndarray, least_known: float) -> None:
        """Takes rows that were just looked at, and the slots of those in training; `least_known` is the policy's."""
        table, hot = roster.table, roster.hot
        for state in State:
            self._count(metrics.RATERS, table, hot["vendor_row"][hot["state"] == state], STATE_NAMES[state])
        for window, span_ms in _SPANS_MS.items():
            active = hot["latest_ms"] > self._now_ms - span_ms
            self._count(metrics.ACTIVE_RATERS, table, hot["vendor_row"][active], WINDOW_NAMES[window])
        self._count(metrics.ACTIVE_RATERS, table, hot["vendor_row"], WINDOW_NAMES[Window.LIFETIME])
        self._count_sites(table, roster.slots[hot["latest_ms"] > self._now_ms - DAY_MS])
        self._count(metrics.TRAINING_RATERS, table, table.rows.hot["vendor_row"][training])
        self._count_unknown(roster, least_known)

    def lines(self) -> dict[Metric, bytes]:
        """Lines by metric."""
        sites = {
            (*group, site): raters
            for group, counts in self._at_site.items()
            for site, raters in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:SITES]
        }
        counted = {metric: count_lines(metric, counts) for metric, counts in self._counts.items()}
        return counted | {metrics.SITE_RATERS: count_lines(metrics.SITE_RATERS, sites)}

    def _count_sites(self, table: RaterTable, active: np.ndarray) -> None:
        for profile in (table.profiles[slot] for slot in active.tolist()):
            if profile.site:
                self._at_site[profile.vendor, profile.queue][profile.site] += 1

    def _count_unknown(self, roster: Roster, least_known: float) -> None:
        unknown = roster.hot["state"] == State.UNKNOWN
        vendor_rows, life = roster.hot["vendor_row"][unknown], roster.table.rows.life[roster.slots[unknown]]
        few = life[:, Column.JUDGMENTS] < least_known
        lonely = life[:, Column.SCORED] == 0
        goldless = life[:, Column.GOLD_SEEN] == 0
        for reason, which in (
            ("few_judgments", few),
            ("no_peers", ~few & lonely & ~goldless),
            ("no_peers_no_gold", ~few & lonely & goldless),
        ):
            self._count(metrics.UNKNOWN_RATERS, roster.table, vendor_rows[which], reason)

    def _count(self, metric: Metric, table: RaterTable, vendor_rows: np.ndarray, *further: str) -> None:
        times = np.bincount(vendor_rows)
        for row in np.flatnonzero(times).tolist():
            profile = table.profiles[row]
            self._counts[metric][profile.vendor, profile.queue, *further] += int(times[row])
