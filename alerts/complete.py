"""What is missing around the rules: a runbook, a case of promtool, a metric, a threshold that nobody uses."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from alerts.model import Alert, Group, Recording

SECTIONS = ("Meaning", "Impact", "Diagnosis", "Mitigation", "Owner", "Safe to ignore until")
ALWAYS_FIRING = frozenset({"Watchdog"})
# Metrics of others that the rules look at: Prometheus's own, and what client libraries export.
FOREIGN = frozenset(
    {
        "up",
        "process_start_time_seconds",
        "alertmanager_notifications_failed_total",
        "prometheus_notifications_dropped_total",
        "prometheus_rule_evaluation_failures_total",
    }
)
_SERIES = re.compile(r"\b(?:raterwatch|prometheus|alertmanager|process)[_:][a-z0-9_:]*\b")
_COMMAND = re.compile(r"`raterwatch ([a-z]+)")


def gaps(
    groups: Iterable[Group], runbooks: Mapping[str, str], tested: Mapping[str, Collection[bool]], known: Collection[str]
) -> list[str]:
    """Sentences, empty when nothing is missing.

    `runbooks` are texts by alert; `tested` says for each alert which kinds of cases there are: silent, or firing;
    `known` are the metrics that are exported.
    """
    groups = list(groups)
    alerts = {alert.name: alert for group in groups for alert in group.alerts}
    return [
        *_runbook_gaps(alerts, runbooks),
        *(fault for name in alerts for fault in _test_gaps(name, tested.get(name, ()))),
        *_series_gaps(groups, known),
    ]


def unknown_commands(runbook: str, commands: Collection[str]) -> list[str]:
    """Commands that a runbook names and that `raterwatch` does not have."""
    return sorted(set(_COMMAND.findall(runbook)) - set(commands))


def _runbook_gaps(alerts: Mapping[str, Alert], runbooks: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{name} has no runbook: write alerts/runbooks/{name}.md" for name in alerts.keys() - runbooks.keys())
    yield from (f"the runbook {name} is of no alert: remove it" for name in runbooks.keys() - alerts.keys())
    for name, text in runbooks.items():
        headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
        if tuple(headings) != SECTIONS or not text.startswith(f"# {name}\n"):
            yield f"the runbook {name} needs its title and the sections {', '.join(SECTIONS)}"


def _test_gaps(name: str, kinds: Collection[bool]) -> Iterator[str]:
    if False not in kinds:
        yield f"{name} has no case in which it fires"
    if True not in kinds and name not in ALWAYS_FIRING:
        yield f"{name} has no case in which it stays silent"


def _series_gaps(groups: Iterable[Group], known: Collection[str]) -> Iterator[str]:
    rules = [rule for group in groups for rule in group.rules]
    recorded = {rule.name for rule in rules if isinstance(rule, Recording)}
    for rule in rules:
        for series in sorted(set(_SERIES.findall(rule.expr)) - recorded - set(known) - FOREIGN):
            yield f"{rule.name} looks at {series}, which nothing exports or records"
