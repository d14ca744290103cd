"""LocalStack: real servers for the demo, the tests and the benches, gone when the block ends."""

import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from stack.alertmanager import Alertmanager
from stack.errors import StackError
from stack.kafka import Kafka
from stack.ports import Ports
from stack.postgres import Postgres
from stack.process import Process
from stack.prometheus import Prometheus, Scraping
from stack.redis import Redis

Server = TypeVar("Server", bound=Process)


class LocalStack:
    """Starts the chosen servers at once, on free ports of 127.0.0.1, and stops them at the end of the `with` block.

    Data and logs go to `folder`, which stays, or to a temporary one, which does not. The servers die with this process
    even if it is killed. `scraping` names what Prometheus watches; when it names no Alertmanager, this stack's is used.

    >>> with LocalStack(kafka=False) as stack:  # doctest: +SKIP
    ...     stack.redis.url
    'redis://127.0.0.1:23456/0'
    """

    def __init__(  # noqa: PLR0913 (each names one thing of the stack, and all have a default)
        self,
        folder: Path | None = None,
        *,
        kafka: bool = True,
        redis: bool = True,
        postgres: bool = False,
        prometheus: bool = False,
        alertmanager: bool = False,
        kafka_settings: Mapping[str, str] | None = None,
        redis_max_memory: str | None = None,
        scraping: Scraping | None = None,
        alertmanager_config: Path | None = None,
    ) -> None:
        self._temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="raterwatch-")) if folder is None else folder.resolve()
        self._ports = Ports()
        take = self._ports.take
        self._kafka = Kafka(self.folder / "kafka", take(), take(), settings=kafka_settings) if kafka else None
        self._redis = Redis(self.folder / "redis", take(), max_memory=redis_max_memory) if redis else None
        self._postgres = Postgres(self.folder / "postgres", take()) if postgres else None
        self._alertmanager = (
            Alertmanager(self.folder / "alertmanager", take(), config=alertmanager_config) if alertmanager else None
        )
        self._prometheus = Prometheus(self.folder / "prometheus", take(), self._watch(scraping)) if prometheus else None

    @property
    def kafka(self) -> Kafka:
        """The broker. Raises StackError when the stack was made without it, like the properties below."""
        return _chosen(self._kafka, "kafka")

    @property
    def redis(self) -> Redis:
        """The Redis server."""
        return _chosen(self._redis, "redis")

    @property
    def postgres(self) -> Postgres:
        """The PostgreSQL server."""
        return _chosen(self._postgres, "postgres")

    @property
    def prometheus(self) -> Prometheus:
        """The Prometheus server."""
        return _chosen(self._prometheus, "prometheus")

    @property
    def alertmanager(self) -> Alertmanager:
        """The Alertmanager."""
        return _chosen(self._alertmanager, "alertmanager")

    def take_port(self) -> int:
        """A further free port, for a worker or another server beside this stack; free again when the block ends."""
        return self._ports.take()

    def __enter__(self) -> Self:
        """Start all servers at the same time. When one fails, the others are stopped and its StackError is raised."""
        try:
            with ThreadPoolExecutor() as pool:
                # The list takes every result, so that the first error is raised once all have settled.
                list(pool.map(lambda server: server.start(), self._servers()))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop all servers and remove the temporary folder."""
        self._end()

    def _end(self) -> None:
        # Data in a temporary folder are of no use afterwards, so nothing waits for an orderly end.
        for server in self._servers():
            if self._temporary:
                server.kill()
            else:
                server.stop()
        self._ports.release()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _servers(self) -> list[Process]:
        chosen: tuple[Process | None, ...] = (
            *(self._prometheus, self._alertmanager, self._postgres),
            *(self._redis, self._kafka),
        )
        return [server for server in chosen if server is not None]

    def _watch(self, scraping: Scraping | None) -> Scraping:
        watch = scraping or Scraping()
        if watch.alertmanager is None and self._alertmanager is not None:
            watch = replace(watch, alertmanager=self._alertmanager.address)
        return watch


def _chosen(server: Server | None, name: str) -> Server:
    if server is None:
        raise StackError(f"this stack has no {name}; make it with LocalStack({name}=True)")
    return server
