"""What people decided goes to topic `judgments`: each event until Kafka has acknowledged it, then it is forgotten.

At least once. A verdict, gold or adjudication that comes twice says the same, so the stream takes it once.
"""

import asyncio
import logging

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import delete, select

from alerts.escalation.feed.connection import client_settings
from alerts.escalation.service import Service
from alerts.escalation.store.tables import OutgoingRow

_log = logging.getLogger(__name__)
_BATCH = 500
_IDLE_S = 0.5
_AGAIN_S = 5.0


async def publish_decisions(service: Service) -> None:
    """Sends until the service stops; a broker that does not answer is asked again."""
    while not service.stop.is_set():
        try:
            await _publish(service)
        except KafkaError as error:
            _log.warning("Kafka does not answer (%s); sending again in %g s", type(error).__name__, _AGAIN_S)
            await service.pause(_AGAIN_S)


async def _publish(service: Service) -> None:
    producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **client_settings(service.settings))
    await producer.start()
    try:
        while not service.stop.is_set():
            if not await publish_once(service, producer):
                await service.pause(_IDLE_S)
    finally:
        await producer.stop()


async def publish_once(service: Service, producer: AIOKafkaProducer) -> int:
    """Sends what is owed, in the order in which it was decided; returns how many."""
    owed = await asyncio.to_thread(_owed, service)
    topic = service.settings.kafka.judgments
    sent = [await producer.send(topic, value=value.encode(), key=key.encode()) for _, key, value in owed]
    await asyncio.gather(*sent)
    if owed:
        await asyncio.to_thread(_forget, service, [number for number, _, _ in owed])
    return len(owed)


def _owed(service: Service) -> list[tuple[int, str, str]]:
    with service.store.reading() as session:
        rows = session.scalars(select(OutgoingRow).order_by(OutgoingRow.id).limit(_BATCH))
        return [(row.id, row.key, row.value) for row in rows]


def _forget(service: Service, numbers: list[int]) -> None:
    with service.store.writing() as session:
        session.execute(delete(OutgoingRow).where(OutgoingRow.id.in_(numbers)))
