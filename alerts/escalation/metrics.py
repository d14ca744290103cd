"""What the case service tells Prometheus: how much waits for whom, and how often detectors turned out right.

Counts only, never a person. Rules and boards hold on to these names as they do to the worker's.
"""

from stream.telemetry.metrics import Metric, gauge

CASES = gauge("cases", "kind state", "cases", "Cases by kind and state.")
CASES_LATE = gauge(
    "cases_late", "due", "cases", "Past their deadline, by what is due: acknowledge or answer (the vendor), reply (us)."
)
CASES_OLDEST = gauge("cases_oldest_seconds", "state", "seconds", "How long the oldest case has been in that state.")
FINDINGS_WAITING = gauge(
    "findings_waiting", "why", "findings", "Findings that are no case yet: shadow, watch, storm or cap."
)
DELIVERIES = gauge(
    "deliveries", "channel state", "messages", "Messages to vendors and to us, by state; dead: sent in vain."
)
VENDORS_UNREACHABLE = gauge(
    "vendors_unreachable", "", "vendors", "Vendors that no message reaches; their deadlines stand still."
)
DECISIONS_OWED = gauge("decisions_owed", "", "events", "Decisions that Kafka has not acknowledged yet.")
DETECTOR_DECIDED = gauge(
    "detector_decided_findings", "detector verdict", "findings", "Findings that people decided: confirmed or cleared."
)
DETECTOR_PRECISION = gauge("detector_precision_ratio", "detector", "0 to 1", "Confirmed over decided findings.")
DETECTOR_PRECISION_LOW = gauge(
    "detector_precision_low_ratio", "detector", "0 to 1", "At least so precise, with 90 % confidence."
)
DETECTOR_BLIND = gauge(
    "detector_blind_unusual_ratio",
    "detector crowd",
    "0 to 1",
    "Share of raters whose answers were unusual when judged again blindly: flagged by it, or others.",
)
DETECTOR_WATCHES = gauge(
    "detector_watches",
    "detector",
    "0 or 1",
    "1 while it opens no case, because people cleared too many of its findings.",
)
DATABASE_UP = gauge("escalation_database_up", "", "0 or 1", "1 while the case service's database answers.")

METRICS: dict[str, Metric] = {metric.name: metric for metric in list(globals().values()) if isinstance(metric, Metric)}
