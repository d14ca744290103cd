"""A worker at work, and every command that looks at it or mends it, in the order in which a person would use them."""

import asyncio
import json

import pytest

from stream.commands.doctor import doctor
from stream.commands.queue import queue
from stream.commands.rater import rater
from stream.commands.rebuild import rebuild
from stream.commands.rejects import rejects
from stream.commands.top import top
from stream.quality.schema import Column

pytestmark = pytest.mark.slow


def judged(deployment):
    """Judgments of every rater and queue as `top` shows them."""
    result = deployment.run(top, "--json", "--limit", 1000)
    if result.exit_code:
        return {}
    return {(line["rater"], line["queue"]): line["judgments"] for line in json.loads(result.stdout)["raters"]}


def expected(crowd):
    """The same from a run that never saw Kafka."""
    return {
        (table.profiles[slot].rater_id, table.profiles[slot].queue): int(table.rows.life[slot, Column.JUDGMENTS])
        for stage in crowd.rater_stages
        for table in stage.tables.values()
        for slot in table.slots()
        if table.profiles[slot].rater_id and not table.rows.hot["training"][slot]
    }


@pytest.fixture(scope="module")
def records(deployment):
    """The crowd's log without its own settings record: the deployment has published the same."""
    return [(number, record.value) for number, log in enumerate(deployment.crowd.logs) for record in log[1:]]


async def test_a_worker_fills_what_top_rater_and_queue_show(deployment, records):
    await deployment.until(lambda: deployment.run(doctor).exit_code == 0)
    await deployment.produce(records)
    wanted = expected(deployment.crowd)
    await deployment.until(lambda: judged(deployment) == wanted)

    (rater_id, queue_name), count = max(wanted.items(), key=lambda pair: pair[1])
    shown = json.loads((await deployment.run_beside(rater, rater_id, "--queue", queue_name, "--json")).stdout)
    [whole] = [one for one in shown["queues"] if not one["training"]]
    assert whole["windows"]["lifetime"]["judgments"] == count
    found = json.loads((await deployment.run_beside(queue, queue_name, "--json")).stdout)
    in_queue = sum(n for (_, name), n in wanted.items() if name == queue_name)
    assert found["windows"]["lifetime"]["judgments"] == in_queue


async def test_doctor_finds_a_working_deployment_sound(deployment):
    await deployment.until(lambda: "0 records are not applied yet" in flat(deployment.run(doctor).output))
    result = await deployment.run_beside(doctor, "--json")
    assert result.exit_code == 0, result.output
    checks = json.loads(result.stdout)
    assert {"Kafka", "topics", "retention", "Redis", "shards", "queues file", "worker"} <= {c["name"] for c in checks}
    assert not [check for check in checks if check["status"] == "failure"]


async def test_refused_records_are_listed_and_sent_again_once(deployment):
    bad = b'{"type": "judgment", "queue": "nowhere", "rater_id": "ann@example.org"}'
    await deployment.produce([(1, bad)])

    def listed(*arguments):
        result = deployment.run(rejects, "list", "--json", *arguments)
        return json.loads(result.stdout) if result.exit_code == 0 else []

    await deployment.until(lambda: len(listed("--since", "1h")) == 1)
    [refused] = await asyncio.to_thread(listed)
    assert refused["id"].startswith("1:")
    table = (await deployment.run_beside(rejects, "list")).output
    assert refused["reason"] in table
    assert "ann@example" not in table

    send = rejects, "redrive", "--id", refused["id"], "--yes"
    assert "Sent 1 records again" in (await deployment.run_beside(*send)).output
    assert "nothing to send" in str((await deployment.run_beside(*send)).exception)
    # It is as bad as before, so it is refused again under its new id.
    await deployment.until(lambda: len(listed()) == 2)
    assert [record["redriven"] for record in await asyncio.to_thread(listed)] == [True, False]


@pytest.mark.parametrize("shard", ["judgments:0", "outcomes:1"])
async def test_rebuilding_a_shard_under_its_worker_ends_with_the_same_counts(deployment, shard):
    before = await asyncio.to_thread(judged, deployment)
    result = await deployment.run_beside(rebuild, "--shard", shard, "--yes")
    assert result.exit_code == 0, result.output
    assert f"{shard} begins again at offset 0" in result.output
    await deployment.until(lambda: judged(deployment) == before and deployment.run(doctor).exit_code == 0)


def test_rebuild_asks_first_and_a_no_changes_nothing(deployment):
    before = judged(deployment)
    result = deployment.run(rebuild, "--shard", "outcomes:0", input="n\n")
    assert result.exit_code == 1
    assert "records are applied again" in result.output
    assert judged(deployment) == before


async def test_doctor_names_a_redis_that_was_emptied(deployment):
    deployment.stop_worker()
    await flush(deployment.stack.redis.url)
    result = await deployment.run_beside(doctor, "--json")
    assert result.exit_code == 1
    emptied = [check for check in json.loads(result.stdout) if "was born before" in check["found"]]
    assert {name for check in emptied for name in check["name"].split(", ")} == {
        f"{topic}:{number}" for topic in ("judgments", "outcomes") for number in range(2)
    }


async def flush(url):
    from redis.asyncio import Redis  # noqa: PLC0415 (only here)

    client = Redis.from_url(url)
    try:
        await client.flushall()
    finally:
        await client.aclose()


def flat(text):
    return " ".join(text.split())
