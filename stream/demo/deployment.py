"""The local stack with topics, settings and one worker process."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from pathlib import Path

from stack.local import LocalStack
from stream.demo.desk import Desk
from stream.demo.recorder import Recorder
from stream.errors import Unavailable
from stream.intake.control import ControlKey, sign
from stream.intake.partition import partition_of
from stream.intake.payload import SETTINGS_SOURCE, SettingsPayload
from stream.intake.secret_file import write_secret
from stream.settings import Settings
from stream.transport.producer import KafkaProducer
from stream.transport.topics import declared_topics, ensure_topics

_TICKS = os.sysconf("SC_CLK_TCK")
_IN_FLIGHT = 20_000
_READY_S = 600.0  # a first start compiles for minutes where the machine is busy; one that died is noticed at once
_POLL_S = 0.05


class Deployment:
    """Used inside a LocalStack's block; `stop` ends the worker, the stack ends with its block."""

    def __init__(
        self,
        stack: LocalStack,
        folder: Path,
        *,
        partitions: int = 4,
        environment: Mapping[str, str] | None = None,
        recorder: Recorder | None = None,
        desk: Desk | None = None,
    ) -> None:
        self.stack, self.folder, self.recorder, self.desk = stack, folder, recorder, desk
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(
            kafka=stack.kafka.bootstrap,
            redis=stack.redis.url,
            partitions=partitions,
            metrics_port=stack.take_port(),
            control_key_file=self._key_file,
        )
        self._environment = dict(environment or {})
        self._worker: subprocess.Popen[bytes] | None = None

    @property
    def metrics_url(self) -> str:
        """Where the worker serves its metrics."""
        return f"http://{self.settings.metrics_host}:{self.settings.metrics_port}/metrics"

    @property
    def pid(self) -> int:
        """Process id of the worker. Raises Unavailable when it has ended."""
        if self._worker is None or self._worker.poll() is not None:
            raise Unavailable(f"the worker has ended; its last words:\n{self.log_tail()}")
        return self._worker.pid

    def check_alive(self) -> None:
        """Raises Unavailable, with the end of its log, when the worker has ended."""
        _ = self.pid

    def make_topics(self) -> None:
        """Makes all topics."""
        count = self.settings.partitions
        specs = declared_topics(judgments_partitions=count, outcomes_partitions=count)
        ensure_topics(self.settings.kafka_connection, specs, replication=1)

    def produce(self, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Sends (key, value) to `judgments` as fast as it goes, and waits until Kafka has all."""
        asyncio.run(self._produce(self._placed(records)))

    def publish(self, payload: SettingsPayload) -> None:
        """Makes a control key and sends the settings, signed with it, to every partition of `judgments`."""
        key = secrets.token_hex().encode()
        self._key_file.unlink(missing_ok=True)
        write_secret(str(self._key_file), key, "control key")
        now_ms = time.time_ns() // 1_000_000
        record = sign(ControlKey(key), source=SETTINGS_SOURCE, version=now_ms, at=now_ms, payload=payload)
        asyncio.run(self._produce((None, record, number) for number in range(self.settings.partitions)))

    def start_worker(self, **settings: str) -> None:
        """Starts the worker; `settings` are further RATERWATCH_ variables without their prefix, in small letters."""
        own = {
            "kafka": self.settings.kafka,
            "redis": self.settings.redis,
            "metrics_port": str(self.settings.metrics_port),
            "control_key_file": str(self._key_file),
        }
        named = {f"RATERWATCH_{name.upper()}": value for name, value in (own | settings).items()}
        command = [sys.executable, "-m", "stream", "worker"]
        with self._log_file.open("ab") as log:
            # In a session of its own: Ctrl-C at the terminal reaches the demo, which stops the worker in good order.
            self._worker = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                command, env=os.environ | self._environment | named, stdout=log, stderr=log, start_new_session=True
            )

    def wait_until_ready(self) -> None:
        """Returns once /readyz says yes. Raises Unavailable when the worker ends or takes too long."""
        ready = self.metrics_url.replace("/metrics", "/readyz")
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            self.check_alive()
            try:
                with urllib.request.urlopen(ready, timeout=2):  # noqa: S310 (our own worker)
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(_POLL_S)
        raise Unavailable(f"the worker was not ready within {_READY_S:.0f} s:\n{self.log_tail()}")

    def scrape(self) -> str:
        """The worker's metrics as Prometheus reads them."""
        with urllib.request.urlopen(self.metrics_url, timeout=10) as answer:  # noqa: S310 (our own worker)
            text: str = answer.read().decode()
        return text

    def cpu_seconds(self) -> float:
        """User and system time of the worker so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def signal(self, number: signal.Signals) -> None:
        """Sends the worker a signal."""
        os.kill(self.pid, number)

    def stop(self) -> int | None:
        """Stops the worker cleanly and answers its exit code; None when there was none."""
        if self._worker is None:
            return None
        self._worker.terminate()
        try:
            code = self._worker.wait(15)
        except subprocess.TimeoutExpired:
            self._worker.kill()
            code = self._worker.wait()
        self._worker = None
        return code

    def log_tail(self, lines: int = 20) -> str:
        """The end of the worker's log."""
        text = self._log_file.read_text(errors="replace") if self._log_file.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    async def send_with(self, producer: KafkaProducer, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Sends (key, value) with a producer that is kept open, and waits until Kafka has them."""
        await _send(producer, self.settings.judgments, self._placed(records))

    def _placed(self, records: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes | None, bytes, int]]:
        count = self.settings.partitions
        return ((key, value, partition_of(key.decode(), count)) for key, value in records)

    @property
    def _key_file(self) -> Path:
        return self.folder / "control.key"

    @property
    def _log_file(self) -> Path:
        return self.folder / "worker.log"

    async def _produce(self, records: Iterable[tuple[bytes | None, bytes, int]]) -> None:
        producer = KafkaProducer(self.settings.kafka_connection)
        try:
            await _send(producer, self.settings.judgments, records)
        finally:
            await producer.stop()


async def _send(producer: KafkaProducer, topic: str, records: Iterable[tuple[bytes | None, bytes, int]]) -> None:
    waiting: list[Awaitable[None]] = []
    for key, value, partition in records:
        waiting.append(producer.send(topic, value, key=key, partition=partition))
        if len(waiting) == _IN_FLIGHT:
            await asyncio.gather(*waiting)
            waiting = []
    await asyncio.gather(*waiting)
