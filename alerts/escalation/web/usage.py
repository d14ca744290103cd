"""What the service tells Prometheus of its requests and of what waits."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from alerts.escalation import metrics
from alerts.escalation.store.store import Store
from alerts.escalation.web.waiting import Values, waiting_values
from stream.telemetry.metrics import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)


class Usage:
    """Counts of requests, by the function that answers them: no id of an address ever becomes a label."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "raterwatch_escalation_requests",
            "Requests by what answered them, and status.",
            ("method", "handler", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "raterwatch_escalation_request_seconds",
            "From a request's arrival to the end of its answer.",
            ("handler",),
            registry=self.registry,
            buckets=_BUCKETS,
        )

    def note(self, method: str, handler: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, handler, str(status)).inc()
        self._seconds.labels(handler).observe(seconds)

    def page(self, store: Store, now_ms: int) -> bytes:
        """The page for Prometheus."""
        waiting = CollectorRegistry()
        waiting.register(_Waiting(store, now_ms))
        return generate_latest(self.registry) + generate_latest(waiting)


class _Waiting(Collector):
    def __init__(self, store: Store, now_ms: int) -> None:
        self._store, self._now_ms = store, now_ms

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with self._store.reading() as session:
                found = list(waiting_values(session, self._now_ms))
        except SQLAlchemyError:
            # What is unknown is absent; that it is unknown is said.
            yield _family(metrics.DATABASE_UP, {(): 0})
            return
        yield _family(metrics.DATABASE_UP, {(): 1})
        yield from (_family(metric, values) for metric, values in found)


def _family(metric: Metric, values: Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
