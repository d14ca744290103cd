import asyncio

import pytest

from stack.local import LocalStack
from stream.transport.connection import KafkaConnection
from stream.transport.topics import TopicSpec, ensure_topics
from tests.integration.transport.worlds import World


@pytest.fixture
async def world(tmp_path):
    stack = LocalStack(tmp_path / "stack")
    with stack:
        world = World(stack, tmp_path)
        await asyncio.to_thread(world.make_topics)
        try:
            yield world
        finally:
            world.end()


@pytest.fixture
def connection(kafka):
    return KafkaConnection((kafka.bootstrap,))


@pytest.fixture
async def topic(connection, unique_name):
    """A new topic of two partitions on the session's broker."""
    name = unique_name("topic")
    await asyncio.to_thread(ensure_topics, connection, [TopicSpec(name, 2)], replication=1)
    return name
