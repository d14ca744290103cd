"""Options that commands share. Each is named after the setting it overrides; the environment says the same for all."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click
from rich.console import Console

from stream.commands.kafka_reading import broker_versions
from stream.settings import Settings
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.state.port import ShardStore
from stream.transport.connection import KafkaConnection

Value = TypeVar("Value")
Command = TypeVar("Command", bound=Callable[..., Any])


class ClosableStore(ShardStore, Protocol):
    """A store that a command opens, uses and closes."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Servers:
    """How a command reaches its servers. Tests put others into click's context, with a store in memory."""

    open_store: Callable[[RedisAccess], ClosableStore] = open_store
    broker_versions: Callable[[KafkaConnection], set[str]] = broker_versions


def with_redis(command: Command) -> Command:
    """--redis, --redis-password-file and --prefix."""
    return _all(
        click.option("--redis", metavar="URL", help="Redis; the password comes from a file.  [RATERWATCH_REDIS]"),
        click.option("--redis-password-file", type=click.Path(path_type=Path), help="[RATERWATCH_REDIS_PASSWORD_FILE]"),
        click.option("--prefix", "redis_prefix", help="Start of every Redis key.  [RATERWATCH_REDIS_PREFIX]"),
    )(command)


def with_kafka(command: Command) -> Command:
    """--kafka; how to log in stands in the environment."""
    return click.option("--kafka", metavar="HOST:PORT,…", help="Bootstrap servers.  [RATERWATCH_KAFKA]")(command)


def with_json(command: Command) -> Command:
    """--json, handed over as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")(command)


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


def run(work: Coroutine[Any, Any, Value]) -> Value:
    """Runs a command's asynchronous part to its end."""
    return asyncio.run(work)


def print_json(value: object) -> None:
    """One JSON document on standard output, and nothing else there."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def console() -> Console:
    """Where tables go. What is not a terminal gets width enough for the widest table instead of broken lines."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=140)


def note(text: str) -> None:
    """A line for the person at the terminal, beside the command's output."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, style="dim")


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
