"""Checked records into Kafka: all handed over at once, answered when all replicas have all of them."""

import asyncio
from collections.abc import Awaitable, Sequence

from stream.errors import RaterwatchError, Unavailable
from stream.intake.http.batch import Message
from stream.intake.http.gate import Place
from stream.intake.http.health import KafkaState
from stream.transport.port import Producer


class Sender:
    """The way to topic `judgments`."""

    def __init__(self, producer: Producer, topic: str, state: KafkaState) -> None:
        self._producer, self._topic, self._state = producer, topic, state
        self._under_way: set[asyncio.Task[None]] = set()
        self._given_up = asyncio.Event()

    def hand_over(self, messages: Sequence[Message], place: Place) -> "asyncio.Task[None]":
        """Queues the records in their order, at once. `place` is left when Kafka has answered for the last of them,
        however long that takes and whoever still waits: else what nobody waits for would grow without a bound.
        """
        place.hand_over()
        send, topic = self._producer.send, self._topic
        sends = [send(topic, message.value, key=message.key) for message in messages]
        task = asyncio.create_task(self._acknowledged(sends), name="a batch")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        task.add_done_callback(lambda done: _settle(done, place))
        return task

    async def wait_for(self, batch: "asyncio.Task[None]", seconds: float) -> None:
        """Returns once the batch is acknowledged; raises Unavailable when it is not within this time."""
        given_up = asyncio.create_task(self._given_up.wait())
        done, _ = await asyncio.wait({batch, given_up}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        given_up.cancel()
        if batch not in done and done:
            raise Unavailable("the intake is stopping and Kafka has not acknowledged the batch yet")
        if not done:
            self._state.failed("it does not acknowledge what is sent")
            raise Unavailable(f"Kafka did not acknowledge the batch within {seconds:g} s")
        batch.result()

    def give_up(self) -> None:
        """Whoever still waits is told so, while there is time to tell."""
        self._given_up.set()

    async def settled(self) -> None:
        """Once nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _acknowledged(self, sends: Sequence[Awaitable[None]]) -> None:
        try:
            for acknowledgement in sends:
                await acknowledgement
        except RaterwatchError as error:
            self._state.failed(str(error))
            await asyncio.gather(*sends, return_exceptions=True)
            raise
        self._state.succeeded()


def _settle(batch: "asyncio.Task[None]", place: Place) -> None:
    place.leave()
    if not batch.cancelled():
        batch.exception()  # whoever waited has it; nobody else is to be told
