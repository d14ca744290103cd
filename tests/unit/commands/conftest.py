import asyncio
import os

import pytest
from click.testing import CliRunner

from stream.commands.log_reader import MemoryLogReader
from stream.commands.options import Servers
from stream.errors import Unavailable
from stream.state.memory_store import MemoryStore
from tests.filled_state import small_crowd


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("RATERWATCH_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def crowd():
    """A small crowd whose raters have worked for three days, with open findings."""
    return small_crowd()


@pytest.fixture(scope="session")
def filled(crowd):
    store = MemoryStore()
    asyncio.run(crowd.store_in(store))
    return store.snapshot()


@pytest.fixture
def store(filled):
    """The crowd's state, to be changed at will."""
    store = MemoryStore()
    store.restore(filled)
    return store


@pytest.fixture
def invoke(store):
    """Runs a command on the store in memory, without Kafka."""

    def run(command, *arguments, store=store, log=None, **options):
        servers = Servers(
            open_store=lambda access: store,
            broker_versions=kafka_is_away,
            log=lambda settings: log or MemoryLogReader({}),
        )
        return CliRunner().invoke(command, list(map(str, arguments)), obj=servers, **options)

    return run


def kafka_is_away(connection):
    raise Unavailable(f"Kafka at {connection.bootstrap[0]} does not answer: it was left out of this test")
