"""The check that nothing is missing around the rules, and that it would notice."""

import dataclasses
from pathlib import Path

import pytest

from alerts.complete import gaps, unknown_commands
from alerts.deployment import load_deployment
from alerts.escalation import metrics as of_cases
from alerts.model import Group
from alerts.rule_files import groups
from alerts.thresholds import load_thresholds
from stream.cli import COMMANDS
from stream.telemetry import metrics as of_the_stream
from tests.unit.alerts.cases.every import CASES

ALERTS = Path(__file__).parents[3] / "alerts"
METRICS = of_the_stream.METRICS | of_cases.METRICS
RUNBOOKS = {path.stem: path.read_text() for path in (ALERTS / "runbooks").glob("*.md")}


def declared() -> list[Group]:
    return groups(load_thresholds(), load_deployment())


def covered() -> dict[str, set[bool]]:
    found: dict[str, set[bool]] = {}
    for case in CASES:
        found.setdefault(case.alert, set()).add(case.silent)
    return found


def test_nothing_is_missing() -> None:
    assert gaps(declared(), RUNBOOKS, covered(), METRICS) == []


def test_a_missing_runbook_is_found() -> None:
    without = {name: text for name, text in RUNBOOKS.items() if name != "RaterCritical"}
    assert [gap for gap in gaps(declared(), without, covered(), METRICS) if "RaterCritical" in gap]


def test_a_runbook_without_a_section_is_found() -> None:
    short = RUNBOOKS | {"RaterCritical": RUNBOOKS["RaterCritical"].replace("## Impact", "")}
    assert [gap for gap in gaps(declared(), short, covered(), METRICS) if "RaterCritical" in gap]


def test_a_runbook_of_no_alert_is_found() -> None:
    assert gaps(declared(), RUNBOOKS | {"Gone": "# Gone"}, covered(), METRICS)


@pytest.mark.parametrize("kind", [True, False])
def test_a_missing_case_is_found(kind: bool) -> None:
    lacking = covered() | {"RaterCritical": {kind}}
    assert [gap for gap in gaps(declared(), RUNBOOKS, lacking, METRICS) if "RaterCritical" in gap]


def test_a_missing_metric_is_found() -> None:
    without = METRICS.keys() - {"raterwatch_lag_records"}
    assert [gap for gap in gaps(declared(), RUNBOOKS, covered(), without) if "raterwatch_lag_records" in gap]


def test_a_missing_recording_is_found() -> None:
    raters, *others = declared()
    shorter = dataclasses.replace(raters, rules=raters.rules[1:])
    assert gaps([shorter, *others], RUNBOOKS, covered(), METRICS)


@pytest.mark.parametrize("name", sorted(RUNBOOKS))
def test_a_runbook_names_commands_that_exist(name: str) -> None:
    assert unknown_commands(RUNBOOKS[name], COMMANDS) == []


def test_an_unknown_command_is_found() -> None:
    assert unknown_commands("Try `raterwatch repair`.", COMMANDS) == ["repair"]


def test_every_threshold_is_used() -> None:
    thresholds = load_thresholds()
    groups(thresholds, load_deployment())
    assert thresholds.names - thresholds.used == set()
