"""Two people with raw ids go to work, and one asks to be forgotten: on real servers, with worker and case service."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
import xxhash

from stream.commands.backtest import backtest
from stream.commands.disclose import disclose
from stream.commands.forget import HELD, forget
from stream.commands.rater import rater
from stream.commands.rejects import rejects
from stream.commands.restrict import restrict
from stream.quality.standing_bytes import partner_bytes
from tests.desk_staff import Staff
from tests.integration.privacy.case_story import OWN_WORDS, appealed, at_the_desk, cases_of, closed, sent_to_vendor
from tests.integration.privacy.conftest import CANARY, ITEMS, MAILED, Scene
from tests.integration.privacy.mailing_desk import MailingDesk
from tests.mail_server import MailServer, taking_mail

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WHO = ("--by", "M. Okafor", "--reason", "asked for it")


async def test_a_raw_id_is_found_nowhere_and_a_forgotten_person_stays_forgotten(scene: Scene) -> None:
    async with taking_mail() as mail:
        with scene.case_service(mail.port) as desk:
            told = Told(scene, desk, Staff(desk, "dora"), mail)
            case_id = await vendors_hear_and_the_rater_appeals(told)
            await no_raw_id_is_anywhere(told)
            await all_that_is_held_is_told(told, case_id)
            await a_restricted_rater_is_left_alone(told)
            await a_rater_is_erased_once_no_case_is_open(told, case_id)
            await producers_do_not_bring_the_rater_back(told)
            await nor_does_a_full_replay(told)


@dataclass
class Told:
    """The servers, who works at them, and of whom it is told."""

    scene: Scene
    desk: MailingDesk
    staff: Staff
    mail: MailServer

    def __post_init__(self) -> None:
        self.rater, self.mailed = self.scene.pseudonym(CANARY), self.scene.pseudonym(MAILED)


async def vendors_hear_and_the_rater_appeals(told: Told) -> str:
    for one in (told.rater, told.mailed):
        await told.scene.until(lambda one=one: sent_to_vendor(told.staff, one))
    await told.scene.until(lambda: webhooks(told.scene) and told.mail.came)
    [sent] = webhooks(told.scene)
    case_id: str = sent["case"]["id"]
    assert OWN_WORDS in await asyncio.to_thread(appealed, sent["links"]["for_the_rater"], case_id)
    return case_id


async def no_raw_id_is_anywhere(told: Told) -> None:
    everywhere = await asyncio.to_thread(dump, told)
    for where, text in everywhere.items():
        assert CANARY not in text, where
        assert "jane" not in text.lower(), where
    for where in ("topics and Redis", "/metrics", "desk", "webhooks", "backtest"):
        assert told.rater in everywhere[where], f"else the search finds nothing at all in {where}"
    assert told.mailed in everywhere["mails"]
    assert OWN_WORDS in everywhere["desk"]


async def all_that_is_held_is_told(told: Told, case_id: str) -> None:
    out = told.scene.folder / "held.json"
    result = await told.scene.run_beside(disclose, told.rater, "--out", out)
    assert result.exit_code == 0, result.exception or result.output
    held = json.loads(out.read_text())
    assert len(held["judgments_as_sent"]) == len(held["answers_on_items"]) == ITEMS
    assert held["findings_as_published"]
    assert held["queues"][0]["windows"]["lifetime"]["judgments"] == ITEMS
    assert held["cases"][case_id]["appeals"][0]["words"] == OWN_WORDS
    assert "toxicity" in out.with_suffix(".md").read_text()


async def a_restricted_rater_is_left_alone(told: Told) -> None:
    scene, exported = told.scene, f'rater_state{{rater="{told.rater}"'
    assert (await scene.run_beside(restrict, told.rater, "on", *WHO)).exit_code == 0
    await scene.until(lambda: exported not in scene.metrics() and scene.caught_up())
    assert "is restricted" in (await scene.run_beside(rater, told.rater)).output
    assert (await scene.run_beside(restrict, told.rater, "off", *WHO)).exit_code == 0
    await scene.until(lambda: exported in scene.metrics() and scene.caught_up())


async def a_rater_is_erased_once_no_case_is_open(told: Told, case_id: str) -> None:
    scene = told.scene
    refused = await scene.run_beside(forget, told.rater, *WHO, "--yes")
    assert refused.exit_code == HELD
    assert case_id in refused.stderr
    await scene.until(lambda: closed(told.staff, told.rater))
    result = await scene.run_beside(forget, told.rater, *WHO, "--yes", "--json")
    assert result.exit_code == 0, result.exception or result.output
    said = json.loads(result.stdout)
    assert said["not_yet"] == []
    assert {one["where"] for one in said["remains"] if one["until_ms"]} >= {"topic judgments", "topic findings"}
    assert "sent before, and kept by who received it: case by webhook to acme" in said["cases"]
    assert any("backups" in one for one in said["cases"])
    assert traces(scene) == []
    assert "was forgotten" in (await scene.run_beside(rater, told.rater)).output
    await scene.until(lambda: case_traces(told) == [])


async def producers_do_not_bring_the_rater_back(told: Told) -> None:
    scene = told.scene
    await scene.send(first=ITEMS)

    def refused() -> list[dict[str, object]]:
        result = scene.run(rejects, "list", "--json")
        listed = json.loads(result.stdout) if result.exit_code == 0 else []
        return [one for one in listed if one["reason"] == "forgotten"]

    # A verdict of the case that was cleared may be on its way when the rater is erased, and is refused alike.
    await scene.until(lambda: len(refused()) >= ITEMS and scene.caught_up())
    assert {one["bytes"] for one in await asyncio.to_thread(refused)} == {None}
    assert traces(scene) == []


async def nor_does_a_full_replay(told: Told) -> None:
    """Everything is read again into an empty Redis, and the case service listens."""
    scene = told.scene
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
    assert told.rater not in await asyncio.to_thread(scene.page_of_metrics)
    assert told.rater not in (scene.folder / "worker.log").read_text()
    assert await asyncio.to_thread(case_traces, told) == []
    assert await asyncio.to_thread(cases_of, told.staff, told.mailed), "the other one's case goes on"
    assert verified(told.desk)["erased"] > 0


def webhooks(scene: Scene) -> list[dict]:
    """Bodies that arrived signed at the vendor's."""
    return [message.body for message in scene.recorder.messages if message.service == "vendor"]


def dump(told: Told) -> dict[str, str]:
    """Everything that anybody can read, as text, by where."""
    scene, desk = told.scene, told.desk
    stored = [part for key, fields in scene.state().items() for pair in fields.items() for part in (key, *pair)]
    return {
        "topics and Redis": b"\n".join([*scene.logs(), *stored]).decode(errors="replace"),
        "/metrics": scene.metrics(),
        "logs": (scene.folder / "worker.log").read_text() + desk.log.read_text(),
        "desk": at_the_desk(told.staff, desk),
        "webhooks": json.dumps([message._asdict() for message in scene.recorder.messages], ensure_ascii=False),
        "mails": "\n".join(f"{one}\n{one.get_content()}" for one in told.mail.came),
        "backtest": "\n".join(path.read_text(errors="replace") for path in backtested(scene)),
    }


def backtested(scene: Scene) -> list[Path]:
    """What a backtest over the same judgments, pseudonyms made, writes and says."""
    out = scene.folder / "report"
    key = scene.folder / "vendor.key"
    result = scene.run(backtest, scene.folder / "judgments0.csv", "--pseudonym-key", key, "--out", out)
    assert result.exit_code == 0, result.exception or result.output
    (out / "said").write_text(result.output)
    return [path for path in out.rglob("*") if path.is_file()]


def traces(scene: Scene) -> list[bytes]:
    """The keys of Redis that name the person in any of the ways in which anything here does."""
    pseudonym = scene.pseudonym(CANARY)
    hashed = xxhash.xxh3_64_intdigest(pseudonym.encode())
    raw = hashed.to_bytes(8, "little")
    ways = (pseudonym.encode(), raw, hashed.to_bytes(8, "big"), raw.hex().encode(), partner_bytes(hashed))
    return [
        key
        for key, fields in scene.state().items()
        if any(way in part for pair in fields.items() for part in pair for way in ways)
    ]


def case_traces(told: Told) -> list[str]:
    """Which of the person's pseudonym and words are left at the desk, in its exports, database or log."""
    everything = at_the_desk(told.staff, told.desk) + told.desk.log.read_text()
    return [trace for trace in (told.rater, OWN_WORDS) if trace in everything]


def verified(desk: MailingDesk) -> dict:
    command = [sys.executable, "-m", "stream", "audit", "verify", "--json", "--settings", str(desk.settings_file)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def settled(scene: Scene) -> bool:
    """Nothing changes any more: stage 2 gathers a second before it commits."""
    first = scene.rows()
    time.sleep(1.5)
    return scene.rows() == first
