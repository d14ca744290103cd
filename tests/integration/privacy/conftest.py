"""A deployment with a case service, in which people with raw ids have worked."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import redis

from stack.local import LocalStack
from stack.ports import Ports
from stack.prometheus import Scraping
from stream.commands.disclose import values_of
from stream.commands.doctor import doctor
from stream.commands.replay import replay
from stream.commands.topics import topics
from stream.demo.recorder import Recorder
from stream.intake.pseudonyms import PseudonymKey
from stream.settings import Settings
from tests.integration.commands.conftest import PARTITIONS, Deployment
from tests.integration.privacy.mailing_desk import MailingDesk

# Their vendors hear of their cases: acme by its webhook, borea by mail.
CANARY, MAILED = "canary.jane.doe@example.org", "canary.jane.roe@example.org"
VENDORS = {CANARY: "acme", MAILED: "borea"} | {f"person{n}@example.org": "acme" for n in range(5)}
ALWAYS = {CANARY: "no", MAILED: "unsure"}  # whatever the item is
ITEMS, MINUTE_MS = 400, 60_000
_QUEUES = """
[queues.toxicity]
labels = ["yes", "no", "unsure"]

[vendors.acme.contract]
target_accuracy = 0.95

[vendors.borea]
"""
TOPICS = ("judgments", "outcomes", "findings", "judgments.rejected", "raterwatch.births")


@dataclass
class Scene(Deployment):
    """The deployment, and what can be read of it."""

    recorder: Recorder = field(kw_only=True)
    desk_port: int = field(kw_only=True)

    def pseudonym(self, raw: str) -> str:
        return PseudonymKey.load(str(self.folder / "vendor.key")).pseudonym(raw)

    def settings(self) -> Settings:
        return Settings.load(self.environment)

    @contextmanager
    def case_service(self, mail_port: int) -> Iterator[MailingDesk]:
        """Beside the worker, from the start of its topics on; `raterwatch forget` knows of it."""
        desk = MailingDesk(self.folder / "escalation", self.desk_port, mail_port, mailed=VENDORS[MAILED])
        policy, token_file = Path(self.environment["RATERWATCH_POLICY_FILE"]), self.folder / "token"
        token_file.write_text("of Alertmanager")
        self.environment["RATERWATCH_ESCALATION"] = str(desk.settings_file)
        vendors = {VENDORS[CANARY]}
        with desk.at_work(self.stack, self.recorder, policy=policy, vendors=vendors, token_file=token_file):
            yield desk

    def logs(self) -> list[bytes]:
        """Every value of every topic."""
        return [value for name in TOPICS for value in values_of(self.settings(), name) if value]

    def state(self) -> dict[bytes, dict[bytes, bytes]]:
        """Everything in Redis; the messages of an outbox under their numbers."""
        client = redis.Redis.from_url(self.stack.redis.url)
        found: dict[bytes, dict[bytes, bytes]] = {}
        for key in client.scan_iter():
            if client.type(key) == b"hash":
                found[key] = client.hgetall(key)
            else:
                found[key] = {b"%d" % n: value for n, value in enumerate(client.lrange(key, 0, -1))}
        client.close()
        return found

    def rows(self) -> dict[bytes, dict[bytes, bytes]]:
        """What stage 2 holds of raters and groups."""
        names = (b":raters", b":history", b":evidence", b":findings", b":board")
        return {key: fields for key, fields in self.state().items() if key.endswith(names) and b"{outcomes" in key}

    def metrics(self) -> str:
        """Empty while no worker answers."""
        try:
            return self.page_of_metrics()
        except URLError:
            return ""

    def page_of_metrics(self) -> str:
        with urlopen(f"http://127.0.0.1:{self.environment['RATERWATCH_METRICS_PORT']}/metrics", timeout=10) as page:
            return page.read().decode()

    def caught_up(self) -> bool:
        output = self.run(doctor).output
        return "0 records are not applied yet" in " ".join(output.split())

    async def send(self, first: int) -> None:
        path = self.folder / f"judgments{first}.csv"
        await asyncio.to_thread(path.write_text, judgments(first))
        result = await self.run_beside(replay, path, "--pseudonym-key", self.folder / "vendor.key")
        assert result.exit_code == 0, result.exception or result.output


@pytest.fixture(scope="package")
def scene(tmp_path_factory) -> Iterator[Scene]:
    """With judgments of the first items, applied."""
    folder = tmp_path_factory.mktemp("privacy")
    with (
        Ports() as ports,
        Recorder(ports.take(), folder / "messages.jsonl") as recorder,
        LocalStack(folder / "stack", prometheus=True, scraping=Scraping(interval_s=1)) as stack,
    ):
        made = Scene(stack, folder, crowd=None, recorder=recorder, desk_port=ports.take())
        (folder / "queues.toml").write_text(_QUEUES)
        (folder / "policy.toml").write_text("[shadow]\ndays = 0.0\n")
        PseudonymKey.create(str(folder / "vendor.key"))
        made.environment = {
            "RATERWATCH_KAFKA": stack.kafka.bootstrap,
            "RATERWATCH_REDIS": stack.redis.url,
            "RATERWATCH_QUEUES": str(folder / "queues.toml"),
            "RATERWATCH_CONTROL_KEY_FILE": str(folder / "control.key"),
            "RATERWATCH_POLICY_FILE": str(folder / "policy.toml"),
            "RATERWATCH_PARTITIONS": str(PARTITIONS),
            "RATERWATCH_METRICS_PORT": str(stack.take_port()),
        }
        stack.prometheus.set_targets([f"127.0.0.1:{made.environment['RATERWATCH_METRICS_PORT']}"])
        result = made.run(topics, "--make-key")
        assert result.exit_code == 0, result.output
        made.start_worker()
        asyncio.run(made.send(first=0))
        pseudonyms = [made.pseudonym(raw) for raw in ALWAYS]
        asyncio.run(made.until(lambda: all(one in made.metrics() for one in pseudonyms) and made.caught_up()))
        yield made
        made.stop_worker()


def judgments(first: int) -> str:
    """So many items from this number on, each judged by seven people, two of whom always give the same answer."""
    random_, now_ms = random.Random(first), time.time_ns() // 1_000_000
    lines = ["item_id,rater_id,label,gold,submitted_at_ms,duration_ms,queue,vendor_id"]
    for n in range(first, first + ITEMS):
        truth = random_.choice(("yes", "no", "unsure"))
        for person, vendor in VENDORS.items():
            honest = truth if random_.random() < 0.95 else "unsure"
            at_ms = now_ms - 2 * ITEMS * MINUTE_MS + n * MINUTE_MS
            gold = truth if n % 4 == 0 else ""
            label, took_ms = ALWAYS.get(person, honest), random_.randrange(2_000, 9_000)
            lines.append(f"i{n},{person},{label},{gold},{at_ms},{took_ms},toxicity,{vendor}")
    return "\n".join(lines) + "\n"
