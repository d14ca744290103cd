"""Replay on a real broker: what lies in the log, and that a worker makes of it what a backtest does."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition

from stack.ports import Ports
from stream.backtest.sources import Sources, declare_queues, reading_after, survey_all
from stream.demo.account import expected_columns, settle, stored_columns
from stream.intake.partition import partition_of
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.settings_control import payload_of
from stream.intake.table import Reading
from stream.settings import Settings

DATA = Path(os.environ.get("RATERWATCH_DATA_FOLDER") or Path(__file__).parents[3].parent / "shared" / "data")
PARTITIONS = 4
APPLIED_WITHIN_S = 150


@pytest.fixture
def deployment(kafka, redis_server, unique_name, tmp_path):
    """Environment of a deployment of its own, with its topics, and a pseudonym key."""
    with Ports() as ports:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RATERWATCH_")} | {
            "RATERWATCH_KAFKA": kafka.bootstrap,
            "RATERWATCH_REDIS": redis_server.url,
            "RATERWATCH_GROUP": unique_name("group"),
            "RATERWATCH_JUDGMENTS": unique_name("judgments"),
            "RATERWATCH_OUTCOMES": unique_name("outcomes"),
            "RATERWATCH_FINDINGS": unique_name("findings"),
            "RATERWATCH_PARTITIONS": str(PARTITIONS),
            "RATERWATCH_CONTROL_KEY_FILE": str(tmp_path / "control.key"),
            "RATERWATCH_METRICS_PORT": str(ports.take()),
        }
        PseudonymKey.create(str(tmp_path / "vendor.key"))
        raterwatch(environment, "topics", "--make-key")
        yield environment


@pytest.fixture
def crowd_file(tmp_path):
    """Items of four judgments, some of them the same rater's again; every fifth has a known answer."""
    lines = ["item_id,rater_id,label,gold,duration_ms"]
    for n in range(1200):
        item, gold = n // 4, "ab"[n // 4 % 2] if n // 4 % 5 == 0 else ""
        lines.append(
            f"item-{item},r{(n * 7 + item) % 23 if n % 11 else item % 23},{'ab'[n * n % 3 % 2]},{gold},{500 + n}"
        )
    path = tmp_path / "crowd.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_declaration_comes_first_in_every_partition_and_judgments_follow_in_order(deployment, crowd_file, tmp_path):
    summary = replay(deployment, crowd_file, tmp_path)

    assert (summary["produced"], summary["declared"]) == (1200, ["default"])
    for partition, records in enumerate(logs(deployment)):
        events = [msgspec.json.decode(record.value) for record in records]
        assert [event["type"] for event in events] == ["control", *["judgment"] * (len(events) - 1)]
        assert {partition_of(event["item_id"], PARTITIONS) for event in events[1:]} == {partition}
        assert [record.key.decode() for record in records[1:]] == [event["item_id"] for event in events[1:]]
        rows = [int(event["judgment_id"].removeprefix("row-")) for event in events[1:]]
        assert rows == sorted(rows)
    assert sum(len(records) for records in logs(deployment)) == 1200 + PARTITIONS
    assert b'"r1"' not in b"".join(record.value for records in logs(deployment) for record in records)


def test_raw_ids_are_refused_before_anything_is_sent(deployment, crowd_file):
    failed = raterwatch(deployment, "replay", str(crowd_file), check=False)
    assert (failed.returncode, "--pseudonym-key" in failed.stderr) == (1, True)

    failed = raterwatch(deployment, "replay", str(crowd_file), "--accept-raw-ids", check=False)
    assert (failed.returncode, "accept_raw_ids = true" in failed.stderr) == (1, True)
    assert [len(records) for records in logs(deployment)] == [0] * PARTITIONS


@pytest.mark.slow
@pytest.mark.parametrize("real", [None, "act_zencrowd_us.csv"])
def test_a_worker_makes_of_a_replayed_file_what_a_backtest_does(deployment, crowd_file, tmp_path, real):
    if real and not (DATA / real).exists():
        pytest.skip(f"needs {real}, a real crowd, in the folder that RATERWATCH_DATA_FOLDER names")
    crowd_file = DATA / real if real else crowd_file
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen([*RATERWATCH, "worker"], env=deployment, stdout=log, stderr=log)
    try:
        replay(deployment, crowd_file, tmp_path)
        expected = backtested(crowd_file, tmp_path)
        settings = Settings.load({name: value for name, value in deployment.items() if name.startswith("RATERWATCH_")})
        deadline = time.monotonic() + APPLIED_WITHIN_S
        while (account := settle(expected, asyncio.run(stored_columns(settings)))).differing_rows:
            assert worker.poll() is None, (tmp_path / "worker.log").read_text()[-2000:]
            assert time.monotonic() < deadline, account
        assert account.judgments > 0
        front = json.loads(raterwatch(deployment, "top", "--once", "--json").stdout)["raters"]
        shown = json.loads(raterwatch(deployment, "rater", front[0]["rater"], "--json").stdout)
        assert front[0]["judgments"] > 0
        assert str(front[0]["judgments"]) in json.dumps(shown)
    finally:
        worker.terminate()
        worker.wait(30)


RATERWATCH = [sys.executable, "-c", "from stream.cli import main; main()"]


def raterwatch(environment, *arguments, check=True):
    done = subprocess.run([*RATERWATCH, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


def replay(environment, file, folder):
    key = str(folder / "vendor.key")
    return json.loads(raterwatch(environment, "replay", str(file), "--pseudonym-key", key, "--json").stdout)


def logs(environment):
    """All records by partition."""
    consumer = KafkaConsumer(bootstrap_servers=environment["RATERWATCH_KAFKA"], consumer_timeout_ms=10_000)
    try:
        places = [TopicPartition(environment["RATERWATCH_JUDGMENTS"], number) for number in range(PARTITIONS)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        found = [[] for _ in places]
        while any(consumer.position(place) < ends[place] for place in places):
            for place, records in consumer.poll(timeout_ms=1000).items():
                found[place.partition] += records
        return found
    finally:
        consumer.close()


def backtested(file, folder, **reading_options):
    reading = Reading(pseudonym=PseudonymKey.load(str(folder / "vendor.key")).pseudonym, **reading_options)
    found = survey_all([str(file)], reading)
    sources = Sources((str(file),), reading_after(found, reading), in_time_order=bool(found.exports))
    return expected_columns(sources, payload_of(declare_queues(found)), PARTITIONS)
