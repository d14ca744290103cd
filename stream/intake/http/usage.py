"""The intake's counters, made from their declarations, and the page for Prometheus."""

from collections import Counter as Count
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from stream.intake.http import metrics
from stream.intake.http.batch import Batch
from stream.intake.http.gate import Gate
from stream.intake.http.health import Health
from stream.intake.http.rules import Rules, RulesFiles
from stream.telemetry.metrics import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Usage:
    """What was asked, taken and refused."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = self._counter(metrics.REQUESTS)
        self._batches = self._counter(metrics.BATCHES)
        self._records = self._counter(metrics.RECORDS)
        self._refused = self._counter(metrics.REFUSED)
        self._notes = self._counter(metrics.NOTES)
        self._bytes = self._counter(metrics.BYTES)
        self.acknowledged = Histogram(
            metrics.ACKNOWLEDGED.name,
            metrics.ACKNOWLEDGED.help,
            registry=self.registry,
            buckets=metrics.ACKNOWLEDGED.buckets,
        )

    def answered(self, path: str, status: int) -> None:
        """A request was answered; `path` is one of the routes."""
        self._requests.labels(path, str(status)).inc()

    def came(self, token: str, body_bytes: int) -> None:
        """A body was read."""
        self._bytes.labels(token).inc(body_bytes)

    def checked(self, token: str, batch: Batch) -> None:
        """A batch was looked through."""
        for reason, times in Count(one.reason for one in batch.refused).items():
            self._refused.labels(token, reason).inc(times)
        for what, times in batch.notes.items():
            self._notes.labels(token, what).inc(times)

    def ended(self, token: str, result: str, batch: Batch | None = None) -> None:
        """What became of a batch; one that Kafka took is given."""
        self._batches.labels(token, result).inc()
        if batch is not None:
            for kind, times in Count(str(event.__struct_config__.tag) for event in batch.events).items():
                self._records.labels(token, kind).inc(times)

    def watch(self, gate: Gate, health: Health, rules: RulesFiles) -> None:
        """Shows them with every scrape."""
        self.registry.register(_State(gate, health, rules))

    def page(self) -> bytes:
        """The page for Prometheus."""
        return generate_latest(self.registry)

    def _counter(self, metric: Metric) -> Counter:
        return Counter(metric.name, metric.help, metric.labels, registry=self.registry)


class _State(Collector):
    def __init__(self, gate: Gate, health: Health, files: RulesFiles) -> None:
        self._gate, self._health, self._files = gate, health, files

    def collect(self) -> Iterator[GaugeMetricFamily]:
        rules: Rules = self._files.rules
        yield _one(metrics.IN_FLIGHT_BATCHES, self._gate.batches)
        yield _one(metrics.IN_FLIGHT_BYTES, self._gate.bytes)
        yield _one(metrics.READY, not self._health.why_not_ready())
        yield _one(metrics.SETTINGS_STALE, self._files.stale_why is not None)
        ends = GaugeMetricFamily(metrics.TOKEN_EXPIRES.name, metrics.TOKEN_EXPIRES.help, labels=["token"])
        for name, token in rules.tokens.by_name.items():
            ends.add_metric([name], token.settings.expires.timestamp())
        yield ends


def _one(metric: Metric, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, value=value)
