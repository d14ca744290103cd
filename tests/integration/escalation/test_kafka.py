"""Findings come over a real Kafka into cases, and what people decide goes back over it."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import func, select

from alerts.escalation.app import serve
from alerts.escalation.cases.actions import Clear, OpenEvidence
from alerts.escalation.feed.findings import read_findings, take_batch
from alerts.escalation.feed.publishing import publish_decisions
from alerts.escalation.service import Service
from alerts.escalation.settings import Kafka as KafkaSettings
from alerts.escalation.settings import Settings
from alerts.escalation.store.reading import CaseFilter, list_cases
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import CaseRow, FindingRow, OutgoingRow
from alerts.escalation.work.perform import perform
from stack.kafka import Kafka
from stream.events import Verdict
from stream.policy.declared import DeclaredPolicy
from stream.transport.connection import KafkaConnection
from stream.transport.topics import TopicSpec, ensure_topics
from tests.escalation_world import CONTRACTS, DORA, at, finding

# What is stored is told of on both databases elsewhere; this is about Kafka.
pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def service_of(store: Store, kafka: Kafka, name: Callable[[str], str]) -> Service:
    settings = Settings(
        kafka=KafkaSettings(
            servers=kafka.bootstrap, findings=name("findings"), judgments=name("judgments"), group=name("escalation")
        )
    )
    topics = [TopicSpec(topic, 2, {}) for topic in (settings.kafka.findings, settings.kafka.judgments)]
    ensure_topics(KafkaConnection((kafka.bootstrap,)), topics, replication=1)
    return Service(settings, store, CONTRACTS, DeclaredPolicy(), clock=lambda: at("2026-03-02T10:00"))


async def tell(service: Service, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=service.settings.kafka.servers)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(service.settings.kafka.findings, value, key=b"rater")
    finally:
        await producer.stop()


def count(service: Service, table: type) -> int:
    with service.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def until(condition: Callable[[], bool]) -> None:
    """Rows that another task writes tell nobody that they are there, so they are looked for."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_findings_become_cases_and_verdicts_go_back(store: Store, kafka: Kafka, unique_name) -> None:
    service = service_of(store, kafka, unique_name)
    news = [msgspec.json.encode(finding(number)) for number in (1, 2)]
    await tell(service, news[0], b"{no finding", news[1], news[0])
    running = asyncio.create_task(serve(service, (read_findings, publish_decisions)))
    await until(lambda: count(service, CaseRow) == 2)
    with store.writing() as session:
        case = list_cases(session, DORA, CaseFilter()).cases[0]
        for action in (OpenEvidence(), Clear(words="The new label was not in the guideline yet")):
            perform(session, CONTRACTS, DORA, case.id, action, service.clock())
        rater_id = case.rater_id or ""
    await until(lambda: count(service, OutgoingRow) == 0)
    verdict = await first_record(service)
    service.stop.set()
    await running
    assert verdict.key == rater_id.encode()
    told = msgspec.json.decode(verdict.value, type=Verdict)
    assert (told.rater_id, told.verdict, told.by, told.at) == (rater_id, "cleared", "dora", service.clock())


async def first_record(service: Service):  # type: ignore[no-untyped-def]
    consumer = AIOKafkaConsumer(
        service.settings.kafka.judgments,
        bootstrap_servers=service.settings.kafka.servers,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        async with asyncio.timeout(60):
            return await consumer.getone()
    finally:
        await consumer.stop()


async def test_what_was_read_before_a_crash_is_read_again_and_counts_once(
    store: Store, kafka: Kafka, unique_name
) -> None:
    service = service_of(store, kafka, unique_name)
    values = [msgspec.json.encode(finding(number)) for number in range(2, 6)]
    await tell(service, *values)
    # As a process would leave it that was killed after its commit in the store and before the one in Kafka.
    assert take_batch(service, values) == 4
    await tell(service, msgspec.json.encode(finding(6)))
    running = asyncio.create_task(serve(service, (read_findings,)))
    await until(lambda: count(service, FindingRow) == 5)
    service.stop.set()
    await running
    assert count(service, CaseRow) == 5


async def test_a_part_that_fails_ends_the_service_with_its_error(store: Store, kafka: Kafka, unique_name) -> None:
    service = service_of(store, kafka, unique_name)
    ended: list[str] = []

    async def fail(_service: Service) -> None:
        raise RuntimeError("broken")

    async def wait(of: Service) -> None:
        try:
            await of.stop.wait()
        finally:
            ended.append("waited")

    with pytest.raises(ExceptionGroup) as failure:
        await serve(service, (wait, fail))
    assert [str(error) for error in failure.value.exceptions] == ["broken"]
    assert ended == ["waited"]
