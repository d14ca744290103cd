"""The idempotent Kafka producer: acknowledged by all replicas, in order, compressed when the library is there."""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.codec import has_lz4
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from stream.errors import RaterwatchError, SettingsError, StateError, Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.ending import end

_log = logging.getLogger(__name__)

LINGER_MS = 2  # one turn of the event loop's messages travel together; more would only add latency
BATCH_BYTES = 1 << 20
REQUEST_BYTES = 8 << 20  # the broker's own limit per message decides, not the client's
REQUEST_TIMEOUT_MS = 20_000
ACKNOWLEDGEMENT_TIMEOUT_S = 30.0  # aiokafka itself would repeat an idempotent batch for ever and tell nobody
LATE_CHECK_S = 1.0
STOP_TIMEOUT_S = 3.0

_NOT_ALLOWED = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, AuthenticationFailedError)


class _Sending(NamedTuple):
    topic: str
    value: bytes | None
    key: bytes | None
    partition: int | None
    headers: tuple[tuple[str, bytes], ...]
    acknowledged: "asyncio.Future[None]"


class KafkaProducer:
    """The Producer port on aiokafka. Connects at the first send; a client that failed is replaced by a fresh one.

    A failed batch leaves a hole in the client's sequence numbers, which the broker would hold against every later one.
    The replacement begins a new sequence: what was sent but not acknowledged may then lie in the log twice, and
    receivers drop repeats by source offset.
    """

    def __init__(self, connection: KafkaConnection, *, linger_ms: int = LINGER_MS) -> None:
        self._connection, self._linger_ms = connection, linger_ms
        self._queue: deque[_Sending] = deque()
        self._queued = asyncio.Event()
        self._client: AIOKafkaProducer | None = None
        self._sender: asyncio.Task[None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()
        self._unacknowledged: deque[tuple[float, _Sending]] = deque()  # oldest first, with when to give up

    def send(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Awaitable[None]:
        """Queues at once. The awaitable may be dropped: an error that nobody awaits is not reported."""
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        acknowledged.add_done_callback(_observe)
        self._queue.append(_Sending(topic, value, key, partition, tuple(headers), acknowledged))
        self._queued.set()
        if self._sender is None or self._sender.done():
            # The one task that sends also starts the client: nothing can start it twice.
            self._sender = asyncio.create_task(self._send_queued(), name="kafka producer")
        return acknowledged

    async def stop(self) -> None:
        """Sends what is queued, as far as Kafka takes it within a few seconds, and disconnects."""
        if self._sender is not None:
            await end(self._sender)
        with contextlib.suppress(TimeoutError, RaterwatchError):
            await asyncio.wait_for(self._hand_over(), STOP_TIMEOUT_S)
        while self._queue:
            _fail(self._queue.popleft(), Unavailable("The Kafka producer was stopped before it could send this."))
        self._retire()
        await asyncio.gather(*self._retiring, return_exceptions=True)

    async def _send_queued(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LATE_CHECK_S):
                    await self._queued.wait()
            self._queued.clear()
            await self._hand_over()
            self._give_up_late()

    async def _hand_over(self) -> None:
        """Gives the queue to the client, one by one: this is what keeps the order."""
        while self._queue:
            sending = self._queue.popleft()
            try:
                client = await self._started()
                delivery = await client.send(
                    sending.topic,
                    sending.value,
                    key=sending.key,
                    partition=sending.partition,
                    headers=list(sending.headers),
                )
            except asyncio.CancelledError:
                self._queue.appendleft(sending)
                raise
            except (KafkaError, OSError, AssertionError) as error:
                # aiokafka asserts that a partition exists.
                self._retire()
                _fail(sending, _meaning(error, sending.topic))
            else:
                self._unacknowledged.append((time.monotonic() + ACKNOWLEDGEMENT_TIMEOUT_S, sending))
                delivery.add_done_callback(
                    lambda done, sending=sending, client=client: self._done(done, sending, client)
                )

    def _give_up_late(self) -> None:
        while self._unacknowledged and self._unacknowledged[0][1].acknowledged.done():
            self._unacknowledged.popleft()
        if self._unacknowledged and self._unacknowledged[0][0] < time.monotonic():
            self._retire()
            for _, sending in self._unacknowledged:
                _fail(sending, Unavailable(f"Kafka did not acknowledge a message for {sending.topic} in time."))
            self._unacknowledged.clear()

    def _done(self, delivery: "asyncio.Future[object]", sending: _Sending, client: AIOKafkaProducer) -> None:
        if delivery.cancelled():
            _fail(sending, Unavailable("The Kafka producer was stopped before this was acknowledged."))
        elif error := delivery.exception():
            if client is self._client:
                self._retire()
            _fail(sending, _meaning(error, sending.topic))
        elif not sending.acknowledged.done():
            sending.acknowledged.set_result(None)

    async def _started(self) -> AIOKafkaProducer:
        if self._client is None:
            client = AIOKafkaProducer(
                **self._connection.client_settings(),
                acks="all",
                enable_idempotence=True,
                linger_ms=self._linger_ms,
                max_batch_size=BATCH_BYTES,
                max_request_size=REQUEST_BYTES,
                compression_type="lz4" if has_lz4() else None,
                request_timeout_ms=REQUEST_TIMEOUT_MS,
            )
            try:
                await client.start()
            except BaseException:
                await client.stop()
                raise
            self._client = client
        return self._client

    def _retire(self) -> None:
        if self._client is not None:
            leaving, self._client = self._client, None
            task = asyncio.create_task(_stop(leaving))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)


async def _stop(client: AIOKafkaProducer) -> None:
    try:
        await asyncio.wait_for(client.stop(), STOP_TIMEOUT_S)
    except (TimeoutError, KafkaError) as error:
        _log.warning("A Kafka producer could not send what it held before it was closed: %r", error)
        # stop() waits for the broker; without connections and sender the client can do nothing more.
        await client.client.close()
        await client._sender.close()  # noqa: SLF001


def _observe(acknowledged: "asyncio.Future[None]") -> None:
    if not acknowledged.cancelled():
        acknowledged.exception()


def _fail(sending: _Sending, error: RaterwatchError) -> None:
    if not sending.acknowledged.done():
        sending.acknowledged.set_exception(error)


def _meaning(error: BaseException, topic: str) -> RaterwatchError:
    """Kafka's error by what can be done about it."""
    if isinstance(error, _NOT_ALLOWED):
        return SettingsError(f"Kafka does not let this user write to {topic}: give it the right, or log in as another")
    if isinstance(error, MessageSizeTooLargeError):
        return StateError(f"A message for {topic} exceeds the topic's max.message.bytes: run `raterwatch topics`")
    if isinstance(error, InvalidTopicError | AssertionError):
        return SettingsError(f"{topic} has no such partition or is no topic name: run `raterwatch topics`")
    return Unavailable(f"Kafka did not acknowledge a message for {topic}: {error!r}")
