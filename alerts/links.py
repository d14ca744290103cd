"""Where a message leads, derived from the alert's name and labels: nobody types an address."""

from alerts.deployment import Links
from alerts.model import Alert, Kind

_BOARD_OF: dict[Kind, str] = {
    "rater": "raters",
    "queue": "queue",
    "vendor": "vendors",
    "labels": "dataset",
    "care": "care",
    "pipeline": "pipeline",
    "watchdog": "alerts",
}
_WITH_CASE: frozenset[Kind] = frozenset({"rater", "queue", "vendor"})


def link_annotations(alert: Alert, links: Links) -> dict[str, str]:
    """The annotations runbook_url, dashboard_url and, where people talk about it, case_url."""
    found = {
        "runbook_url": f"{links.runbooks}/{alert.name}",
        "dashboard_url": f"{links.boards}/d/raterwatch-{alert.board or _BOARD_OF[alert.kind]}{_opened_for(alert)}",
    }
    if alert.kind in _WITH_CASE:
        about = "&".join(f"{label}={_value(label)}" for label in alert.about)
        found["case_url"] = f"{links.cases}/cases?{about}"
    return found


def _opened_for(alert: Alert) -> str:
    chosen = "&".join(f"var-{label}={_value(label)}" for label in alert.about)
    return f"?{chosen}" if chosen else ""


def _value(label: str) -> str:
    return f"{{{{ $labels.{label} | urlquery }}}}"
