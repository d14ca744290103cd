"""What the service tells Prometheus of its requests and of what waits."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import CaseRow, DeliveryRow

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

    def page(self, store: Store) -> bytes:
        """The page for Prometheus."""
        waiting = CollectorRegistry()
        waiting.register(_Waiting(store))
        return generate_latest(self.registry) + generate_latest(waiting)


class _Waiting(Collector):
    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        cases = GaugeMetricFamily("raterwatch_cases", "Cases by kind and state.", labels=("kind", "state"))
        sent = GaugeMetricFamily("raterwatch_deliveries", "Messages by channel and state.", labels=("channel", "state"))
        up = GaugeMetricFamily("raterwatch_escalation_database_up", "1 while the database answers.")
        try:
            with self._store.reading() as session:
                for kind, state, n in session.execute(
                    select(CaseRow.kind, CaseRow.state, func.count()).group_by(CaseRow.kind, CaseRow.state)
                ):
                    cases.add_metric((kind, state), n)
                for channel, state, n in session.execute(
                    select(DeliveryRow.channel, DeliveryRow.state, func.count()).group_by(
                        DeliveryRow.channel, DeliveryRow.state
                    )
                ):
                    sent.add_metric((channel, state), n)
        except SQLAlchemyError:
            # What is unknown is absent; that it is unknown is said.
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield from (cases, sent, up)
