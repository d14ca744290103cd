"""The composition root of `raterwatch facts run`: settings in, a process out that follows the logs into a store."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from stream.errors import SettingsError, Unavailable
from stream.facts.book import Book, check_place
from stream.facts.follow import Follow, Pace
from stream.facts.port import FactStore, Written
from stream.facts.standing import Standing, TopicPlace, nothing_applied
from stream.intake.queues_file import load_settings
from stream.settings import Settings
from stream.telemetry.facts import FactsTelemetry, serve_page
from stream.transport.faults import Fault, no_fault, self_inflicted
from stream.transport.follower import Follower
from stream.transport.port import Partition
from stream.transport.topics import TopicFacts, look_up

_log = logging.getLogger(__name__)
_AGAIN_S = 5.0
_RECORDS = 5_000


class FactsOptions(NamedTuple):
    """Of one process. `store` is a folder or an address of PostgreSQL."""

    store: str
    pace: Pace
    host: str
    port: int


def open_fact_store(place: str, fault: Fault = no_fault) -> FactStore:
    """PostgreSQL for an address, Parquet files for a folder. Raises SettingsError or `Unavailable`."""
    if "://" in place:
        if not place.startswith("postgresql"):
            raise SettingsError(f"{place.split(':', 1)[0]}: is no store of facts; give a folder, or postgresql://…")
        from stream.facts.postgres.store import PostgresStore  # noqa: PLC0415 (only who uses it waits for it)

        return PostgresStore(place, fault)
    from stream.facts.parquet_store import ParquetStore  # noqa: PLC0415

    return ParquetStore(Path(place), fault)


async def run_facts(settings: Settings, options: FactsOptions) -> None:
    """Runs until SIGTERM or SIGINT. Begins again by itself while Kafka or the database does not answer."""
    said = os.environ.get("RATERWATCH_FAULT")
    fault = self_inflicted(said) if said else no_fault
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    told = FactsTelemetry(_now_ms)
    server = await serve_page(told.page, options.host, options.port)
    try:
        while not stop.is_set():
            try:
                await _follow(settings, options, told, fault, stop)
            except Unavailable as error:
                _log.warning("%s; trying again in %g s", error, _AGAIN_S)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _AGAIN_S)
    finally:
        await server.cleanup()


async def _follow(
    settings: Settings, options: FactsOptions, told: FactsTelemetry, fault: Fault, stop: asyncio.Event
) -> None:
    store = await asyncio.to_thread(open_fact_store, options.store, fault)
    try:
        facts = await asyncio.to_thread(topics_of, settings)
        standing = begun(store.standing(), settings, facts)
        book = Book(standing, _zones(settings), outcomes=settings.outcomes, findings=settings.findings)
        log = Follower(settings.kafka_connection, offsets_of(standing), _RECORDS)
        try:
            await log.start()
            await Follow(log, store, book, options.pace, _Telling(told), _now_ms, fault).run(stop)
        finally:
            await log.stop()
    finally:
        store.close()


def topics_of(settings: Settings) -> Mapping[str, TopicFacts]:
    """What Kafka says of the topics. Raises SettingsError when one is missing."""
    names = (settings.judgments, settings.outcomes, settings.findings)
    found = look_up(settings.kafka_connection, names)
    if missing := [name for name in names if name not in found]:
        raise SettingsError(f"Kafka has no topic {missing[0]}: run `raterwatch topics` first")
    return found


def begun(standing: Standing, settings: Settings, facts: Mapping[str, TopicFacts]) -> Standing:
    """The standing to go on from, checked against the topics; of a new store, the beginning of the logs."""
    for name, one in facts.items():
        check_place(standing, name, one.topic_id, one.partitions)
    if standing.topics:
        return standing
    return msgspec.structs.replace(
        standing,
        topics={name: TopicPlace(one.topic_id, [0] * one.partitions) for name, one in facts.items()},
        applied=nothing_applied(facts[settings.outcomes].partitions, facts[settings.judgments].partitions),
    )


def offsets_of(standing: Standing) -> dict[Partition, int]:
    """Where to read on."""
    return {
        Partition(topic, number): offset
        for topic, place in standing.topics.items()
        for number, offset in enumerate(place.offsets)
    }


def _zones(settings: Settings) -> dict[str, str]:
    if settings.queues is None:
        return {}
    declared = load_settings(settings.queues)
    return {name: queue.time_zone or declared.time_zone for name, queue in declared.queues.items()}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class _Telling:
    """The observer of the loop, in the words of the metrics."""

    def __init__(self, told: FactsTelemetry) -> None:
        self._told = told

    def committed(self, written: Written, passed_over: Mapping[str, int]) -> None:
        self._told.committed(written.rows, {**passed_over, "no_row": written.unknown})

    def stands(self, lag: Mapping[Partition, int], through_ms: int) -> None:
        by_topic: dict[str, int] = {}
        for partition, records in lag.items():
            by_topic[partition.topic] = by_topic.get(partition.topic, 0) + records
        self._told.stands(by_topic, through_ms)
