"""`raterwatch doctor`: looks at everything that a deployment stands on, and says what to do."""

import asyncio
from typing import Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from stream.commands import kafka_checks, local_checks, redis_checks, shard_checks
from stream.commands.checks import Check, Status, failing_as
from stream.commands.kafka_reading import log_bounds
from stream.commands.options import opened_store, servers, settings_of, with_control_key, with_queues, with_servers
from stream.commands.terminal import console, print_json, with_json
from stream.commands.topics import wanted_topics
from stream.intake.queues_file import load_settings
from stream.quality.schema import SCHEMA_VERSION
from stream.settings import Settings
from stream.state.redis_store import RedisStore
from stream.transport.births import KafkaBirths
from stream.transport.kafka_identities import KafkaIdentities
from stream.transport.producer import KafkaProducer
from stream.transport.topics import look_up

_STYLES = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILURE: "bold red"}


@click.command(
    "doctor",
    epilog="""\b
Example:
  raterwatch doctor --kafka kafka:9092 --redis redis://redis:6379/0 --queues queues.toml""",
)
@with_servers
@with_queues
@with_control_key
@with_json
def doctor(*, as_json: bool, **given: Any) -> None:
    """Check a deployment: servers, topics, clocks, shards, settings, files. The exit code is 1 if something failed.

    Changes nothing but a probe shard in Redis that it removes again.
    """
    checks = asyncio.run(_look(settings_of(given)))
    if as_json:
        print_json([check._asdict() for check in checks])
    else:
        _show(checks)
    if any(check.status is Status.FAILURE for check in checks):
        raise SystemExit(1)


async def _look(settings: Settings) -> list[Check]:
    """Every look goes on when another one failed; shards need both servers."""

    async def local() -> list[Check]:
        return local_checks.check_files(settings)

    checks = [*local_checks.check_kernels(), *await failing_as("control key", local)]
    checks += await failing_as("Kafka", lambda: _look_at_kafka(settings))
    async with opened_store(settings) as store:
        if isinstance(store, RedisStore):
            redis = store
            checks += await failing_as("Redis", lambda: redis_checks.check_redis(redis))
        if not any(check.status is Status.FAILURE and check.name in ("Kafka", "Redis") for check in checks):
            checks += await failing_as("shards", lambda: _look_at_shards(settings, store))
    return checks + local_checks.check_worker(settings)


async def _look_at_kafka(settings: Settings) -> list[Check]:
    versions_of = servers().broker_versions

    def look() -> list[Check]:
        broker = kafka_checks.check_broker(settings, versions_of)
        names = [spec.name for spec in wanted_topics(settings)]
        facts = look_up(settings.kafka_connection, names)
        bounds = log_bounds(settings.kafka_connection, kafka_checks.all_partitions(settings, facts))
        return [
            *broker,
            *kafka_checks.check_topics(settings, facts),
            *kafka_checks.check_retention(settings, facts),
            *kafka_checks.check_append_clock(settings, bounds),
        ]

    return await asyncio.to_thread(look)


async def _look_at_shards(settings: Settings, store: Any) -> list[Check]:
    connection, topics = settings.kafka_connection, (settings.judgments, settings.outcomes)
    facts = await asyncio.to_thread(look_up, connection, topics)
    if any(topic not in facts for topic in topics):
        return []
    partitions = kafka_checks.all_partitions(settings, facts)
    bounds = await asyncio.to_thread(log_bounds, connection, partitions)
    producer = KafkaProducer(connection)  # connects when something is sent, and nothing is
    births, identities = KafkaBirths(connection, producer), KafkaIdentities(connection, topics, SCHEMA_VERSION)
    queues = load_settings(settings.queues) if settings.queues else None
    return [
        *await shard_checks.check_shards(store, births, identities, partitions, bounds),
        *await shard_checks.check_settings(store, settings, queues, facts[settings.judgments].partitions),
    ]


def _show(checks: list[Check]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "what", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        table.add_row(
            Text(check.status, style=_STYLES[check.status]), Text(check.name), Text(check.found), Text(check.remedy)
        )
    out = console()
    out.print(table)
    counts = {status: sum(check.status is status for check in checks) for status in Status}
    out.print(f"{counts[Status.OK]} ok, {counts[Status.WARNING]} warnings, {counts[Status.FAILURE]} failures.")
