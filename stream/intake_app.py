"""The intake's composition root: settings in, a running door out. It alone puts these parts together."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stream.errors import SettingsError, Unavailable
from stream.intake.http.annotations import Annotations, MemoryAnnotations, StoredAnnotations
from stream.intake.http.gate import Gate
from stream.intake.http.health import Health, KafkaState
from stream.intake.http.intake import Intake
from stream.intake.http.rules import RulesFiles
from stream.intake.http.sending import Sender
from stream.intake.http.serving import Address, Certificate, serve
from stream.intake.http.usage import Usage
from stream.intake.rater_hashes import rater_hashes
from stream.settings import Settings
from stream.transport.port import Producer
from stream.transport.producer import KafkaProducer
from stream.transport.topics import look_up

_log = logging.getLogger(__name__)
_FORGET_EVERY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """What only the intake needs to know."""

    tokens: Path
    at: Address
    data_folder: Path | None
    remember_days: int
    certificate: Certificate | None = None


async def run_intake(settings: Settings, options: IntakeOptions) -> None:
    """Runs until SIGTERM or SIGINT. Raises SettingsError before it listens when something is wrong."""
    if settings.queues is None:
        raise SettingsError("name the queues file with --queues: judgments are checked as the workers check them")
    files = await asyncio.to_thread(RulesFiles, options.tokens, settings.queues)
    producer = KafkaProducer(settings.kafka_connection)
    kafka = KafkaState()
    stored = StoredAnnotations(options.data_folder, options.remember_days) if options.data_folder else None
    if stored is None:
        _log.warning("deletions in Label Studio are understood until this process ends: name a --data-folder")
    intake = intake_of(files, producer, settings.judgments, kafka, stored or MemoryAnnotations())
    side = Address(settings.metrics_host, settings.metrics_port)
    try:
        async with _background(kafka.keep_asking(_asking(settings)), files.keep_reading(), _forgetting(stored)):
            _log.info("listening on %s:%d, for machines on %s:%d", *options.at, *side)
            await serve(intake, options.at, side, options.certificate, _stop_asked())
    finally:
        await producer.stop()
        if stored is not None:
            stored.close()


def intake_of(files: RulesFiles, producer: Producer, topic: str, kafka: KafkaState, annotations: Annotations) -> Intake:
    """The parts put together; nothing listens yet."""
    gate, health, usage = Gate(files.rules.bounds), Health(kafka), Usage()
    usage.watch(gate, health, files)
    # The decoder compiles at its first call, for which no client should wait.
    rater_hashes(["rbc-2345bcdfghjk"])
    return Intake(files, gate, Sender(producer, topic, kafka), annotations, health, usage)


def _asking(settings: Settings) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        facts = await asyncio.to_thread(look_up, settings.kafka_connection, [settings.judgments])
        if settings.judgments not in facts:
            raise Unavailable(f"there is no topic {settings.judgments}: run `raterwatch topics`")

    return ask


async def _forgetting(stored: StoredAnnotations | None) -> None:
    while stored is not None:
        try:
            dropped = await asyncio.to_thread(stored.drop_old, time.time_ns() // 1_000_000)
        except Unavailable as error:
            _log.warning("old annotations are not dropped: %s", error)
        else:
            _log.info("dropped %d annotations that were remembered long enough", dropped)
        await asyncio.sleep(_FORGET_EVERY_S)


def _stop_asked() -> asyncio.Event:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    return asked


@asynccontextmanager
async def _background(*works: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
