"""The outbox: messages stored with the commit that made them, and produced until Kafka has acknowledged each."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

import msgspec

from stream.stages.port import Message
from stream.transport.port import Producer

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Message)


def encode(messages: Sequence[Message]) -> list[bytes]:
    """What a commit stores."""
    return [_encoder.encode(message) for message in messages]


def decode(stored: Sequence[bytes]) -> list[Message]:
    """What a claim reads back."""
    return [_decoder.decode(message) for message in stored]


async def deliver(messages: Sequence[Message], producer: Producer) -> None:
    """Returns when every message is acknowledged; raises `Unavailable`, then the whole must be delivered again.

    A receiver takes a missing message for a gap in the log. So a second message to a partition is sent only when the
    first is acknowledged: otherwise the first could fail and the second arrive.
    """
    for wave in _waves(messages):
        await acknowledged([producer.send(m.topic, m.value, key=m.key, partition=m.partition) for m in wave])


async def acknowledged(sends: Iterable[Awaitable[None]]) -> None:
    """Waits for all of them, so that none is left behind unobserved, then raises the first error."""
    results = await asyncio.gather(*sends, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _waves(messages: Sequence[Message]) -> list[list[Message]]:
    """Messages in order, each partition at most once a wave; those that a key places have no order to keep."""
    waves: list[list[Message]] = []
    seen: dict[tuple[str, int], int] = {}
    for message in messages:
        wave = 0
        if message.partition is not None:
            place = (message.topic, message.partition)
            wave = seen.get(place, 0)
            seen[place] = wave + 1
        if wave == len(waves):
            waves.append([])
        waves[wave].append(message)
    return waves
