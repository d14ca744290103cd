"""Faust's consumer, changed at five seams; with faust_log.py the only file that knows Faust and aiokafka's inside.

- One event carries a whole fetch, a batch a partition, each stamped with the positions before and after it (`getmany`).
- A fetch asks only for partitions whose shard has room (`_getmany`).
- After an assignment, reading begins where the shards say, not where the group committed (`seek_to_committed`).
- The client reads committed records only (`_create_worker_consumer`), and asks when the pace says (`on_start`, with
  paced_fetcher.py).

Each is held by tests/unit/transport/test_faust_hooks.py: an upgrade that moves one fails there, not in production.
"""

# ruff: noqa: SLF001 (this file is about private members; the hook tests watch them)

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import faust
import uvloop
from aiokafka.errors import ConsumerStoppedError
from aiokafka.structs import TopicPartition
from faust.app.base import BootStrategy as _BootStrategy
from faust.transport.drivers import aiokafka as driver

from stream.transport.connection import KafkaConnection
from stream.transport.fetch_pace import FetchPace
from stream.transport.paced_fetcher import pace_fetcher
from stream.transport.port import Batch, Handler, Partition

_log = logging.getLogger(__name__)

_GATED_FETCH_S = 0.02  # while a shard is full the others are not waited for longer, lest it waits with them
_REASSIGNING_S = 0.05
_DAY_S = 86_400.0  # our own watchdog sees a worker that stops polling; leaving the group would only hide it
_EVENTS_WAITING = 16  # an event is a batch, and the agent never waits
_REQUEST_TIMEOUT_S = 40.0


@dataclass(frozen=True, slots=True)
class LogSettings:
    """A consumer group's pace. The fetch settings were measured at a steady 2,000 judgments a second."""

    group: str
    topics: tuple[str, ...]
    client_id: str = "raterwatch"
    session_timeout_s: float = 10.0
    heartbeat_s: float = 2.0
    gathered: tuple[str, ...] = ()  # topics that wait for beats, see fetch_pace.py for this and the following
    beat_ms: int = 150
    settle_ms: int = 30
    fetch_enough_bytes: int = 256 * 1024
    poll_records: int = 8_000
    partition_fetch_bytes: int = 2 * 1024 * 1024
    report_every_s: float = 5.0  # how often lag tools are told


class WorkerApp(faust.App):  # type: ignore[misc]
    """A Faust app without web server, tables, leader election and producer; `source` is the topics it consumes."""

    def __init__(self, connection: KafkaConnection, settings: LogSettings, handler: Handler) -> None:
        super().__init__(
            settings.group,
            broker=[f"kafka://{server}" for server in connection.bootstrap],
            broker_credentials=_credentials(connection),
            broker_client_id=settings.client_id,
            broker_session_timeout=settings.session_timeout_s,
            broker_heartbeat_interval=settings.heartbeat_s,
            broker_request_timeout=_REQUEST_TIMEOUT_S,
            broker_max_poll_interval=_DAY_S,
            broker_max_poll_records=settings.poll_records,
            consumer_max_fetch_size=settings.partition_fetch_bytes,
            consumer_auto_offset_reset="none",
            key_serializer="raw",
            value_serializer="raw",
            stream_buffer_maxsize=_EVENTS_WAITING,
            stream_wait_empty=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
            autodiscover=False,
        )
        self.log_settings, self.handler = settings, handler
        # Faust's acknowledgements are off: offsets live with the state, and lag tools are told from there.
        self.source = self.topic(*settings.topics, acks=False, value_serializer="raw", key_serializer="raw")

    class BootStrategy(_BootStrategy):  # type: ignore[misc]
        """Faust's services without its producer: the outbox has one of its own."""

        enable_kafka_producer = False
        enable_web = False

    async def on_first_start(self) -> None:
        """Makes no data folder: there are no tables."""

    def _new_transport(self) -> Any:
        return WorkerTransport(self.conf.broker_consumer, self)


class WorkerConsumer(driver.Consumer):  # type: ignore[misc]
    """Yields one message a fetch; its value is a list of `Batch`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._handler: Handler = self.app.handler
        self._read_offset = _Forgetful()

    def _new_consumer_thread(self) -> "WorkerThread":
        thread = WorkerThread(self, loop=self.loop, thread_loop=uvloop.new_event_loop(), beacon=self.beacon)
        thread._close_thread_loop_on_stop = True  # as it would with one that it made itself
        return thread

    async def seek_to_committed(self) -> Mapping[TopicPartition, int]:
        """Called after every assignment, and idempotent like the handler, which seeks by itself."""
        owned = frozenset(Partition(tp.topic, tp.partition) for tp in self.assignment())
        claimed = await self._handler.assigned(owned)
        return {TopicPartition(*partition): offset for partition, offset in claimed.items()}

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, Any]]:  # noqa: ASYNC109 (Faust's signature)
        """One message for all records of a fetch; what is dropped here is noticed as a gap and read again.

        An event costs Faust some hundred microseconds, and a fetch brings a batch for each of a worker's partitions.
        """
        fetched, _ = await self._wait_next_records(timeout)
        if not fetched or self.should_stop or not self.flow_active:
            return
        tp, batch = next(iter(fetched.items()))
        message = self._to_message(tp, batch.records[-1])
        message.value = list(fetched.values())
        yield tp, message

    async def _getmany(self, active_partitions: Iterable[Any] | None, timeout: float) -> Mapping[Any, Batch]:  # noqa: ASYNC109
        active = {TopicPartition(tp.topic, tp.partition) for tp in active_partitions or ()}
        ready = {tp for tp in active if self._handler.room(Partition(*tp))}
        if not ready:
            await asyncio.sleep(_GATED_FETCH_S)
            return {}
        wait_s = timeout if len(ready) == len(active) else min(timeout, _GATED_FETCH_S)
        fetch = asyncio.run_coroutine_threadsafe(self._thread.fetch(ready, wait_s), self._thread.thread_loop)
        fetched: Mapping[Any, Batch] = await asyncio.wrap_future(fetch)
        return fetched


class WorkerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """The thread in which aiokafka's consumer lives."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        client = super()._create_worker_consumer(transport)
        client._isolation_level = "read_committed"
        return client

    async def on_start(self) -> None:
        """Starts the client, whose fetcher is made then."""
        await super().on_start()
        own: LogSettings = self.app.log_settings
        beats = {"beat_ms": own.beat_ms, "settle_ms": own.settle_ms, "enough_bytes": own.fetch_enough_bytes}
        pace_fetcher(self._ensure_consumer()._fetcher, FetchPace(own.gathered, **beats))

    async def fetch(self, partitions: set[TopicPartition], wait_s: float) -> dict[TopicPartition, Batch]:
        """What is there for these partitions, after at most `wait_s`; runs in this thread's loop."""
        client = self._ensure_consumer()
        fetcher, subscriptions = client._fetcher, client._subscription
        deadline = asyncio.get_running_loop().time() + wait_s
        with subscriptions.fetch_context():
            while True:
                if client._closed or fetcher._closed:
                    raise ConsumerStoppedError
                if subscriptions.reassignment_in_progress:
                    await asyncio.sleep(_REASSIGNING_S)
                    return {}
                fetched = await _fetch_now(client, partitions)
                wait_s = deadline - asyncio.get_running_loop().time()
                if fetched or wait_s <= 0:
                    return fetched
                arrival = fetcher._create_fetch_waiter()
                await asyncio.wait([arrival], timeout=wait_s)
                # Cancelling takes it off the fetcher's list; when it is done, this raises what went wrong in the group.
                if not arrival.cancel():
                    arrival.result()


class WorkerTransport(driver.Transport):  # type: ignore[misc]
    """Faust's way to find the consumer class."""

    Consumer = WorkerConsumer


def position_of(client: Any, partition: TopicPartition) -> int | None:
    """Where the next fetch begins; None before the first seek, or when the partition is not assigned."""
    subscription = client._subscription.subscription
    assignment = None if subscription is None else subscription.assignment
    state = None if assignment is None else assignment.state_value(partition)
    return state.position if state is not None and state.has_valid_position else None


async def _fetch_now(client: Any, partitions: set[TopicPartition]) -> dict[TopicPartition, Batch]:
    """Without a wait nothing else runs in between, so the positions before and after are those of these records.

    A partition without a position is left alone: after a rebalance the client may hold an error for it, because the
    group never reported an offset, until the shard has claimed and sought.
    """
    positions = {partition: position_of(client, partition) for partition in partitions}
    starts = {partition: start for partition, start in positions.items() if start is not None}
    if not starts:
        return {}
    fetched = await client._fetcher.fetched_records(set(starts), timeout=0, max_records=client._max_poll_records)
    batches = {}
    for partition, records in fetched.items():
        end = position_of(client, partition) or records[-1].offset + 1
        batches[partition] = Batch(Partition(partition.topic, partition.partition), starts[partition], records, end)
    return batches


class _Forgetful(defaultdict[Any, int | None]):
    """Faust would drop an event that it thinks it has read already, and after a seek back it is wrong about that.
    Shards know their own offsets, so it is made to remember nothing.
    """

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def __missing__(self, key: Any) -> None:
        return None

    def __setitem__(self, key: Any, value: int | None) -> None: ...

    def update(self, *args: Any, **kwargs: Any) -> None: ...


def _credentials(connection: KafkaConnection) -> Any:
    if connection.sasl_mechanism is not None:
        return faust.SASLCredentials(
            username=connection.username,
            password=connection.password,
            ssl_context=connection.tls,
            mechanism=connection.sasl_mechanism,
        )
    return None if connection.tls is None else faust.SSLCredentials(connection.tls)
