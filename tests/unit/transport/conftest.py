import pytest

from tests.unit.transport.worlds import World


@pytest.fixture
async def world():
    world = World()
    yield world
    if world._running is not None and not world._running.done():
        await world.stop()
