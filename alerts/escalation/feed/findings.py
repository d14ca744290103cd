"""Findings from Kafka into cases. Kafka is told that a batch is read only after the store has committed it.

A process that is killed in between reads the batch again, and taking a version twice changes nothing.
"""

import asyncio
import logging
from collections.abc import Sequence

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from alerts.escalation.feed.connection import client_settings
from alerts.escalation.service import Service
from alerts.escalation.work.take_finding import take_finding
from stream.events import Finding

_log = logging.getLogger(__name__)
_POLL_MS = 500
_BATCH = 200
_AGAIN_S = 5.0


async def read_findings(service: Service) -> None:
    """Reads until the service stops; a broker that does not answer is asked again."""
    while not service.stop.is_set():
        try:
            await _read(service)
        except KafkaError as error:
            _log.warning("Kafka does not answer (%s); asking again in %g s", type(error).__name__, _AGAIN_S)
            await service.pause(_AGAIN_S)


async def _read(service: Service) -> None:
    kafka = service.settings.kafka
    consumer = AIOKafkaConsumer(
        kafka.findings,
        group_id=kafka.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **client_settings(service.settings),
    )
    await consumer.start()
    try:
        while not service.stop.is_set():
            batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_BATCH)
            values = [record.value for records in batches.values() for record in records if record.value is not None]
            if values:
                await asyncio.to_thread(take_batch, service, values)
            if batches:
                await consumer.commit()
    finally:
        await consumer.stop()


def take_batch(service: Service, values: Sequence[bytes]) -> int:
    """Takes records in, in one transaction; returns how many were new. What is no finding is logged and passed."""
    new = 0
    with service.store.writing() as session:
        for value in values:
            try:
                finding = msgspec.json.decode(value, type=Finding)
            except msgspec.MsgspecError as error:
                # What stands in it may be about a person, so only the reason is said.
                _log.error("a record of topic findings is none and was passed over: %s", error)
                continue
            taken = take_finding(session, service.contracts, service.policy, finding, service.clock())
            new += taken is not None
    return new
