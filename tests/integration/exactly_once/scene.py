"""A deployment under attack: real Kafka and Redis, a crowd's judgments flowing in, workers that come and go."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.local import LocalStack
from stream.demo.account import Account, expected_columns, settle, stored_columns
from stream.demo.crowd import Crowd, simulated
from stream.demo.deployment import Deployment
from stream.demo.progress import caught_up, stored_offsets
from stream.demo.sending import send
from stream.events import Event
from tests.integration.exactly_once.nursery import Nursery, Worker
from tests.integration.exactly_once.oracle import expected_rows, stored_rows

_POLL_S = 0.05
_PATIENCE_S = 120.0


class Scene:
    """Sends in the background; `workers` are started and attacked by the test."""

    def __init__(self, deployment: Deployment, nursery: Nursery, crowd: Crowd) -> None:
        self.deployment, self._nursery, self._crowd = deployment, nursery, crowd
        self.settings = deployment.settings
        self.sent: list[Event] = []
        self._sender: threading.Thread | None = None

    def start_sending(self, per_second: float) -> None:
        """Sends the whole crowd at this pace."""

        def run() -> None:
            feed = send(
                self._crowd.events, self.settings, per_second=per_second, progress=lambda _: None, keep=self.sent
            )
            asyncio.run(feed)

        self._sender = threading.Thread(target=run, daemon=True)
        self._sender.start()

    def worker(self, fault: str = "") -> Worker:
        """A further worker of the group; `fault` as stream.transport.faults reads it."""
        own = {
            "KAFKA": self.settings.kafka,
            "REDIS": self.settings.redis,
            "METRICS_PORT": str(self.deployment.stack.take_port()),
            "CONTROL_KEY_FILE": str(self.settings.control_key_file),
            "SESSION_SECONDS": "4",
            "CACHED_ITEMS": "2000",  # small caches: rows leave memory and come back from Redis
            "CACHED_RATERS": "40",
            "FAULT": fault,
        }
        return self._nursery.start({f"RATERWATCH_{name}": value for name, value in own.items()})

    def applied(self) -> int:
        """Judgments applied and stored so far."""
        return asyncio.run(stored_offsets(self.settings))[0]

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Polls until it holds."""
        deadline = time.monotonic() + _PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come about"
            time.sleep(_POLL_S)

    def finish(self) -> Account:
        """Waits until all is sent and applied; the account against an engine that never saw Kafka."""
        if self._sender is not None:
            self._sender.join(_PATIENCE_S)
        self.wait_until(lambda: asyncio.run(caught_up(self.settings)), "the end of the logs")
        expected = expected_columns(self.sent, self._crowd.settings, self.settings.partitions)
        return settle(expected, asyncio.run(stored_columns(self.settings)))

    def differing_rows(self) -> list[str]:
        """Rows in Redis that are not, to the last bit, what one process makes of Kafka's logs."""
        expected = expected_rows(self.settings)
        found = asyncio.run(stored_rows(self.settings, expected))
        return [
            f"{shard} {name} {field!r}"
            for shard, rows in expected.items()
            for name, field in rows.keys() | found[shard].keys()
            if rows.get((name, field)) != found[shard].get((name, field))
        ]


@contextmanager
def scene(folder: Path, *, judgments: int, raters: int, seed: int) -> Iterator[Scene]:
    """Everything up, nothing sent, no worker yet."""
    crowd = simulated(judgments, raters, seed)
    with LocalStack(folder / "stack") as stack, Nursery(folder) as nursery:
        deployment = Deployment(stack, folder)
        deployment.make_topics()
        deployment.publish(crowd.settings)
        yield Scene(deployment, nursery, crowd)
