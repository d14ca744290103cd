"""The alerts of a deployment on one machine: the product's rules and routes, and a recorder as the outside world."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from alerts.deployment import Deployment, Hours, Links, Notify, Pace
from alerts.routing import alertmanager_file
from alerts.rule_files import rule_files
from alerts.thresholds import Thresholds, load_thresholds
from stream.demo.desk import ALERTS_PATH

DEMO_PACE = Pace(evaluate=2, gather=1, again=5, heartbeat_repeat=30)
_TEMPLATES = Path(__file__).parents[2] / "alerts" / "templates"
_SECRETS = ("pagerduty_routing_key", "slack_pipeline", "slack_quality", "slack_wellness", "escalation_token")
_ALWAYS = Hours(days="sunday:saturday", begin="00:00", until="24:00")


@dataclass(frozen=True, slots=True)
class AlertFiles:
    """What Prometheus and Alertmanager read."""

    rules: tuple[Path, ...]
    alertmanager: Path
    desk_token: Path  # what Alertmanager brings to the case desk


def write_alert_files(
    folder: Path,
    recorder_url: str,
    pace: Pace = DEMO_PACE,
    thresholds: Thresholds | None = None,
    desk: str | None = None,
) -> AlertFiles:
    """Writes rules, routes, templates and stand-ins for secrets; messages go to the recorder at any hour, and what
    opens cases to the case desk at this address, where there is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deployment = _deployment(folder / "secrets", recorder_url, pace, desk)
    rules = rule_files(thresholds or load_thresholds(), deployment)
    for name, text in rules.items():
        (folder / name).write_text(text, encoding="utf-8")
    config = folder / "alertmanager.yml"
    config.write_text(alertmanager_file(deployment), encoding="utf-8")
    shutil.copytree(_TEMPLATES, folder / "templates", dirs_exist_ok=True)
    (folder / "secrets").mkdir(exist_ok=True)
    for name in _SECRETS:
        channel = f"{recorder_url}/slack/{name.removeprefix('slack_')}"
        (folder / "secrets" / name).write_text(channel if name.startswith("slack_") else f"demo-{name}")
    return AlertFiles(tuple(folder / name for name in rules), config, folder / "secrets" / "escalation_token")


def _deployment(secrets: Path, recorder_url: str, pace: Pace, desk: str | None) -> Deployment:
    links = Links(
        boards="http://127.0.0.1:3000", runbooks=f"{recorder_url}/runbooks", cases=desk or "http://127.0.0.1:8088"
    )
    notify = Notify(
        escalation=f"{desk}{ALERTS_PATH}" if desk else f"{recorder_url}/webhook/escalation",
        heartbeat=f"{recorder_url}/webhook/heartbeat",
        pagerduty=f"{recorder_url}/v2/enqueue",
        secrets=str(secrets),
    )
    return Deployment(links=links, notify=notify, desk=_ALWAYS, vendor_hours=_ALWAYS, pace=pace)
