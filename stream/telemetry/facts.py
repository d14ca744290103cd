"""What the process of facts tells Prometheus: how far it is behind, and what it wrote. Never a person."""

from collections import Counter as Counts
from collections.abc import Callable, Iterator, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from stream.errors import SettingsError
from stream.telemetry.lines import CONTENT_TYPE
from stream.telemetry.metrics import Kind, Metric, gauge

BEHIND = gauge("facts_behind_seconds", "", "seconds", "How old what Kafka holds and the facts lack may be.")
LAG = gauge("facts_lag_records", "topic", "records", "Records that are not read yet.")
COMPLETE = gauge(
    "facts_complete_until_seconds", "", "seconds", "Days (UTC) ended by this Unix time are whole, but for late events."
)
WRITTEN = Metric(
    "raterwatch_facts_rows_written_total", Kind.COUNTER, ("table",), "rows", "Rows added or changed by commits."
)
COMMITS = Metric("raterwatch_facts_commits_total", Kind.COUNTER, (), "commits", "Commits of rows and positions.")
PASSED_OVER = Metric(
    "raterwatch_facts_passed_over_total",
    Kind.COUNTER,
    ("why",),
    "changes",
    "Changes without a row to go to: day_not_kept, or no_row.",
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in (BEHIND, LAG, COMPLETE, WRITTEN, COMMITS, PASSED_OVER)}

_DAY_S = 86_400
_MS = 1_000


class FactsTelemetry(Collector):
    """Counts what it is told, and serves it. `clock_ms` is asked at each scrape."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._written: Counts[str] = Counts()
        self._passed_over: Counts[str] = Counts(day_not_kept=0, no_row=0)
        self._commits = 0
        self._lag: dict[str, int] = {}
        self._through_ms = 0
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def committed(self, rows: Mapping[str, int], passed_over: Mapping[str, int]) -> None:
        """A commit is stored: rows by table; what had no row, by why."""
        self._commits += 1
        self._written.update(rows)
        self._passed_over.update(passed_over)

    def stands(self, lag: Mapping[str, int], through_ms: int) -> None:
        """Records not read yet, by topic; what came until `through_ms` is stored (0: not known)."""
        self._lag, self._through_ms = dict(lag), through_ms

    def page(self) -> bytes:
        """The page for Prometheus."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """What is unknown is absent."""
        yield _gauge(LAG, {(topic,): float(records) for topic, records in self._lag.items()})
        if self._through_ms:
            yield _gauge(BEHIND, {(): max(0, self._clock_ms() - self._through_ms) / _MS})
            yield _gauge(COMPLETE, {(): float(self._through_ms // _MS // _DAY_S * _DAY_S)})
        yield _counter(COMMITS, {(): self._commits})
        yield _counter(WRITTEN, {(table,): rows for table, rows in self._written.items()})
        yield _counter(PASSED_OVER, {(why,): count for why, count in self._passed_over.items()})


async def serve_page(page: Callable[[], bytes], host: str, port: int) -> web.AppRunner:
    """Serves /metrics, and /healthz while the process lives. Raises SettingsError when the port is taken."""

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=page(), headers={"Content-Type": CONTENT_TYPE})

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="{}\n", content_type="application/json")

    application = web.Application()
    application.router.add_get("/metrics", metrics)
    application.router.add_get("/healthz", healthy)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(f"cannot serve on {host}:{port} ({error.strerror}): choose another --port") from None
    return runner


def _gauge(metric: Metric, values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def _counter(metric: Metric, values: Mapping[tuple[str, ...], int]) -> CounterMetricFamily:
    family = CounterMetricFamily(metric.name.removesuffix("_total"), metric.help, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
