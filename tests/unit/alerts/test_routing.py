"""Who is told of what, as Alertmanager itself sees it."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from alerts.deployment import Deployment, load_deployment
from alerts.routing import alertmanager, alertmanager_file
from stack.programs import Program
from tests.unit.alerts.promtool import ALERTS

AMTOOL = Program(("amtool",), "prometheus-alertmanager")
CONFIG = Path(__file__).parents[3] / "alerts" / "alertmanager.yml"
RATER = {"queue": "q", "vendor": "alba", "rater": "rkx-a"}
needs_amtool = pytest.mark.skipif(AMTOOL.find() is None, reason="amtool is not installed")


def told(alert: str, *receivers: str, **labels: str) -> bool:
    """Whether just these receivers are told."""
    declared = ALERTS[alert]
    given = {"alertname": alert, "severity": declared.severity, "kind": declared.kind, **labels}
    command = [AMTOOL.require(), "config", "routes", "test", f"--config.file={CONFIG}"]
    command += [f"--verify.receivers={','.join(receivers)}", *(f"{name}={value}" for name, value in given.items())]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@needs_amtool
@pytest.mark.parametrize(
    ("alert", "labels", "receiver", "others"),
    [
        ("SpoiltLabelsHigh", {"queue": "q"}, "pager", "quality-desk"),
        ("StreamStalled", {"topic": "judgments"}, "pager", "pipeline-desk"),
        ("StreamLagging", {"topic": "judgments"}, "pipeline-desk", "pager"),
        ("RaterNeedsReview", RATER, "quality-desk", "escalation"),
        ("RaterCritical", RATER, "quality-desk", "pager"),
        ("QueueGuidelineSuspect", {"queue": "q"}, "escalation", "pager"),
        ("VendorNeedsReview", {"queue": "q", "vendor": "alba"}, "escalation", "quality-desk"),
        ("VendorThroughputDrop", {"vendor": "unknown"}, "escalation", "pipeline-desk"),
        ("ExposureOverLimit", {"queue": "q", "vendor": "alba"}, "wellness", "escalation"),
        ("QueueRaterAlertsHeld", {"queue": "q"}, "nobody", "escalation"),
        ("DetectorMuted", {"detector": "copying"}, "nobody", "pipeline-desk"),
        ("Watchdog", {}, "heartbeat", "nobody"),
    ],
)
def test_an_alert_goes_to_its_receiver_and_to_no_other(
    alert: str, labels: dict[str, str], receiver: str, others: str
) -> None:
    assert told(alert, receiver, **labels)
    assert not told(alert, others, **labels)


@needs_amtool
def test_alertmanager_accepts_the_configuration_with_its_templates() -> None:
    check = subprocess.run([AMTOOL.require(), "check-config", CONFIG], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    assert "1 templates" in check.stdout


def test_no_message_is_grouped_by_rater() -> None:
    route = alertmanager(load_deployment())["route"]
    assert "rater" not in route["group_by"]
    assert {"queue", "vendor"} <= set(route["group_by"])


def test_raters_wait_for_the_desks_hours_and_critical_ones_do_not() -> None:
    routes = alertmanager(load_deployment())["route"]["routes"]
    hours = {route["matchers"][0]: route.get("active_time_intervals") for route in routes}
    assert hours['kind="rater"'] == ["desk-hours"]
    assert hours['alertname="RaterCritical"'] is None


def test_every_vendor_of_the_queues_file_has_hours_in_its_own_time_zone() -> None:
    deployment = msgspec.structs.replace(load_deployment(), vendor_zones={"acme": "Asia/Manila"})
    tree = alertmanager(deployment)
    [interval] = [one for one in tree["time_intervals"] if one["name"] == "hours-of-acme"]
    assert interval["time_intervals"][0]["location"] == "Asia/Manila"
    [own] = tree["route"]["routes"][-1]["routes"]
    assert own["active_time_intervals"] == ["hours-of-acme"]


def test_secrets_are_files() -> None:
    text = CONFIG.read_text()
    assert all(f"{name}_file:" in text for name in ("routing_key", "api_url", "credentials"))
    assert not any(f"{name}:" in text for name in ("routing_key", "api_url", "credentials"))


@pytest.mark.parametrize(("detail", "said"), [("pseudonym", False), ("full", True)])
def test_numbers_leave_the_team_only_when_told_so(detail: str, said: bool) -> None:
    notify = msgspec.structs.replace(load_deployment().notify, detail=detail)
    text = alertmanager_file(with_notify(notify))
    assert ("raterwatch.slack.full" in text) == said
    assert ("raterwatch.lines.full" in text) == said
    template = (CONFIG.parent / "templates/raterwatch.tmpl").read_text()
    short = "".join(
        part for part in template.split("{{ define ") if not part.partition('"')[2].split('"')[0].endswith("full")
    )
    assert "description" not in short


def test_a_way_without_an_address_is_left_out() -> None:
    notify = msgspec.structs.replace(load_deployment().notify, escalation="", heartbeat="http://h")
    ways = {one["name"]: one for one in alertmanager(with_notify(notify))["receivers"]}
    assert ways["escalation"]["webhook_configs"] == []
    assert ways["escalation"]["slack_configs"]
    assert [one["url"] for one in ways["heartbeat"]["webhook_configs"]] == ["http://h"]


def with_notify(notify: object) -> Deployment:
    return msgspec.structs.replace(load_deployment(), notify=notify)
