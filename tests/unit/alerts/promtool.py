"""Runs cases through the real promtool, on the rules as they are written for a deployment with short links."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from alerts.deployment import Deployment, Links, load_deployment
from alerts.links import link_annotations
from alerts.model import Alert
from alerts.rule_files import groups, rule_files
from alerts.thresholds import load_thresholds
from stack.programs import Program
from tests.unit.alerts.cases.case import Case, Fired

PROMTOOL = Program(("promtool",), "prometheus")
LINKS = Links(boards="http://b", runbooks="http://r", cases="http://c")
DEPLOYMENT: Deployment = msgspec.structs.replace(load_deployment(), links=LINKS)
GROUPS = groups(load_thresholds(), DEPLOYMENT)
FILES = rule_files(load_thresholds(), DEPLOYMENT)
ALERTS: dict[str, Alert] = {alert.name: alert for group in GROUPS for alert in group.alerts}
GROUP_OF = {alert.name: group.name for group in GROUPS for alert in group.alerts}


def run(cases: Sequence[Case], folder: Path) -> str:
    """Promtool's complaints, empty when all cases hold."""
    told = ""
    for interval in sorted({case.interval for case in cases}):
        some = [case for case in cases if case.interval == interval]
        # What the others look at is recorded with the raters.
        files = list(dict.fromkeys(["raters", *(GROUP_OF[case.alert] for case in some)]))
        for name in files:
            (folder / f"{name}.yml").write_text(FILES[f"{name}.yml"])
        place = folder / "cases.yaml"
        suite = {
            "rule_files": [f"{name}.yml" for name in files],
            "evaluation_interval": interval,
            "group_eval_order": files,
            "tests": [_test(case) for case in some],
        }
        place.write_text(yaml.safe_dump(suite, sort_keys=False))
        done = subprocess.run([PROMTOOL.require(), "test", "rules", place], capture_output=True, text=True, check=False)
        told += "" if done.returncode == 0 else done.stdout + done.stderr
    return told


def _test(case: Case) -> dict[str, Any]:
    return {
        "name": f"{case.alert}: {case.says}",
        "interval": case.interval,
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "alert_rule_test": [
            {
                "eval_time": case.at,
                "alertname": case.alert,
                "exp_alerts": [_expected(case.alert, f) for f in case.fires],
            }
        ],
    }


def _expected(name: str, fired: Fired) -> dict[str, Any]:
    alert = ALERTS[name]
    links = link_annotations(alert, LINKS)
    for label, value in fired.labels.items():
        links = {key: text.replace(f"{{{{ $labels.{label} | urlquery }}}}", value) for key, text in links.items()}
    return {
        "exp_labels": {"severity": alert.severity, "kind": alert.kind, **fired.labels},
        "exp_annotations": {"summary": fired.summary, "description": fired.description, **links},
    }
