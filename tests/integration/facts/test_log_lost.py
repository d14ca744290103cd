"""Kafka drops what was not followed yet: a halt that says what to do, and a hole that can be seen."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from stack.kafka import Kafka
from stream.commands.facts_restart import restart_facts
from stream.errors import StateError
from stream.facts.book import Book
from stream.facts.days import day_of
from stream.facts.follow import Follow, Pace
from stream.facts.observer import Unobserved
from stream.facts.parquet_store import ParquetStore
from stream.facts.read import read_facts
from stream.facts_app import begun, offsets_of, topics_of
from stream.settings import Settings
from stream.stages.items_stage import ItemStage
from stream.transport.follower import Follower
from stream.transport.producer import KafkaProducer
from stream.transport.topics import TopicSpec, ensure_topics
from tests.oracle.shards import directory, log_of, outcome_log, run

DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS


@pytest.fixture
def settings(kafka: Kafka, unique_name: Callable[[str], str]) -> Settings:
    names = {topic: unique_name(topic) for topic in ("judgments", "outcomes", "findings")}
    made = Settings(kafka=kafka.bootstrap, partitions=1, **names)
    # Kafka's time of a record is the one that it is sent with, so that a test can send from other days.
    specs = [TopicSpec(name, 1, {"message.timestamp.type": "CreateTime"}) for name in names.values()]
    ensure_topics(made.kafka_connection, specs, replication=1)
    return made


def judged(*days: int) -> list[bytes]:
    """A message of outcomes for each day's one judgment."""
    events = [(NOW_MS + day * DAY_MS, judgment(day)) for day in days]
    stage = ItemStage(0, 1, directory(), horizon_days=400)
    sent = run(stage, log_of(events), batches=range(len(days))).messages
    return [record.value or b"" for record in outcome_log(sent, 0)]


def judgment(day: int) -> dict[str, Any]:
    return {
        "judgment_id": f"j{day}",
        "item_id": f"i{day}",
        "rater_id": "r",
        "queue": "nominal",
        "vendor": "v",
        "label": "a",
        "submitted_at": NOW_MS + day * DAY_MS,
    }


async def send(settings: Settings, values: Sequence[bytes]) -> None:
    producer = KafkaProducer(settings.kafka_connection)
    for value in values:
        await producer.send(settings.outcomes, value, partition=0)
    await producer.stop()


def drop(settings: Settings, before: int) -> None:
    admin = KafkaAdminClient(**settings.kafka_connection.client_settings())
    admin.delete_records({TopicPartition(settings.outcomes, 0): before})
    admin.close()


async def follow(settings: Settings, folder: Path) -> None:
    """As `raterwatch facts run` does it, until a fetch finds nothing."""
    with closing(ParquetStore(folder)) as store:
        standing = begun(store.standing(), settings, topics_of(settings))
        book = Book(standing, {}, outcomes=settings.outcomes, findings=settings.findings)
        log = Follower(settings.kafka_connection, offsets_of(standing), 5_000)
        try:
            await log.start()
            loop = Follow(log, store, book, Pace(0, days_kept=100_000), Unobserved(), lambda: NOW_MS)
            for _ in range(3):
                await loop.step()
        finally:
            await log.stop()


async def test_a_gap_halts_and_a_restart_leaves_out_the_days_that_are_not_whole(
    settings: Settings, tmp_path: Path
) -> None:
    values = judged(0, 1, 2, 3, 4)
    await send(settings, values[:2])
    await follow(settings, tmp_path)
    assert len(read_facts(tmp_path)) == 2
    await send(settings, values[2:])
    drop(settings, 3)
    with pytest.raises(StateError, match=r"dropped what was not followed.*raterwatch facts restart"):
        await follow(settings, tmp_path)
    restart_facts(settings, str(tmp_path), ask=False)
    await follow(settings, tmp_path)
    with closing(ParquetStore(tmp_path)) as store:
        standing = store.standing()
    # What is left in the log was appended just now: the days of these judgments lie before the first whole one.
    assert standing.first_day > day_of(NOW_MS)
    assert standing.topics[settings.outcomes].offsets == [5]
    assert standing.applied == [[(4, 0)]]


async def test_a_restart_where_nothing_was_lost_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    await send(settings, judged(0, 1))
    await follow(settings, tmp_path)
    before = read_facts(tmp_path)
    restart_facts(settings, str(tmp_path), ask=False)
    await follow(settings, tmp_path)
    assert read_facts(tmp_path).equals(before)
