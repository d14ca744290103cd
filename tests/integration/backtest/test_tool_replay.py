"""A tool's export, as its owner has it, through real Kafka, worker and Redis: the same rows as a backtest, and the ways
out of the deployment that hang on nothing but its servers."""

import asyncio
import csv
import json
import random
import subprocess
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from raterwatch import read
from stream.commands.affected import affected
from stream.commands.backtest import backtest
from stream.commands.labels import labels
from stream.commands.replay import replay
from stream.demo.account import settle, stored_columns
from stream.intake.pseudonyms import PseudonymKey
from stream.settings import Settings
from tests.integration.backtest.test_replay import (
    APPLIED_WITHIN_S,
    PARTITIONS,
    RATERWATCH,
    backtested,
    deployment,
    logs,
)
from tests.oracle.flips import flips, standing

__all__ = ["deployment"]

TASKS, RATERS, ANSWERS = 400, 12, 3
CONSTANT = "worker-0"
HEADER = (
    "INPUT:image\tOUTPUT:animal\tGOLDEN:animal\tHINT:text\tASSIGNMENT:assignment_id\tASSIGNMENT:task_id\t"
    "ASSIGNMENT:worker_id\tASSIGNMENT:status\tASSIGNMENT:started\tASSIGNMENT:submitted"
)


@pytest.fixture
def export(tmp_path):
    """Results of a pool as Toloka writes them: a task's answers together, two tasks on a page, times in UTC without a
    word about it. One worker always gives the same answer; some assignments were skipped or have expired."""
    draw, begin = random.Random(4), datetime.now(UTC) - timedelta(days=2)
    rows = []
    for page in range(TASKS // 2):
        workers = draw.sample(range(RATERS), ANSWERS)
        for turn, worker in enumerate(workers):
            submitted = begin + timedelta(seconds=60 * page + 7 * turn)
            status = {3: "SKIPPED", 5: "EXPIRED"}.get(draw.randrange(60), "APPROVED")
            for task in (2 * page, 2 * page + 1):
                truth = "cat" if task % 2 else "dog"
                seen = truth if draw.random() < 0.82 else "dog" if truth == "cat" else "cat"
                answer = "cat" if worker == 0 else seen
                rows.append(
                    [
                        f"https://example.org/{task}.jpg",
                        answer if status == "APPROVED" else "",
                        truth if task % 7 == 0 else "",
                        "",
                        f"assignment-{page}-{worker}",
                        f"task-{task}",
                        f"worker-{worker}",
                        status,
                        f"{submitted - timedelta(seconds=9):%Y-%m-%dT%H:%M:%S.%f}",
                        f"{submitted:%Y-%m-%dT%H:%M:%S.%f}",
                    ]
                )
    rows.sort(key=lambda row: (row[5], row[6]))
    path = tmp_path / "toloka.tsv"
    path.write_text("\n".join([HEADER, *("\t".join(row) for row in rows)]) + "\n")
    return path


@pytest.mark.slow
def test_a_tools_export_leads_to_the_same_rows_and_labels_by_kafka_as_by_backtest(deployment, export, tmp_path):
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen([*RATERWATCH, "worker"], env=deployment, stdout=log, stderr=log)
    try:
        key, zone = str(tmp_path / "vendor.key"), ("--time-zone", "UTC")
        run(deployment, replay, str(export), *zone, "--pseudonym-key", key)
        settings = Settings.load({name: value for name, value in deployment.items() if name.startswith("RATERWATCH_")})
        expected = backtested(export, tmp_path, time_zone=ZoneInfo("UTC"))
        deadline = time.monotonic() + APPLIED_WITHIN_S
        while (account := settle(expected, asyncio.run(stored_columns(settings)))).differing_rows:
            assert worker.poll() is None, (tmp_path / "worker.log").read_text()[-2000:]
            assert time.monotonic() < deadline, account
        assert account.judgments > 1_000

        run(deployment, backtest, str(export), *zone, "--pseudonym-key", key, "--out", str(tmp_path / "report"))
        run(deployment, labels, "--out", str(tmp_path / "live"))
        live, offline = items_of(tmp_path / "live"), items_of(tmp_path / "report")
        assert len(offline) == TASKS
        assert live == offline

        constant = PseudonymKey.load(key).pseudonym(CONSTANT)
        tables = read.connect(settings.redis, outcomes=settings.outcomes, partitions=PARTITIONS)
        assert constant in tables.findings()["rater"].to_pylist()
        shown = run(deployment, affected, constant, "--since", "first", "--json")
        [told] = json.loads(shown.stdout)
        check_affected(told, constant, tables, logs(deployment), tmp_path / "events.jsonl")
    finally:
        worker.terminate()
        worker.wait(30)


def run(environment, command, *arguments):
    """In this process: to start one takes longer than most commands."""
    result = CliRunner(env=environment).invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return result


def items_of(folder):
    """By item: what does not hang on how sure the raters' accuracy was when the last batch was cut."""
    with (folder / "items.csv").open(newline="") as file:
        return {
            row["item_id"]: (json.loads(row["labels"]), row["judgments"], row["known_answer"], row["item_key"])
            for row in csv.DictReader(file)
        }


def check_affected(told, constant, tables, records, events):
    """Exactly the items that the oracle names, from the log and the accuracies in Redis."""
    events.write_bytes(b"\n".join(record.value for log in records for record in log[1:]))
    raters = tables.raters().to_pylist()
    accuracy = {(row["rater"], row["queue"]): row["accuracy"] for row in raters}
    expected = flips(events, constant, accuracy, {told["queue"]: ["cat", "dog"]})
    assert {(one["queue"], one["item_id"]) for one in told["items"] if one["flips"]} == expected
    assert len(expected) > 3
    mine = [some for some in standing(events).values() if constant in {answer["rater_id"] for answer in some}]
    assert told["all"]["items"] == len(mine)
    assert told["all"]["why"] == (
        f"{len(mine)} of {len(mine)} answers came without a cost; the producer sends no cost of judgments in this queue"
    )
    assert told["no_longer_held"] == 0
