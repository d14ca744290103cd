"""The process's own counters, gauges and histograms, made from their declarations."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from stream.telemetry import metrics
from stream.telemetry.metrics import Metric


class Instruments:
    """Everything that is counted along the way. One per process, with a registry of its own."""

    def __init__(self) -> None:
        # A second sample beside every counter would say when it was made; nobody reads it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.records = self._counter(metrics.RECORDS)
        self.rejects = self._counter(metrics.REJECTS)
        self.notes = self._counter(metrics.NOTES)
        self.outcomes = self._counter(metrics.OUTCOMES)
        self.verdicts = self._counter(metrics.VERDICTS)
        self.commits = self._counter(metrics.COMMITS)
        self.committed = self._counter(metrics.COMMITTED)
        self.unavailable = self._counter(metrics.UNAVAILABLE)
        self.regressions = self._counter(metrics.REGRESSIONS)
        self.replayed = self._counter(metrics.REPLAYED)
        self.findings_opened = self._counter(metrics.FINDINGS_OPENED)
        self.findings_closed = self._counter(metrics.FINDINGS_CLOSED)
        self.findings_forgiven = self._counter(metrics.FINDINGS_FORGIVEN)
        self.findings_decided = self._counter(metrics.FINDINGS_DECIDED)
        self.detector_muted = self._gauge(metrics.DETECTOR_MUTED)
        self.retention = self._gauge(metrics.RETENTION)
        self.redis_used = self._gauge(metrics.REDIS_USED)
        self.redis_limit = self._gauge(metrics.REDIS_LIMIT)
        self.contract_target = self._gauge(metrics.CONTRACT_TARGET)
        self.contract_cost = self._gauge(metrics.CONTRACT_COST)
        self.clock_ahead = self._gauge(metrics.CLOCK_AHEAD)
        self.last_arrival = self._gauge(metrics.LAST_ARRIVAL)
        self.lag = self._gauge(metrics.LAG)
        self.build = self._gauge(metrics.BUILD)
        self.policy = self._gauge(metrics.POLICY)
        self.board_at = self._gauge(metrics.BOARD_AT)
        self.commit_time = self._histogram(metrics.COMMIT_TIME)
        self.claim_time = self._histogram(metrics.CLAIM_TIME)
        self.board_time = self._histogram(metrics.BOARD_TIME)
        self.loop_delay = self._histogram(metrics.LOOP_DELAY)
        self.applied_latency = self._batches(metrics.APPLIED_LATENCY)
        self.stored_latency = self._batches(metrics.STORED_LATENCY)

    def _counter(self, metric: Metric) -> Counter:
        return Counter(metric.name, metric.help, metric.labels, registry=self.registry)

    def _gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.help, metric.labels, registry=self.registry)

    def _histogram(self, metric: Metric) -> Histogram:
        return Histogram(metric.name, metric.help, metric.labels, registry=self.registry, buckets=metric.buckets)

    def _batches(self, metric: Metric) -> "BatchHistogram":
        histogram = BatchHistogram(metric)
        self.registry.register(histogram)
        return histogram


class _Counts(NamedTuple):
    buckets: np.ndarray  # int64[bounds + 1]: the last is beyond all bounds
    total: np.ndarray  # float64[1]


class BatchHistogram(Collector):
    """A histogram that takes a whole batch of observations at once, a hundred times cheaper than one by one."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._bounds = np.array(metric.buckets)
        self._counts: dict[tuple[str, ...], _Counts] = {}

    def observe(self, labels: tuple[str, ...], seconds: np.ndarray) -> None:
        """Adds float64[] of seconds."""
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = _Counts(np.zeros(len(self._bounds) + 1, "i8"), np.zeros(1))
        # A bound belongs to its own bucket, as "le" says.
        places = np.searchsorted(self._bounds, seconds, side="left")
        counts.buckets[:] += np.bincount(places, minlength=len(counts.buckets))
        counts.total[0] += float(seconds.sum())

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily(self._metric.name, self._metric.help, labels=self._metric.labels)
        bounds = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for labels, counts in self._counts.items():
            cumulative = np.cumsum(counts.buckets).tolist()
            family.add_metric(labels, list(zip(bounds, cumulative, strict=True)), sum_value=float(counts.total[0]))
        yield family
