"""What the intake tells Prometheus. Counts by token, never by person; boards and rules hold on to these names."""

from typing import Final

from stream.telemetry.metrics import Kind, Metric, gauge


def _counter(name: str, labels: str, unit: str, help_: str) -> Metric:
    return Metric(f"raterwatch_intake_{name}_total", Kind.COUNTER, tuple(labels.split()), unit, help_)


REQUESTS = _counter("requests", "path status", "requests", "Requests by where they went and how they were answered.")
BATCHES = _counter(
    "batches",
    "token result",
    "batches",
    "Batches by what became of them: accepted, partial, refused, unavailable (Kafka did not take it).",
)
RECORDS = _counter("records", "token type", "records", "Records that Kafka has acknowledged.")
REFUSED = _counter("refused_records", "token reason", "records", "Records refused at the door, by reason.")
NOTES = _counter("notes", "token what", "records", "Taken or left out otherwise than it stood, by what it was.")
BYTES = _counter("bytes", "token", "bytes", "Bytes of bodies, inflated.")
IN_FLIGHT_BATCHES = gauge("intake_in_flight_batches", "", "batches", "Batches being read or waiting for Kafka.")
IN_FLIGHT_BYTES = gauge("intake_in_flight_bytes", "", "bytes", "Their bytes, inflated; beyond the bound: 429.")
READY = gauge("intake_ready", "", "0 or 1", "1 while it takes judgments; /readyz says why not.")
SETTINGS_STALE = gauge(
    "intake_settings_stale", "", "0 or 1", "1 while the tokens or queues file cannot be read: the one before holds."
)
TOKEN_EXPIRES = gauge("intake_token_expires_timestamp_seconds", "token", "Unix time", "When the token ends.")
ACKNOWLEDGED = Metric(
    "raterwatch_intake_acknowledged_seconds",
    Kind.HISTOGRAM,
    (),
    "seconds",
    "From handing a batch to Kafka until all replicas have it.",
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)

METRICS: Final[dict[str, Metric]] = {
    metric.name: metric for metric in list(globals().values()) if isinstance(metric, Metric)
}
