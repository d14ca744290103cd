"""The Log port on Faust.

Faust brings the group membership, the rebalances, the consumer in a thread of its own, so that heartbeats go on while
a batch is computed, and the agent that hands batches to the shards. faust_consumer.py says what is changed in it.
"""

# ruff: noqa: SLF001 (a group's heartbeat and the client's thread are private; the hook tests watch them)

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.exceptions import ConsumerNotStarted

from stream.errors import Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.ending import end
from stream.transport.faust_consumer import LogSettings, WorkerApp, position_of
from stream.transport.port import Handler, Partition

_log = logging.getLogger(__name__)

T = TypeVar("T")

_KAFKA_CALL_S = 10.0
_LAST_REPORT_S = 1.0


class FaustLog:
    """A member of a consumer group. Made inside the event loop that runs it; runs once."""

    def __init__(self, connection: KafkaConnection, settings: LogSettings) -> None:
        self._connection, self._settings = connection, settings
        self._app: WorkerApp | None = None
        self._reported: dict[Partition, int] = {}
        self._stopping = asyncio.Event()
        self._agent_failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, handler: Handler) -> None:
        """Delivers until `stop`. Raises `Unavailable` when Kafka does not answer at the start, and later whatever the
        handler or Faust's services raise: then the process must end, for what was in flight is lost to it.
        """
        await self._knock()
        app = self._app = WorkerApp(self._connection, self._settings, handler)
        app.agent(app.source, name="shards")(self._deliver_to(handler))
        app.on_partitions_revoked.connect(self._revoke_from(handler), weak=False)
        waits: list[asyncio.Future[Any]] = [
            asyncio.create_task(self._stopping.wait()),
            asyncio.create_task(self._live(app)),
            asyncio.create_task(self._report_to_group(handler)),
            self._agent_failure,
        ]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in done:
                wait.result()
        finally:
            await self._leave(app, handler)
            for wait in waits:
                await end(wait)

    async def stop(self) -> None:
        self._stopping.set()

    async def seek(self, partition: Partition, offset: int) -> None:
        async def move(client: Any) -> None:
            with contextlib.suppress(IllegalStateError):  # not ours any more: the revocation is on its way
                client.seek(TopicPartition(*partition), offset)

        await self._ask(move)

    async def bounds(self, partition: Partition) -> tuple[int, int]:
        place = TopicPartition(*partition)

        async def look(client: Any) -> tuple[int, int]:
            first, end = await asyncio.gather(client.beginning_offsets([place]), client.end_offsets([place]))
            return first[place], end[place]

        return await self._ask(look)

    async def position(self, partition: Partition) -> int | None:
        async def look(client: Any) -> int | None:
            return position_of(client, TopicPartition(*partition))

        return await self._ask(look)

    async def reported(self, partition: Partition) -> int | None:
        async def look(client: Any) -> int | None:
            offset: int | None = await client.committed(TopicPartition(*partition))
            return offset

        return await self._ask(look)

    async def owned(self, partition: Partition) -> bool:
        async def prove(client: Any) -> bool:
            coordinator = client._coordinator
            generation = coordinator.generation
            accepted = await coordinator._do_heartbeat()
            rejoining = coordinator._rejoin_needed_fut.done()
            same = coordinator.generation == generation and TopicPartition(*partition) in client.assignment()
            return bool(accepted and not rejoining and same)

        try:
            return await self._ask(prove)
        except Unavailable:
            return False

    async def _knock(self) -> None:
        """Faust tells a broker that is away by a traceback from its thread; this tells it in a sentence."""
        client = AIOKafkaClient(**self._connection.client_settings())
        try:
            await client.bootstrap()
        except KafkaError as error:
            raise self._unavailable(error) from error
        finally:
            await client.close()

    async def _live(self, app: WorkerApp) -> None:
        await app.start()
        await app.wait_until_stopped()
        raise app.crash_reason or Unavailable("Faust stopped without being asked to")

    def _deliver_to(self, handler: Handler) -> Callable[[Any], Coroutine[Any, Any, None]]:
        async def deliver(stream: Any) -> None:
            try:
                async for event in stream.noack().events():
                    for batch in event.value:
                        await handler.batch(batch)
            except Exception as error:
                # Faust would start the agent again and skip the batch that failed.
                if not self._agent_failure.done():
                    self._agent_failure.set_exception(error)
                raise

        return deliver

    def _revoke_from(self, handler: Handler) -> Callable[..., Awaitable[None]]:
        async def revoke(_app: Any, revoked: Any, **_: Any) -> None:
            await handler.revoked(frozenset(Partition(tp.topic, tp.partition) for tp in revoked))
            await self._report(handler.positions(), _LAST_REPORT_S)

        return revoke

    async def _leave(self, app: WorkerApp, handler: Handler) -> None:
        """Commits what is applied, tells the group, and leaves it, so that others take over at once."""
        app.consumer.stop_flow()
        with contextlib.suppress(ConsumerNotStarted):
            await handler.revoked(frozenset(Partition(tp.topic, tp.partition) for tp in app.consumer.assignment()))
            await self._report(handler.positions(), _LAST_REPORT_S)
        await app.stop()

    async def _report_to_group(self, handler: Handler) -> None:
        while True:
            await asyncio.sleep(self._settings.report_every_s)
            await self._report(handler.positions(), _KAFKA_CALL_S)

    async def _report(self, positions: Mapping[Partition, int], timeout_s: float) -> None:
        """Advances the group's offsets, for lag tools. They are never resumed from; a claim only compares with them."""
        news = {p: offset for p, offset in positions.items() if self._reported.get(p) != offset}

        async def commit(client: Any) -> None:
            ours = client.assignment()
            offsets = {TopicPartition(*p): OffsetAndMetadata(offset, "") for p, offset in news.items()}
            await client.commit({place: offset for place, offset in offsets.items() if place in ours})

        try:
            if news:
                await self._ask(commit, timeout_s)
                self._reported.update(news)
        except Unavailable as error:
            _log.info("The group's offsets were not reported this time: %s", error)

    async def _ask(self, question: Callable[[Any], Coroutine[Any, Any, T]], timeout_s: float = _KAFKA_CALL_S) -> T:
        """Runs a coroutine on the client in its own thread."""
        if self._app is None:
            raise Unavailable("The log is not running yet")
        try:
            thread = self._app.consumer._thread
            answer = asyncio.run_coroutine_threadsafe(question(thread._ensure_consumer()), thread.thread_loop)
            return await asyncio.wait_for(asyncio.wrap_future(answer), timeout_s)
        except (KafkaError, ConsumerNotStarted, TimeoutError, RuntimeError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: BaseException) -> Unavailable:
        return Unavailable(f"Kafka at {', '.join(self._connection.bootstrap)} does not answer: {error!r}")
