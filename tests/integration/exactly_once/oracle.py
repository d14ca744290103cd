"""What one process makes of the very logs that Kafka holds: the rows that Redis must hold, to the last bit."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.policy.declared import DeclaredPolicy
from stream.settings import Settings
from stream.stages.items_stage import ItemStage
from stream.stages.policies import Policies
from stream.stages.port import Flush, SourceRecord, Stage
from stream.stages.raters_stage import RatersStage
from stream.state.connect import open_store
from stream.state.keys import GOLDS

Rows = dict[tuple[str, bytes], bytes]
_BATCH = 3_000
_ITEM_KEY_BYTES = 16


def expected_rows(settings: Settings) -> dict[str, Rows]:
    """By shard, (key, field) -> value after all of both logs, each partition in its own order."""
    key = ControlKey.load(str(settings.control_key_file))
    rows = {}
    for number in range(settings.partitions):
        items = ItemStage(
            number,
            settings.partitions,
            Directory(key),
            partitions=settings.partitions,
            horizon_days=settings.horizon_days,
        )
        rows[f"{settings.judgments}:{number}"] = _visible(_run(items, read_log(settings, settings.judgments, number)))
        raters = RatersStage(number, settings.partitions, policies=Policies.of(DeclaredPolicy()))
        rows[f"{settings.outcomes}:{number}"] = _run(raters, read_log(settings, settings.outcomes, number))
    return rows


async def stored_rows(settings: Settings, expected: dict[str, Rows]) -> dict[str, Rows]:
    """The same from Redis, of the keys that the oracle wrote."""
    store = open_store(settings.redis_access)
    found: dict[str, Rows] = {}
    try:
        for shard, rows in expected.items():
            names = {name for name, _ in rows}
            found[shard] = _visible(
                {(name, field): value for name in names for field, value in (await store.scan(shard, name)).items()}
            )
    finally:
        await store.close()
    return found


def read_log(settings: Settings, topic: str, number: int) -> list[SourceRecord]:
    """Every record of a partition that a read-committed consumer sees."""

    async def read() -> list[SourceRecord]:
        consumer = AIOKafkaConsumer(
            **settings.kafka_connection.client_settings(),
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        await consumer.start()
        partition = TopicPartition(topic, number)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        records: list[SourceRecord] = []
        while await consumer.position(partition) < end:
            for some in (await consumer.getmany(timeout_ms=200)).values():
                records += some
        await consumer.stop()
        return records

    return asyncio.run(read())


def _run(stage: Stage, records: Sequence[SourceRecord]) -> Rows:
    rows: Rows = {}
    for begin in range(0, len(records), _BATCH):
        work = stage.read(records[begin : begin + _BATCH])
        while wanted := stage.missing(work):
            stage.fill({name: [None] * len(keys) for name, keys in wanted.items()}, wanted)
        stage.apply(work)
        _keep(rows, stage.flush())
    return rows


def _visible(rows: Rows) -> Rows:
    """Without what an item left behind when its first gold moved it to `golds`, which is read first: whether it was
    written before it moved depends on where flushes were cut.
    """
    moved = {field[:_ITEM_KEY_BYTES] for name, field in rows if name == GOLDS}
    return {
        (name, field): value
        for (name, field), value in rows.items()
        if not (name.startswith("items:") and field[:_ITEM_KEY_BYTES] in moved)
    }


def _keep(rows: Rows, flush: Flush) -> None:
    for name in flush.dropped:
        for place in [place for place in rows if place[0] == name]:
            del rows[place]
    for name, fields in flush.removed.items():
        for field in fields:
            rows.pop((name, field), None)
    for name, pairs in flush.rows.items():
        rows.update({(name, field): value for field, value in pairs})
