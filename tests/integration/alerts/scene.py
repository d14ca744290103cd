"""A deployment with the product's own rules and routes at a given pace, and what a test asks of it."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alerts.deployment import Pace
from stack.local import LocalStack
from stack.ports import Ports
from stack.prometheus import Scraping
from stream.demo.alerting import write_alert_files
from stream.demo.deployment import Deployment
from stream.demo.desk import Desk
from stream.demo.recorder import Message, Recorder
from stream.demo.run import open_findings
from stream.events import Finding
from stream.intake.payload import QueuePayload, SettingsPayload
from tests.integration.alerts.crowds import LABELS

_POLL_S = 0.1


class Scene:
    """The worker is started; `send` puts events into Kafka as of now."""

    def __init__(self, deployment: Deployment, recorder: Recorder) -> None:
        self.deployment, self.recorder = deployment, recorder
        self.policy = deployment.folder / "policy.toml"
        self.policy.write_text("[shadow]\ndays = 0.0\n")

    def start_worker(self) -> None:
        self.deployment.start_worker(policy_file=str(self.policy))
        self.deployment.wait_until_ready()

    @contextmanager
    def second_worker(self) -> Iterator[Deployment]:
        """Another worker of the same group, with files of its own; it is scraped, too."""
        first = self.deployment
        other = Deployment(first.stack, first.folder / "second", partitions=first.settings.partitions)
        targets = [f"127.0.0.1:{one.settings.metrics_port}" for one in (first, other)]
        first.stack.prometheus.set_targets(targets)
        other.start_worker(policy_file=str(self.policy), control_key_file=str(first.settings.control_key_file))
        try:
            other.wait_until_ready()
            yield other
        finally:
            other.stop()
            first.stack.prometheus.set_targets(targets[:1])

    def send(self, events: Iterable[dict[str, Any]]) -> None:
        now_ms = time.time_ns() // 1_000_000
        moved = [event | ({"at": now_ms} if "type" in event else {"submitted_at": now_ms}) for event in events]
        self.deployment.produce((str(event.get("item_id", "")).encode(), json.dumps(event).encode()) for event in moved)

    def findings(self) -> list[Finding]:
        return asyncio.run(open_findings(self.deployment))

    def messages(self, channel: str = "quality", *, naming: str = "", resolved: bool = False) -> list[Message]:
        """What the channel was told, and of that what names somebody or something."""
        return [
            message
            for message in self.recorder.messages
            if message.channel == channel and message.resolved == resolved and naming in json.dumps(message.body)
        ]

    def pages(self, queue: str) -> list[Message]:
        return [
            message for message in self.recorder.messages if message.service == "pagerduty" and queue in str(message)
        ]

    def firing(self, alert: str, **labels: str) -> list[dict[str, str]]:
        """Labels of the alerts that fire in Prometheus."""
        with urllib.request.urlopen(f"{self.deployment.stack.prometheus.url}/api/v1/alerts", timeout=10) as answer:
            found = json.load(answer)["data"]["alerts"]
        wanted = {"alertname": alert, **labels}.items()
        return [one["labels"] for one in found if one["state"] == "firing" and wanted <= one["labels"].items()]

    def query(self, expr: str) -> list[float]:
        url = f"{self.deployment.stack.prometheus.url}/api/v1/query?query={urllib.request.quote(expr)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return [float(found["value"][1]) for found in json.load(answer)["data"]["result"]]


@contextmanager
def scene(folder: Path, pace: Pace, *queues: str, vendors_of_the_desk: tuple[str, ...] = ()) -> Iterator[Scene]:
    """With vendors there is a case desk, too, which sends them signed webhooks."""
    with Ports() as ports, Recorder(ports.take(), folder / "messages.jsonl") as recorder:
        desk = Desk(folder / "escalation", ports.take()) if vendors_of_the_desk else None
        files = write_alert_files(folder / "alerts", recorder.url, pace, desk=desk.address if desk else None)
        scraping = Scraping(rule_files=files.rules, interval_s=pace.evaluate)
        with LocalStack(
            folder / "stack",
            prometheus=True,
            alertmanager=True,
            scraping=scraping,
            alertmanager_config=files.alertmanager,
        ) as stack:
            deployment = Deployment(stack, folder, partitions=2, desk=desk)
            stack.prometheus.set_targets([f"127.0.0.1:{deployment.settings.metrics_port}"])
            deployment.make_topics()
            payloads = tuple(QueuePayload(name=queue, labels=LABELS) for queue in queues)
            deployment.publish(SettingsPayload(queues=payloads))
            made = Scene(deployment, recorder)
            try:
                made.start_worker()
                if desk is None:
                    yield made
                    return
                vendors, token_file = vendors_of_the_desk, files.desk_token
                with desk.at_work(stack, recorder, policy=made.policy, vendors=vendors, token_file=token_file):
                    yield made
            finally:
                deployment.stop()


def until(condition: Callable[[], Any], what: str, patience_s: float = 120.0) -> Any:
    """What the condition answers once it is true of it."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {patience_s:.0f} s for {what}"
        time.sleep(_POLL_S)
    return found
