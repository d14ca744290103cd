"""Options that commands share. Each is named after the setting it overrides; the environment says the same for all."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from stream.commands.case_holder import CaseHolder
from stream.commands.kafka_reading import broker_versions
from stream.settings import Settings
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.state.port import ShardStore
from stream.transport.connection import KafkaConnection

Command = TypeVar("Command", bound=Callable[..., Any])
_PATH = click.Path(path_type=Path)


class ClosableStore(ShardStore, Protocol):
    """A store that a command opens, uses and closes."""

    async def close(self) -> None: ...


def _cases() -> CaseHolder:
    from stream.commands.stored_cases import cases_of_the_deployment  # noqa: PLC0415 (only two commands wait for it)

    return cases_of_the_deployment()


@dataclass(frozen=True, slots=True)
class Servers:
    """How a command reaches its servers. Tests put others into click's context, with a store in memory."""

    open_store: Callable[[RedisAccess], ClosableStore] = open_store
    broker_versions: Callable[[KafkaConnection], set[str]] = broker_versions
    cases: Callable[[], CaseHolder] = _cases


def with_redis(command: Command) -> Command:
    """--redis, --redis-password-file and --prefix."""
    return all_of(
        click.option("--redis", metavar="URL", help="Redis; the password comes from a file.  [RATERWATCH_REDIS]"),
        click.option("--redis-password-file", type=_PATH, help="[RATERWATCH_REDIS_PASSWORD_FILE]"),
        click.option("--prefix", "redis_prefix", help="Start of every Redis key.  [RATERWATCH_REDIS_PREFIX]"),
    )(command)


def with_kafka(command: Command) -> Command:
    """--kafka; how to log in stands in the environment."""
    return click.option("--kafka", metavar="HOST:PORT,…", help="Bootstrap servers.  [RATERWATCH_KAFKA]")(command)


def with_servers(command: Command) -> Command:
    """Both servers' options."""
    return all_of(with_kafka, with_redis)(command)


def with_queues(command: Command) -> Command:
    """--queues."""
    return click.option("--queues", type=_PATH, help="The queues and vendors file.  [RATERWATCH_QUEUES]")(command)


def with_control_key(command: Command) -> Command:
    """--control-key-file."""
    return click.option("--control-key-file", type=_PATH, help="[RATERWATCH_CONTROL_KEY_FILE]")(command)


def settings_of(given: dict[str, Any]) -> Settings:
    """The deployment's settings; what was given on the command line wins."""
    # The clients log each failed attempt; a command says the outcome once, and what to do.
    for library in ("kafka", "aiokafka"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    return Settings.load(**given)


def servers() -> Servers:
    """Those of the running command."""
    context = click.get_current_context(silent=True)
    return (context.find_object(Servers) if context else None) or Servers()


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[ClosableStore]:
    """The deployment's store, closed at the end of the block."""
    store = servers().open_store(settings.redis_access)
    try:
        yield store
    finally:
        await store.close()


def all_of(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order in which --help shows them."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
