import asyncio
from collections.abc import Awaitable

import pytest

from stream.errors import Unavailable
from stream.stages.port import Message
from stream.transport import outbox


class Hand:
    """A producer whose acknowledgements the test gives by hand."""

    def __init__(self) -> None:
        self.sent: list[bytes | None] = []
        self.waiting: dict[bytes | None, asyncio.Future[None]] = {}

    def send(self, topic, value, *, key=None, partition=None, headers=()) -> Awaitable[None]:
        self.sent.append(value)
        self.waiting[value] = asyncio.get_running_loop().create_future()
        return self.waiting[value]


async def test_the_second_message_to_a_partition_waits_for_the_first_to_be_acknowledged():
    hand = Hand()
    messages = [Message("outcomes", b"a1", 0), Message("outcomes", b"b1", 1), Message("outcomes", b"a2", 0)]
    delivery = asyncio.create_task(outbox.deliver(messages, hand))
    await asyncio.sleep(0)
    assert hand.sent == [b"a1", b"b1"]
    hand.waiting[b"b1"].set_result(None)
    await asyncio.sleep(0)
    assert hand.sent == [b"a1", b"b1"]
    hand.waiting[b"a1"].set_result(None)
    await asyncio.sleep(0.001)
    assert hand.sent == [b"a1", b"b1", b"a2"]
    assert not delivery.done()
    hand.waiting[b"a2"].set_result(None)
    await delivery


async def test_a_failed_message_stops_what_would_follow_it():
    hand = Hand()
    delivery = asyncio.create_task(outbox.deliver([Message("outcomes", b"a1", 0), Message("outcomes", b"a2", 0)], hand))
    await asyncio.sleep(0)
    hand.waiting[b"a1"].set_exception(Unavailable("away"))
    with pytest.raises(Unavailable):
        await delivery
    assert hand.sent == [b"a1"]


async def test_messages_placed_by_their_key_go_out_together():
    hand = Hand()
    messages = [Message("findings", b"1", key=b"r"), Message("findings", b"2", key=b"r")]
    delivery = asyncio.create_task(outbox.deliver(messages, hand))
    await asyncio.sleep(0)
    assert hand.sent == [b"1", b"2"]
    for acknowledged in hand.waiting.values():
        acknowledged.set_result(None)
    await delivery


def test_what_is_stored_is_read_back():
    messages = [Message("outcomes", b"\x00\xff", 3), Message("findings", b"{}", None, b"rater")]
    assert outbox.decode(outbox.encode(messages)) == messages
