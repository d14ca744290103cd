"""Real Kafka, real Redis and worker processes, for the transport's tests: what a test wants to start, kill and read."""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from redis.asyncio import Redis

from stack.local import LocalStack
from stream.intake.partition import partition_of
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.transport.connection import KafkaConnection
from stream.transport.topics import TopicSpec, declared_topics, ensure_topics
from tests.integration.transport.counting_stage import expected_raters, rater_row

REPOSITORY = Path(__file__).resolve().parents[3]


class Worker:
    """One worker process, and what it wrote to its log so far."""

    def __init__(self, given: dict[str, Any], log_file: Path, fault: str | None = None) -> None:
        environment = dict(os.environ, PYTHONPATH=str(REPOSITORY))
        if fault:
            environment["RATERWATCH_FAULT"] = fault
        self._log_file = log_file
        with log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.transport.worker_main", json.dumps(given)],
                stdout=log,
                stderr=log,
                env=environment,
                cwd=REPOSITORY,
            )

    @property
    def log(self) -> str:
        return self._log_file.read_text()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.wait()

    @property
    def claimed(self) -> set[str]:
        """The shards it has claimed at any time."""
        return set(re.findall(r"(\S+:\d+): claimed in ", self.log))

    @property
    def halted(self) -> set[str]:
        """The shards it has halted at any time."""
        return set(re.findall(r"(\S+:\d+) halted: ", self.log))

    @property
    def refusals(self) -> set[str]:
        """Why commits were refused."""
        return set(re.findall(r": commit refused \((\w+)\)", self.log))

    @property
    def rewinds(self) -> list[int]:
        """Offsets that it had to apply again, each time the stored state had gone back."""
        return [int(offsets) for offsets in re.findall(r"had gone back; (\d+) offsets", self.log)]

    def stop(self, patience_s: float = 30.0) -> int:
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(patience_s)


class World:
    """A stack with topics, and the workers of one test."""

    def __init__(self, stack: LocalStack, folder: Path, *, partitions: int = 4) -> None:
        self.stack, self.folder, self.partitions = stack, folder, partitions
        self.connection = KafkaConnection((stack.kafka.bootstrap,))
        self.settings: dict[str, Any] = {
            "kafka": stack.kafka.bootstrap,
            "redis": stack.redis.url,
            "session_seconds": 4,
            "cached_items": 300 * partitions,
            "cached_raters": 300 * partitions,
        }
        self.limits = {"idle_check_s": 1.0, "halted_poll_s": 0.3, "claim_wait_s": 3.0, "stop_wait_s": 3.0}
        self.workers: list[Worker] = []
        self.random = random.Random(11)

    def make_topics(self) -> None:
        specs: Sequence[TopicSpec] = declared_topics(
            judgments_partitions=self.partitions, outcomes_partitions=self.partitions
        )
        for report in ensure_topics(self.connection, specs, replication=1):
            assert not report.problems, report.problems

    def start_worker(self, fault: str | None = None, **settings: Any) -> Worker:
        own = self.settings | {"metrics_port": self.stack.take_port()} | settings
        log_file = self.folder / f"worker-{len(self.workers)}.log"
        worker = Worker({"settings": own, "limits": self.limits}, log_file, fault)
        self.workers.append(worker)
        return worker

    def end(self) -> None:
        for worker in self.workers:
            worker.signal(signal.SIGCONT)
            worker.kill()

    def judgments(self, count: int, *, poison: float = 0.0) -> list[tuple[int, bytes]]:
        """(partition, value) of made-up judgments; the poisoned ones are no JSON."""
        made = []
        for _ in range(count):
            item = self.random.randrange(3_000)
            value = {"item": item, "rater": self.random.randrange(400), "worth": self.random.randrange(1, 9)}
            wire = b"?" if self.random.random() < poison else msgspec.json.encode(value)
            made.append((partition_of(str(item), self.partitions), wire))
        return made

    async def produce(self, judgments: Sequence[tuple[int, bytes]], *, per_second: float | None = None) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka.bootstrap, linger_ms=5, max_batch_size=1 << 18)
        await producer.start()
        try:
            started = time.monotonic()
            for number, (partition, value) in enumerate(judgments):
                await producer.send("judgments", value, partition=partition)
                if per_second and number % 20 == 0:
                    await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
            await producer.flush()
        finally:
            await producer.stop()

    @asynccontextmanager
    async def load(self, per_second: float, *, poison: float = 0.0) -> AsyncIterator[None]:
        """Judgments keep coming until the block ends."""
        ending = asyncio.Event()

        async def keep_coming() -> None:
            while not ending.is_set():
                await self.produce(self.judgments(int(per_second), poison=poison), per_second=per_second)

        coming = asyncio.create_task(keep_coming())
        try:
            yield
        finally:
            ending.set()
            await coming

    async def read(self, topic: str) -> list[list[Any]]:
        """Every record of a topic, committed ones only, partition by partition."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.stack.kafka.bootstrap, isolation_level="read_committed")
        await consumer.start()
        try:
            count = self.partitions if topic in ("judgments", "outcomes") else 1
            places = [TopicPartition(topic, number) for number in range(count)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            found: list[list[Any]] = [[] for _ in places]
            for place in places:
                while await consumer.position(place) < ends[place]:
                    for records in (await consumer.getmany(place, timeout_ms=500)).values():
                        found[place.partition].extend(records)
            return found
        finally:
            await consumer.stop()

    async def raters(self) -> dict[int, tuple[int, int]]:
        """What stands in Redis."""
        store = open_store(RedisAccess(self.stack.redis.url))
        try:
            found = {}
            for number in range(self.partitions):
                rows = await store.scan(f"outcomes:{number}", "raters")
                found.update({int(name): rater_row(row) for name, row in rows.items()})
            return found
        finally:
            await store.close()

    async def outcomes_applied(self) -> int:
        return sum(count for count, _ in (await self.raters()).values())

    async def agrees(self, patience_s: float = 60.0) -> None:
        """Waits until Redis holds exactly what the oracle makes of the `judgments` logs."""
        expected = expected_raters(await self.read("judgments"))
        outcomes = sum(count for count, _ in expected.values())
        deadline = time.monotonic() + patience_s
        while (found := await self.raters()) != expected:
            applied = sum(count for count, _ in found.values())
            if time.monotonic() > deadline or applied > outcomes:
                raise AssertionError(f"{applied} outcomes applied, {outcomes} expected\n{self.tail()}")
            await asyncio.sleep(0.1)

    def tail(self) -> str:
        """The workers' last words."""
        parts = []
        for number, worker in enumerate(self.workers[-3:]):
            parts.append(f"--- worker {number} of the last, exit {worker.process.poll()}")
            parts += worker.log.splitlines()[-40:]
        return "\n".join(parts)

    def redis(self) -> "Redis":
        return Redis.from_url(self.stack.redis.url)
