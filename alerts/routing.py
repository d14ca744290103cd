"""Alertmanager's configuration: who is told what, when, and how often."""

from typing import Any

from alerts.deployment import Deployment, Hours
from alerts.receivers import receivers
from alerts.yaml_text import to_yaml

_GENERATED = "Written by `make generate` from alerts/routing.py and alerts/deployment.toml; change it there."
_NEVER = 90 * 86_400  # seconds: the desk reminds, not the alert
_DESK_HOURS = "desk-hours"


def alertmanager_file(deployment: Deployment) -> str:
    """The text of alertmanager.yml; templates lie beside it in templates/."""
    return to_yaml(alertmanager(deployment), _GENERATED)


def alertmanager(deployment: Deployment) -> dict[str, Any]:
    """The configuration as a tree."""
    return {
        "templates": ["templates/*.tmpl"],
        "route": _route(deployment),
        "inhibit_rules": _inhibitions(),
        "receivers": receivers(deployment.notify),
        "time_intervals": [
            _interval(_DESK_HOURS, deployment.desk, deployment.desk.time_zone),
            *(
                _interval(_hours_of(vendor), deployment.vendor_hours, zone)
                for vendor, zone in deployment.vendor_zones.items()
            ),
        ],
    }


def _route(deployment: Deployment) -> dict[str, Any]:
    """By kind first: whoever cares for raters, and nobody else, hears of exposure."""
    pace = deployment.pace
    # A storm shows one scrape after its first rater, who is then held back with the others.
    patient = {"group_wait": f"{pace.gather + pace.evaluate}s"}
    return {
        "receiver": "pipeline-desk",
        "group_by": ["alertname", "queue", "vendor"],  # never by rater: ten findings are one message
        "group_wait": f"{pace.gather}s",
        "group_interval": f"{pace.again}s",
        "repeat_interval": f"{pace.ticket_repeat}s",
        "routes": [
            _to("heartbeat", 'kind="watchdog"', repeat_s=pace.heartbeat_repeat, group_interval=f"{pace.again}s"),
            _to("nobody", 'severity="info"'),
            _to("wellness", 'kind="care"', repeat_s=pace.page_repeat),
            _to("pager", 'severity="page"', repeat_s=pace.page_repeat),
            _to("quality-desk", 'alertname="RaterCritical"', repeat_s=_NEVER, **patient),
            _to("quality-desk", 'kind="rater"', repeat_s=_NEVER, **patient, active_time_intervals=[_DESK_HOURS]),
            _to("escalation", 'kind="queue"', repeat_s=_NEVER),
            _vendors(deployment),
        ],
    }


def _vendors(deployment: Deployment) -> dict[str, Any]:
    """A vendor is told in the vendor's own hours; one that the queues file does not know, at once."""
    own = [
        _to("escalation", f'vendor="{vendor}"', repeat_s=_NEVER, active_time_intervals=[_hours_of(vendor)])
        for vendor in deployment.vendor_zones
    ]
    return {**_to("escalation", 'kind="vendor"', repeat_s=_NEVER), **({"routes": own} if own else {})}


def _to(receiver: str, matcher: str, *, repeat_s: int | None = None, **more: Any) -> dict[str, Any]:
    repeat = {} if repeat_s is None else {"repeat_interval": f"{repeat_s}s"}
    return {"receiver": receiver, "matchers": [matcher], **repeat, **more}


def _inhibitions() -> list[dict[str, Any]]:
    return [
        # A queue to blame holds back what is said about its raters and their labels; the rule itself ends after a day.
        {
            "source_matchers": ['alertname="QueueRaterAlertsHeld"'],
            "target_matchers": ['kind=~"rater|labels"'],
            "equal": ["queue"],
        },
        # The stronger word about a rater is enough.
        {
            "source_matchers": ['alertname="RaterCritical"'],
            "target_matchers": ['alertname="RaterNeedsReview"'],
            "equal": ["rater", "queue", "vendor"],
        },
        # Without a worker, what it exports says nothing about intake and lag.
        {
            "source_matchers": ['alertname="WorkerDown"'],
            "target_matchers": ['alertname=~"WorkerMissing|IntakeSilent|StreamLagging|StreamStalled"'],
        },
    ]


def _interval(name: str, hours: Hours, zone: str) -> dict[str, Any]:
    times = [{"start_time": hours.begin, "end_time": hours.until}]
    return {"name": name, "time_intervals": [{"weekdays": [hours.days], "times": times, "location": zone}]}


def _hours_of(vendor: str) -> str:
    return f"hours-of-{vendor}"
