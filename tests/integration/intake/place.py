"""A topic of its own on a real Kafka, and an intake in front of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from stack.kafka import Kafka
from stream.events import Event
from stream.intake.parse import Parsed, parse
from stream.settings import Settings
from stream.transport.topics import declared_topics, ensure_topics
from tests.intake_process import IntakeProcess, Nursery
from tests.integration.exactly_once.oracle import read_log

PARTITIONS = 2
QUEUES = """
[queues.images]
labels = ["cat", "dog", "none"]
[queues.sentiment]
labels = ["positive", "negative"]
[vendors.acme]
[vendors.alba]
"""
RIGHTS = 'vendor = "acme"\nqueues = ["images"]\nknown_answers = true\nrecords_per_second = 1000000\n'
ONE = {"Content-Type": "application/json"}


class Place:
    """A topic of its own, and an intake in front of it."""

    def __init__(self, kafka: Kafka, nursery: Nursery, folder: Path, topic: str, kafka_seconds: float) -> None:
        self.kafka = kafka
        self.settings = Settings(kafka=kafka.bootstrap, judgments=topic, partitions=PARTITIONS)
        log = declared_topics(judgments_partitions=PARTITIONS, outcomes_partitions=1)[0]
        ensure_topics(self.settings.kafka_connection, [replace(log, name=topic)], replication=1)
        limits = f"kafka_seconds = {kafka_seconds}\nin_flight_batches = 8"
        self.intake = IntakeProcess(nursery, folder, kafka.bootstrap, QUEUES, rights=RIGHTS, limits=limits, topic=topic)

    def restart(self) -> None:
        self.intake.kill()
        self.intake.start()

    async def post(self, client: httpx.AsyncClient, body: Any, path: str = "/v1/judgments") -> httpx.Response:
        content = json.dumps(body).encode()
        return await client.post(f"{self.intake.url}{path}", content=content, headers=self.intake.headers | ONE)

    def log(self) -> list[Event]:
        """Every event in Kafka, each partition in its order."""
        records = [one for n in range(PARTITIONS) for one in read_log(self.settings, self.settings.judgments, n)]
        found = [parse(record.value) for record in records]
        assert all(isinstance(one, Parsed) for one in found)
        return [one.event for one in found if isinstance(one, Parsed)]
