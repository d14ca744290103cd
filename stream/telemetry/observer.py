"""Turns what the transport tells into metrics."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from prometheus_client import Counter, Gauge, Histogram

from stream.stages.port import Effects
from stream.state.port import Refusal
from stream.telemetry.instruments import Instruments

Metric = Counter | Gauge | Histogram
_COMMIT_TRY = "Redis, commit"


class _Applied(NamedTuple):
    """A batch in memory that is not committed yet."""

    rows: int  # as the stage counts them: records at stage 1, outcomes at stage 2
    arrived_ms: np.ndarray


class MetricsObserver:
    """A RunnerObserver. `on_claimed` and `on_released` are told about shards, for the board."""

    def __init__(
        self,
        instruments: Instruments,
        on_claimed: Callable[[str], None],
        on_released: Callable[[str], None],
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._metrics = instruments
        self._on_claimed, self._on_released = on_claimed, on_released
        self._clock_ms = clock_ms
        self._pending: dict[str, deque[_Applied]] = {}
        self._by_detail = {
            "outcome": instruments.outcomes,
            "verdict": instruments.verdicts,
            "finding_opened": instruments.findings_opened,
            "finding_closed": instruments.findings_closed,
            "finding_forgiven": instruments.findings_forgiven,
        }
        self._series: dict[tuple[Metric, tuple[str, ...]], Any] = {}

    def applied(self, shard: str, effects: Effects, now_ms: int) -> None:
        topic, _, partition = shard.rpartition(":")
        self._count(topic, effects)
        arrived_ms = np.asarray(effects.arrived_ms, "i8")
        rows = effects.counts.get(("outcome", "applied"), len(arrived_ms))
        self._pending.setdefault(shard, deque()).append(_Applied(rows, arrived_ms))
        if len(arrived_ms):
            newest_ms = int(arrived_ms.max())
            self._of(self._metrics.last_arrival, topic, partition).set(newest_ms / 1000)
            self._of(self._metrics.clock_ahead, topic).set(max(0, newest_ms - now_ms) / 1000)
            self._metrics.applied_latency.observe((topic,), _seconds(arrived_ms, now_ms))

    def committed(self, shard: str, records: int, seconds: float) -> None:
        topic = _topic(shard)
        self._of(self._metrics.commits, topic, "ok").inc()
        self._of(self._metrics.committed, topic).inc(records)
        self._of(self._metrics.commit_time, topic).observe(seconds)
        # Batches that were applied while the commit was on its way belong to the next one.
        pending = self._pending.get(shard, deque())
        covered, stored = 0, []
        while pending and covered + pending[0].rows <= records:
            covered += pending[0].rows
            stored.append(pending.popleft().arrived_ms)
        if stored:
            arrived_ms = stored[0] if len(stored) == 1 else np.concatenate(stored)
            self._metrics.stored_latency.observe((topic,), _seconds(arrived_ms, self._clock_ms()))

    def refused(self, shard: str, refusal: Refusal) -> None:
        self._metrics.commits.labels(_topic(shard), refusal.value).inc()
        self._pending.pop(shard, None)

    def claimed(self, shard: str, offset: int, seconds: float) -> None:  # noqa: ARG002 (the lag says where it stands)
        self._metrics.claim_time.labels(_topic(shard)).observe(seconds)
        self._pending.pop(shard, None)
        self._on_claimed(shard)

    def rewound(self, shard: str, records: int) -> None:
        self._metrics.regressions.labels(_topic(shard)).inc()
        self._metrics.replayed.labels(_topic(shard)).inc(records)

    def unavailable(self, shard: str, what: str, error: str, seconds: float) -> None:  # noqa: ARG002 (for the log)
        self._metrics.unavailable.labels(what).inc()
        if what == _COMMIT_TRY:
            self._metrics.commits.labels(_topic(shard), "unavailable").inc()

    def halted(self, shard: str, reason: str, remedy: str) -> None:  # noqa: ARG002 (the health page names them)
        self._pending.pop(shard, None)

    def resumed(self, shard: str) -> None:
        """The gauge of halted shards follows the runners themselves."""

    def released(self, shard: str) -> None:
        topic, _, partition = shard.rpartition(":")
        self._pending.pop(shard, None)
        self._metrics.lag.remove(topic, partition)
        self._metrics.last_arrival.remove(topic, partition)
        self._series.clear()  # one that was removed must not be set any more
        self._on_released(shard)

    def lag(self, shard: str, records: int) -> None:
        topic, _, partition = shard.rpartition(":")
        self._metrics.lag.labels(topic, partition).set(records)

    def _of(self, metric: Metric, *labels: str) -> Any:
        """One series of a metric, looked up once: the client's own look-up costs a multiple, several times a batch."""
        series = self._series.get((metric, labels))
        if series is None:
            series = self._series[metric, labels] = metric.labels(*labels)
        return series

    def _count(self, topic: str, effects: Effects) -> None:
        for reject in effects.rejects:
            self._metrics.rejects.labels(topic, str(reject.reason)).inc()
        for (what, detail), times in effects.counts.items():
            match what:
                case "record":
                    self._of(self._metrics.records, topic, detail).inc(times)
                case "finding_updated":
                    pass  # the same finding, now critical
                case "finding_confirmed" | "finding_cleared" | "finding_retrained":
                    self._metrics.findings_decided.labels(detail, what.removeprefix("finding_")).inc(times)
                case _ if what in self._by_detail:
                    self._of(self._by_detail[what], detail).inc(times)
                case _:
                    self._metrics.notes.labels(what, detail).inc(times)


def _topic(shard: str) -> str:
    return shard.rpartition(":")[0]


def _seconds(arrived_ms: np.ndarray, now_ms: int) -> np.ndarray:
    """Latencies; a broker's clock ahead of ours gives 0 here and shows in its own gauge."""
    seconds: np.ndarray = np.maximum(now_ms - arrived_ms, 0) / 1000
    return seconds
