"""The promise, on real Kafka, Redis and PostgreSQL: facts hold each judgment once, whatever dies, and nothing else."""

import asyncio
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import psycopg
import pytest
from psycopg.rows import dict_row

from stack.local import LocalStack
from stream.demo.account import stored_columns
from stream.demo.crowd import Crowd, simulated
from stream.demo.deployment import Deployment
from stream.demo.progress import caught_up
from stream.events import Adjudication, Event, Finding, Judgment, Sentence
from stream.facts.columns import KEPT, SUM_NAMES, TABLES
from stream.facts.read import read_facts
from stream.intake.moments import to_ms
from stream.transport.faults import Point
from stream.transport.producer import KafkaProducer
from tests.integration.exactly_once.nursery import Nursery, Worker

pytestmark = pytest.mark.timeout(180)
DAY_MS = 86_400_000
MONTH_MS = 30 * DAY_MS
NOW_MS = time.time_ns() // 1_000_000
JUDGMENTS, PATIENCE_S = 3_000, 60.0
MODULES = (
    "stream.commands.facts",
    "stream.facts_app",
    "stream.facts.parquet_store",
    "stream.facts.postgres.store",
)
POINTS = (Point.APPLIED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT)


class Month(NamedTuple):
    """A deployment without a worker yet, and a crowd's month of judgments, ending now."""

    deployment: Deployment
    nursery: Nursery
    events: list[Event]

    def facts(self, place: str, fault: str = "") -> Worker:
        environment = {
            "RATERWATCH_KAFKA": self.deployment.settings.kafka,
            "RATERWATCH_METRICS_PORT": str(port := self.deployment.stack.take_port()),
            "RATERWATCH_FAULT": fault,
        }
        return self.nursery.start(environment, "facts", "run", "--to", place, "--every", "0.1", "--port", str(port))


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    with LocalStack(postgres=True) as stack, Nursery(tmp_path, *MODULES) as nursery:
        deployment = Deployment(stack, tmp_path)
        deployment.make_topics()
        crowd = simulated(JUDGMENTS, 60, 11)
        queues = tuple(msgspec.structs.replace(queue, horizon_ms=60 * DAY_MS) for queue in crowd.settings.queues)
        deployment.publish(msgspec.structs.replace(crowd.settings, queues=queues))
        yield Month(deployment, nursery, ending_now(crowd))


def ending_now(crowd: Crowd) -> list[Event]:
    """The crowd's events in their order, spread over a month; what is sent twice keeps its time."""
    times = [ms_of(event) for event in crowd.events]
    place = {at_ms: number for number, at_ms in enumerate(sorted(set(times)), 1)}
    return [
        msgspec.structs.replace(event, **{field_of(event): NOW_MS - round((1 - place[at_ms] / len(place)) * MONTH_MS)})
        for event, at_ms in zip(crowd.events, times, strict=True)
    ]


def ms_of(event: Event) -> int:
    found = to_ms(getattr(event, field_of(event)))
    assert isinstance(found, int)
    return found


def field_of(event: Event) -> str:
    return "submitted_at" if isinstance(event, Judgment) else "at"


def test_both_stores_hold_each_judgment_once_over_kills_at_seeded_points(month: Month, tmp_path: Path) -> None:
    url, folder = month.deployment.stack.postgres.url, tmp_path / "facts"
    worker = month.nursery.start(
        {
            "RATERWATCH_KAFKA": month.deployment.settings.kafka,
            "RATERWATCH_REDIS": month.deployment.settings.redis,
            "RATERWATCH_METRICS_PORT": str(month.deployment.stack.take_port()),
            "RATERWATCH_CONTROL_KEY_FILE": str(month.deployment.settings.control_key_file),
        }
    )
    sending = threading.Thread(target=send_slowly, args=(month,))
    sending.start()
    with ThreadPoolExecutor() as pool:
        for attacked in [pool.submit(attack, month, place) for place in (url, str(folder))]:
            attacked.result()
    sending.join()
    wait_until(lambda: asyncio.run(caught_up(month.deployment.settings)), "the end of the logs")
    worker.send(signal.SIGTERM)
    assert worker.ended_within(15)
    for last in [month.facts(place) for place in (url, str(folder))]:
        read_to_the_end(last)

    files = {table.name: read_facts(folder, table.name).to_pylist() for table in TABLES}
    for name, rows in files.items():
        assert same_rows(rows, in_postgres(url, name)), name
    stored = asyncio.run(stored_columns(month.deployment.settings))
    rater_rows = {key: tuple(row[column] for column in KEPT) for key, row in stored.items()}
    assert by_rater_row(files["daily_facts"]) == {key: row for key, row in rater_rows.items() if any(row)}
    assert len({row["day"] for row in files["daily_facts"]}) >= 30
    told = sorted((row["id"], row["version"], row["event"]) for row in files["findings"])
    assert told == [(f"f{n}", 1 + v, event) for n in range(5) for v, event in enumerate(("opened", "closed"))]
    assert len(files["adjudicated_labels"]) == len(adjudications(month))


def attack(month: Month, place: str) -> None:
    """A process after another, each killed by its own hand at a point that it must pass before it stores anything."""
    rng = random.Random(place.partition(":")[0])
    for point in rng.sample(POINTS, len(POINTS)):
        times = rng.randint(1, 3) if point is Point.APPLIED else 1
        process = month.facts(place, f"KILL@{point}:{times}")
        assert process.ended_within(30), f"it lives: {process.log.read_text()[-2000:]}"


def send_slowly(month: Month) -> None:
    records = [(getattr(event, "item_id", "").encode(), msgspec.json.encode(event)) for event in month.events]
    piece = len(records) // 12
    asyncio.run(publish_findings(month))
    for begin in range(0, len(records), piece):
        month.deployment.produce(records[begin : begin + piece])
        time.sleep(0.3)  # so that attacks meet a log that grows


def read_to_the_end(process: Worker) -> None:
    wait_until(
        lambda: (
            process.counted("raterwatch_facts_commits_total") >= 0
            and process.counted("raterwatch_facts_complete_until_seconds") > 0
            and process.counted("raterwatch_facts_lag_records") == 0
        ),
        "the end of the logs in the facts",
    )
    process.send(signal.SIGTERM)
    assert process.ended_within(15)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.05)


def in_postgres(url: str, table: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(f"SELECT * FROM facts.{table}").fetchall()  # type: ignore[arg-type]


def same_rows(files: list[dict[str, Any]], stored: list[dict[str, Any]]) -> bool:
    """Whole numbers, texts and moments alike; numbers that are worked out, to the last digits."""

    def rough(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(sorted((k, f"{v:.12g}" if isinstance(v, float) else str(v)) for k, v in row.items()))

    return Counter(map(rough, files)) == Counter(map(rough, stored))


def by_rater_row(rows: list[dict[str, Any]]) -> dict[bytes, tuple[int, ...]]:
    """Over all days, guidelines and terms: a rater's columns in a queue."""
    sums: dict[bytes, np.ndarray] = {}
    for row in rows:
        mine = np.array([row[name] for name in SUM_NAMES], "i8")
        sums[row["row_key"][:16]] = sums.get(row["row_key"][:16], 0) + mine
    return {key: tuple(found.tolist()) for key, found in sums.items()}


async def publish_findings(month: Month) -> None:
    """Five findings, each opened and closed, and all of it twice: what a sender does whose acknowledgement was lost."""
    settings = month.deployment.settings
    producer = KafkaProducer(settings.kafka_connection)
    try:
        for number, event in [*product(range(5), ("opened", "closed"))] * 2:
            value = msgspec.json.encode(finding(number, event))
            await producer.send(settings.findings, value, partition=number % settings.partitions)
    finally:
        await producer.stop()


def finding(number: int, event: str) -> Finding:
    return Finding(
        id=f"f{number}",
        version=1 + (event == "closed"),
        event=event,  # type: ignore[arg-type]
        queue="q",
        detector="copying",
        state="suspect",
        sentence=Sentence(key="k", params={}, text="t"),
        opened_at=NOW_MS - 20 * DAY_MS,
        at=NOW_MS - DAY_MS * (10 - number),
        rater_id=f"rkx-{number}",
        measure=0.1 * number,
    )


def adjudications(month: Month) -> set[tuple[str, str, int, object]]:
    found = (event for event in month.events if isinstance(event, Adjudication))
    return {(event.queue, event.item_id, event.revision, event.at) for event in found}
