"""The rule files as Prometheus reads them, from what alerts/declared/ says."""

from collections.abc import Callable
from typing import Any

from alerts.declared.care import care
from alerts.declared.cases import cases
from alerts.declared.labels import labels
from alerts.declared.queues import queues
from alerts.declared.raters import raters
from alerts.declared.state import state
from alerts.declared.stream import stream
from alerts.declared.vendors import vendors
from alerts.declared.watch import watch, watchdog
from alerts.deployment import Deployment, Links
from alerts.links import link_annotations
from alerts.model import Alert, Group, Recording
from alerts.thresholds import Thresholds
from alerts.yaml_text import to_yaml

DECLARED: tuple[Callable[[Thresholds, Deployment], Group], ...] = (
    raters,
    queues,
    vendors,
    labels,
    care,
    stream,
    state,
    cases,
    watch,
    watchdog,
)
_GENERATED = "Written by `make generate` from alerts/declared/ and alerts/thresholds.toml; change it there."


def groups(thresholds: Thresholds, deployment: Deployment) -> list[Group]:
    """All rule groups."""
    return [declare(thresholds, deployment) for declare in DECLARED]


def rule_files(thresholds: Thresholds, deployment: Deployment) -> dict[str, str]:
    """Text by file name."""
    return {f"{group.name}.yml": _text(group, deployment.links) for group in groups(thresholds, deployment)}


def _text(group: Group, links: Links) -> str:
    rules = [_recording(rule) if isinstance(rule, Recording) else _alert(rule, links) for rule in group.rules]
    return to_yaml({"groups": [{"name": group.name, "rules": rules}]}, f"{_GENERATED}\n\n{group.why.strip()}")


def _recording(rule: Recording) -> dict[str, Any]:
    return {"record": rule.name, "expr": rule.expr}


def _alert(rule: Alert, links: Links) -> dict[str, Any]:
    lasting = {"for": rule.hold, "keep_firing_for": rule.keep}
    return {
        "alert": rule.name,
        "expr": rule.expr,
        **{name: duration for name, duration in lasting.items() if duration != "0s"},
        "labels": {"severity": rule.severity, "kind": rule.kind},
        "annotations": {"summary": rule.summary, "description": rule.description, **link_annotations(rule, links)},
    }
