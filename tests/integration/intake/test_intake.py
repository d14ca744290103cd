"""The intake's promises on a real Kafka: whoever was told "accepted" is counted once, whatever died meanwhile."""

import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from stream.demo.account import expected_columns, settle
from stream.events import Event, Judgment, Retraction
from stream.intake.queues_file import parse_settings
from stream.intake.settings_control import payload_of
from tests.intake_process import SECRET
from tests.integration.intake.place import PARTITIONS, QUEUES, Place

REPOSITORY = Path(__file__).parents[3]
BATCHES, BATCH = 120, 50
KILLS = 4


def judgments(count: int, seed: int = 1) -> list[dict[str, Any]]:
    rng, now_ms = random.Random(seed), time.time_ns() // 1_000_000
    return [
        {
            "judgment_id": f"j{n}",
            "item_id": f"i{n // 3}",
            "rater_id": f"worker-{(n // 3 * 7 + n % 3) % 40}",
            "queue": "images",
            "vendor": "acme",
            "label": rng.choice(["cat", "cat", "dog", "none"]),
            "submitted_at": now_ms - 1_000 + n // 10,
            "duration_ms": rng.randint(900, 20_000),
        }
        for n in range(count)
    ]


def assert_counted_once(sent: Sequence[Event], in_kafka: Sequence[Event]) -> None:
    """The stages over what lies in Kafka, repeats and all, against the stages over what was to be sent."""
    payload = payload_of(parse_settings(QUEUES))
    expected, found = expected_columns(sent, payload, PARTITIONS), expected_columns(in_kafka, payload, PARTITIONS)
    account = settle(expected, found)
    assert (account.lost, account.counted_twice, account.differing_rows) == (0, 0, 0)
    assert account.judgments > 0


async def keep_sending(at: Place, batches: list[list[dict[str, Any]]], done: list[int]) -> int:
    """A client that sends each batch until it is told that it is accepted; answers how often it had to repeat."""
    repeats = 0
    async with httpx.AsyncClient(timeout=10) as client:
        for batch in batches:
            while True:
                try:
                    answer = await at.post(client, batch)
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    assert answer.json()["accepted"] == len(batch)
                    break
                assert answer is None or answer.status_code in {429, 503}, answer.text
                repeats += 1
                await asyncio.sleep(0.05)
            done.append(len(batch))
    return repeats


async def test_killed_under_load_nothing_is_lost_and_nothing_counted_twice(at: Place) -> None:
    wanted = judgments(BATCHES * BATCH)
    batches = [wanted[begin : begin + BATCH] for begin in range(0, len(wanted), BATCH)]
    done: list[int] = []
    clients = [asyncio.create_task(keep_sending(at, batches[n::4], done)) for n in range(4)]
    for kill in range(1, KILLS + 1):
        while len(done) < kill * BATCHES // (KILLS + 1):  # noqa: ASYNC110 (the clients tell by counting)
            await asyncio.sleep(0.002)
        await asyncio.to_thread(at.restart)
    repeats = sum(await asyncio.gather(*clients))
    # Some of what was repeated had arrived: sent once more, so that the test needs no luck to mean something.
    async with httpx.AsyncClient(timeout=10) as client:
        assert (await at.post(client, batches[0])).status_code == 200
    in_kafka = await asyncio.to_thread(at.log)
    assert repeats >= KILLS
    assert len(in_kafka) > len(wanted)
    key = {one["judgment_id"]: one for one in wanted}
    first = {one.judgment_id: one for one in in_kafka if isinstance(one, Judgment)}
    assert first.keys() == key.keys()
    assert all(first[name].label == key[name]["label"] for name in key)
    assert not any(one.rater_id.startswith("worker") for one in first.values())
    assert "worker-" not in at.intake.log
    await asyncio.to_thread(assert_counted_once, list(first.values()), in_kafka)


async def test_a_label_studio_annotation_that_was_deleted_was_never_there(at: Place) -> None:
    def event(action: str, number: int, label: str, minute: int = 0) -> dict[str, Any]:
        now = time.strftime("%Y-%m-%dT%H:", time.gmtime(time.time() - 3_600))
        value = {"choices": [label]}
        annotation = {
            "id": number,
            "task": 19,
            "completed_by": number,
            "result": [{"from_name": "q", "to_name": "x", "type": "choices", "value": value}],
            "created_at": f"{now}00:00Z",
            "updated_at": f"{now}{minute:02}:00Z",
            "lead_time": 5.0,
        }
        return {"action": action, "annotation": annotation, "task": {"id": 19, "data": {}}}

    story = [event("ANNOTATION_CREATED", n, label) for n, label in ((1, "cat"), (2, "dog"), (3, "cat"))]
    story += [event("ANNOTATION_UPDATED", 3, "none", minute=2)]
    async with httpx.AsyncClient(timeout=10) as client:
        for one in story:
            assert (await at.post(client, one, "/v1/webhooks/label-studio")).status_code == 200
        await asyncio.to_thread(at.restart)
        await asyncio.to_thread(at.intake.wait_until_ready)
        gone = {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 3}]}
        assert (await at.post(client, gone, "/v1/webhooks/label-studio")).json()["accepted"] == 1
    in_kafka = await asyncio.to_thread(at.log)
    assert [isinstance(one, Retraction) for one in in_kafka] == [False] * 4 + [True]
    never = [one for one in in_kafka if isinstance(one, Judgment) and one.judgment_id != "3"]
    await asyncio.to_thread(assert_counted_once, never, in_kafka)


@pytest.mark.parametrize("at", [1.0], indirect=True)
async def test_kafka_away_is_503_then_429_and_once_it_is_back_all_arrives_once(at: Place) -> None:
    wanted = judgments(40, seed=2)
    at.kafka.pause()
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answers = [(await at.post(client, [one])).status_code for one in wanted[:2]]
            answers += [
                answer.status_code for answer in await asyncio.gather(*(at.post(client, [one]) for one in wanted[2:14]))
            ]
            assert set(answers) == {503, 429}
            assert answers[:2] == [503, 503]
            assert (await client.get(f"{at.intake.url}/readyz")).status_code == 503
    finally:
        at.kafka.resume()
    done: list[int] = []
    await asyncio.wait_for(keep_sending(at, [wanted], done), 30)
    in_kafka = await asyncio.to_thread(at.log)
    first = {one.judgment_id: one for one in in_kafka if isinstance(one, Judgment)}
    assert len(first) == len(wanted)
    await asyncio.to_thread(assert_counted_once, list(first.values()), in_kafka)


async def test_asked_to_stop_it_answers_what_is_under_way_and_takes_no_more(at: Place) -> None:
    [one] = judgments(1)
    async with httpx.AsyncClient(timeout=10) as client, httpx.AsyncClient(timeout=10) as other:
        at.kafka.pause()
        try:
            under_way = asyncio.create_task(at.post(client, [one]))
            await until(lambda: "raterwatch_intake_in_flight_batches 1.0" in at.intake.metrics())
            at.intake.terminate()
            await until_nobody_answers(other, f"{at.intake.url}/readyz")
            with pytest.raises(httpx.TransportError):
                await at.post(other, [one | {"judgment_id": "late"}])
        finally:
            at.kafka.resume()
        assert (await under_way).status_code == 200
    assert await asyncio.to_thread(at.intake.ended, 10)
    assert at.intake.log.endswith("ended with 0\n")
    assert [event.judgment_id for event in await asyncio.to_thread(at.log) if isinstance(event, Judgment)] == ["j0"]


async def until(condition: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(condition):  # noqa: ASYNC110 (another process tells nobody)
        await asyncio.sleep(0.01)


async def until_nobody_answers(client: httpx.AsyncClient, url: str) -> None:
    with contextlib.suppress(httpx.TransportError):
        while await client.get(url):  # noqa: ASYNC110 (another process tells nobody)
            await asyncio.sleep(0.01)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_work(at: Place, tmp_path: Path) -> None:
    now = datetime.now(UTC).isoformat()
    text = re.sub(r'("submitted_at": )"[^"]+"', rf'\1"{now}"', (REPOSITORY / "docs/intake.md").read_text())
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if "curl" in line]
    result = [{"from_name": "q", "to_name": "x", "type": "choices", "value": {"choices": ["positive"]}}]
    annotation = {"id": 1, "completed_by": 2, "created_at": now, "result": result}
    (tmp_path / "label_studio.json").write_text(json.dumps([{"id": 1, "data": {}, "annotations": [annotation]}]))
    lines = [json.dumps(one | {"queue": "sentiment", "vendor": "alba", "label": "positive"}) for one in judgments(3)]
    (tmp_path / "judgments.jsonl").write_text("\n".join(lines))
    (tmp_path / "intake" / "intake.toml").write_text(
        (tmp_path / "intake" / "intake.toml").read_text().replace('"acme"', '"alba"').replace('"images"', '"sentiment"')
    )
    at.restart()
    at.intake.wait_until_ready()
    assert len(commands) == 4
    for command in commands:
        ran = subprocess.run(
            ["bash", "-ceu", command.replace("https://intake.example.com", at.intake.url)],
            cwd=tmp_path,
            env=os.environ | {"TOKEN": SECRET},
            capture_output=True,
            text=True,
            check=False,
        )
        assert json.loads(ran.stdout)["accepted"] > 0, command + ran.stdout + ran.stderr
