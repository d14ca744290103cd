"""A person with a raw id goes to work, and asks to be forgotten: on real Kafka and Redis, with a real worker."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import redis
import xxhash

from stack.local import LocalStack
from stream.commands.disclose import disclose, values_of
from stream.commands.doctor import doctor
from stream.commands.forget import forget
from stream.commands.rater import rater
from stream.commands.rejects import rejects
from stream.commands.replay import replay
from stream.commands.restrict import restrict
from stream.commands.topics import topics
from stream.intake.pseudonyms import PseudonymKey
from stream.quality.standing_bytes import partner_bytes
from stream.settings import Settings
from tests.integration.commands.conftest import PARTITIONS, Deployment

pytestmark = pytest.mark.slow
CANARY = "canary.jane.doe@example.org"
ITEMS, MINUTE_MS = 400, 60_000
TOPICS = ("judgments", "outcomes", "findings", "judgments.rejected", "raterwatch.births")
WHO = ("--by", "M. Okafor", "--reason", "asked for it")


class Scene(Deployment):
    """The deployment, and what can be read of it."""

    @property
    def pseudonym(self) -> str:
        return PseudonymKey.load(str(self.folder / "vendor.key")).pseudonym(CANARY)

    def settings(self) -> Settings:
        return Settings.load(self.environment)

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
            return self._page()
        except URLError:
            return ""

    def _page(self) -> str:
        with urlopen(f"http://127.0.0.1:{self.environment['RATERWATCH_METRICS_PORT']}/metrics", timeout=10) as page:
            return page.read().decode()

    def caught_up(self) -> bool:
        output = self.run(doctor).output
        return "0 records are not applied yet" in " ".join(output.split())


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("privacy")
    with LocalStack(folder / "stack") as stack:
        made = Scene(stack, folder, crowd=None)
        (folder / "queues.toml").write_text('[queues.toxicity]\nlabels = ["yes", "no", "unsure"]\n')
        PseudonymKey.create(str(folder / "vendor.key"))
        made.environment = {
            "RATERWATCH_KAFKA": stack.kafka.bootstrap,
            "RATERWATCH_REDIS": stack.redis.url,
            "RATERWATCH_QUEUES": str(folder / "queues.toml"),
            "RATERWATCH_CONTROL_KEY_FILE": str(folder / "control.key"),
            "RATERWATCH_PARTITIONS": str(PARTITIONS),
            "RATERWATCH_METRICS_PORT": str(stack.take_port()),
        }
        result = made.run(topics, "--make-key")
        assert result.exit_code == 0, result.output
        made.start_worker()
        yield made
        made.stop_worker()


async def test_a_raw_id_is_found_nowhere_and_a_forgotten_person_stays_forgotten(scene: Scene) -> None:
    await send(scene, first=0)
    pseudonym = scene.pseudonym
    await scene.until(lambda: f'rater="{pseudonym}"' in scene.metrics() and scene.caught_up())
    everywhere = await asyncio.to_thread(dump, scene)
    assert pseudonym in everywhere, "else the search finds nothing at all"
    assert CANARY not in everywhere
    assert "jane" not in everywhere

    # All that is held, for the person.
    out = scene.folder / "held.json"
    result = await scene.run_beside(disclose, pseudonym, "--out", out)
    assert result.exit_code == 0, result.exception or result.output
    held = json.loads(out.read_text())
    assert len(held["judgments_as_sent"]) == len(held["answers_on_items"]) == ITEMS
    assert held["findings_as_published"]
    assert held["queues"][0]["windows"]["lifetime"]["judgments"] == ITEMS
    assert "toxicity" in out.with_suffix(".md").read_text()

    # Left alone while it is contested, and back again.
    assert (await scene.run_beside(restrict, pseudonym, "on", *WHO)).exit_code == 0
    await scene.until(lambda: f'rater_state{{rater="{pseudonym}"' not in scene.metrics() and scene.caught_up())
    assert "is restricted" in (await scene.run_beside(rater, pseudonym)).output
    assert (await scene.run_beside(restrict, pseudonym, "off", *WHO)).exit_code == 0
    await scene.until(lambda: f'rater_state{{rater="{pseudonym}"' in scene.metrics())

    # Erased.
    result = await scene.run_beside(forget, pseudonym, *WHO, "--yes", "--json")
    assert result.exit_code == 0, result.exception or result.output
    told = json.loads(result.stdout)
    assert told["not_yet"] == []
    assert {one["where"] for one in told["remains"] if one["until_ms"]} >= {"topic judgments", "topic findings"}
    assert traces(scene) == []
    assert "was forgotten" in (await scene.run_beside(rater, pseudonym)).output

    # It is not brought back by the producers, who know nothing of it …
    await send(scene, first=ITEMS)

    def refused() -> list[dict[str, object]]:
        result = scene.run(rejects, "list", "--json")
        listed = json.loads(result.stdout) if result.exit_code == 0 else []
        return [one for one in listed if one["reason"] == "forgotten"]

    await scene.until(lambda: len(refused()) == ITEMS and scene.caught_up())
    assert {one["bytes"] for one in await asyncio.to_thread(refused)} == {None}
    assert traces(scene) == []

    # … nor by reading everything again into an empty Redis.
    await scene.until(lambda: settled(scene))
    before = await asyncio.to_thread(scene.rows)
    scene.stop_worker()
    client = redis.Redis.from_url(scene.stack.redis.url)
    client.flushall()
    client.close()
    scene.environment["RATERWATCH_ALLOW_FULL_REPLAY"] = "true"
    scene.start_worker()
    await scene.until(lambda: scene.rows().keys() == before.keys() and scene.caught_up() and settled(scene))
    assert await asyncio.to_thread(scene.rows) == before
    assert traces(scene) == []
    assert pseudonym not in await asyncio.to_thread(scene._page)
    assert pseudonym not in (scene.folder / "worker.log").read_text()


async def send(scene: Scene, first: int) -> None:
    path = scene.folder / f"judgments{first}.csv"
    await asyncio.to_thread(path.write_text, judgments(first))
    result = await scene.run_beside(replay, path, "--pseudonym-key", scene.folder / "vendor.key")
    assert result.exit_code == 0, result.exception or result.output


def judgments(first: int) -> str:
    """So many items from this number on, each judged by six people; the canary always gives the same answer."""
    random_, now_ms = random.Random(first), time.time_ns() // 1_000_000
    lines = ["item_id,rater_id,label,gold,submitted_at_ms,duration_ms,queue,vendor_id"]
    for n in range(first, first + ITEMS):
        truth = random_.choice(("yes", "no", "unsure"))
        for person in (CANARY, *(f"person{m}@example.org" for m in range(5))):
            label = "no" if person == CANARY else truth if random_.random() < 0.95 else "unsure"
            at_ms = now_ms - 2 * ITEMS * MINUTE_MS + n * MINUTE_MS
            gold = truth if n % 4 == 0 else ""
            lines.append(f"i{n},{person},{label},{gold},{at_ms},{random_.randrange(2_000, 9_000)},toxicity,acme")
    return "\n".join(lines) + "\n"


def dump(scene: Scene) -> str:
    """Topics, Redis, /metrics and the worker's log, as text."""
    stored = [part for key, fields in scene.state().items() for pair in fields.items() for part in (key, *pair)]
    texts = b"\n".join([*scene.logs(), *stored]).decode(errors="replace")
    return "\n".join((texts, scene.metrics(), (scene.folder / "worker.log").read_text()))


def traces(scene: Scene) -> list[bytes]:
    """The keys of Redis that name the person in any of the ways in which anything here does."""
    hashed = xxhash.xxh3_64_intdigest(scene.pseudonym.encode())
    raw = hashed.to_bytes(8, "little")
    ways = (scene.pseudonym.encode(), raw, hashed.to_bytes(8, "big"), raw.hex().encode(), partner_bytes(hashed))
    return [
        key
        for key, fields in scene.state().items()
        if any(way in part for pair in fields.items() for part in pair for way in ways)
    ]


def settled(scene: Scene) -> bool:
    """Nothing changes any more: stage 2 gathers a second before it commits."""
    first = scene.rows()
    time.sleep(1.5)
    return scene.rows() == first
