"""What the case service tells Prometheus: how much waits for whom, and how often detectors turned out right.

Counts only, never a person. Rules and boards hold on to these names as they do to the worker's.
"""

from stream.telemetry.metrics import Kind, Metric


def _gauge(name: str, labels: str, unit: str, help_: str) -> Metric:
    return Metric(f"raterwatch_{name}", Kind.GAUGE, tuple(labels.split()), unit, help_)


CASES = _gauge("cases", "kind state", "cases", "Cases by kind and state.")
CASES_LATE = _gauge(
    "cases_late", "due", "cases", "Past their deadline, by what is due: acknowledge or answer (the vendor), reply (us)."
)
CASES_OLDEST = _gauge("cases_oldest_seconds", "state", "seconds", "How long the oldest case has been in that state.")
FINDINGS_WAITING = _gauge(
    "findings_waiting", "why", "findings", "Findings that are no case yet: shadow, watch, storm or cap."
)
DELIVERIES = _gauge(
    "deliveries", "channel state", "messages", "Messages to vendors and to us, by state; dead: sent in vain."
)
VENDORS_UNREACHABLE = _gauge(
    "vendors_unreachable", "", "vendors", "Vendors that no message reaches; their deadlines stand still."
)
DECISIONS_OWED = _gauge("decisions_owed", "", "events", "Decisions that Kafka has not acknowledged yet.")
DETECTOR_DECIDED = _gauge(
    "detector_decided_findings", "detector verdict", "findings", "Findings that people decided: confirmed or cleared."
)
DETECTOR_PRECISION = _gauge("detector_precision_ratio", "detector", "0 to 1", "Confirmed over decided findings.")
DETECTOR_PRECISION_LOW = _gauge(
    "detector_precision_low_ratio", "detector", "0 to 1", "At least so precise, with 90 % confidence."
)
DETECTOR_BLIND = _gauge(
    "detector_blind_unusual_ratio",
    "detector crowd",
    "0 to 1",
    "Share of raters whose answers were unusual when judged again blindly: flagged by it, or others.",
)
DETECTOR_WATCHES = _gauge(
    "detector_watches",
    "detector",
    "0 or 1",
    "1 while it opens no case, because people cleared too many of its findings.",
)
DATABASE_UP = _gauge("escalation_database_up", "", "0 or 1", "1 while the case service's database answers.")

METRICS: dict[str, Metric] = {metric.name: metric for metric in list(globals().values()) if isinstance(metric, Metric)}
