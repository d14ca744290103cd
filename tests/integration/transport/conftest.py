import asyncio

import pytest

from stack.local import LocalStack
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
