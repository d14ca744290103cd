import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner

from stack.local import LocalStack
from stream.commands.doctor import doctor
from stream.commands.topics import topics
from stream.events import DAY_MS
from tests.filled_state import Crowd

REPOSITORY = Path(__file__).resolve().parents[3]
PARTITIONS = 2


@dataclass
class Deployment:
    """Real Kafka and Redis, and workers started from the command line, as a person would."""

    stack: LocalStack
    folder: Path
    crowd: Crowd
    environment: dict[str, str] = field(default_factory=dict)
    worker: subprocess.Popen | None = None

    def run(self, command, *arguments, **options):
        return CliRunner(env=self.environment).invoke(command, list(map(str, arguments)), **options)

    async def run_beside(self, command, *arguments):
        """The same from an asynchronous test: a command runs an event loop of its own."""
        return await asyncio.to_thread(self.run, command, *arguments)

    def start_worker(self):
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "stream", "worker"],
                env=os.environ | self.environment | {"PYTHONPATH": str(REPOSITORY)},
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )

    def stop_worker(self):
        if self.worker is not None:
            self.worker.terminate()
            self.worker.wait(30)

    async def produce(self, records):
        """(partition, value) pairs into `judgments`."""
        producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka.bootstrap, linger_ms=5)
        await producer.start()
        try:
            for partition, value in records:
                await producer.send("judgments", value, partition=partition)
            await producer.flush()
        finally:
            await producer.stop()

    async def until(self, condition, patience_s=120.0):
        """Waits for a condition that is looked at in a thread."""
        try:
            async with asyncio.timeout(patience_s):
                while not await asyncio.to_thread(condition):  # noqa: ASYNC110 (servers tell nobody)
                    await asyncio.sleep(0.3)
        except TimeoutError:
            told = (await asyncio.to_thread(self.run, doctor)).output
            raise AssertionError(f"{told}\n{(self.folder / 'worker.log').read_text()[-3000:]}") from None


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Kafka and Redis with topics and a published queues file; no worker yet."""
    folder = tmp_path_factory.mktemp("commands")
    with LocalStack(folder / "stack") as stack:
        # Judgments older than the horizon are refused, so this crowd has worked lately.
        start_ms = time.time_ns() // 1_000_000 - 5 * DAY_MS
        crowd = Crowd(judgments=3_000, raters=24, partitions=PARTITIONS, seed=5, start_ms=start_ms)
        (folder / "queues.toml").write_text(crowd.queues_toml)
        deployment = Deployment(stack, folder, crowd)
        deployment.environment = {
            "RATERWATCH_KAFKA": stack.kafka.bootstrap,
            "RATERWATCH_REDIS": stack.redis.url,
            "RATERWATCH_QUEUES": str(folder / "queues.toml"),
            "RATERWATCH_CONTROL_KEY_FILE": str(folder / "control.key"),
            "RATERWATCH_PARTITIONS": str(PARTITIONS),
            "RATERWATCH_METRICS_PORT": str(stack.take_port()),
        }
        yield deployment


@pytest.fixture(scope="module")
def deployment(servers):
    """The same with a worker."""
    made = servers.run(topics, "--make-key")
    assert made.exit_code == 0, made.output
    servers.start_worker()
    yield servers
    servers.stop_worker()
