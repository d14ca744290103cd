"""`raterwatch rebuild`: throws a shard's state away and lets it come again from the log."""

import asyncio
from collections.abc import Sequence
from typing import Any

import click

from stream.commands.kafka_reading import log_bounds
from stream.commands.options import ClosableStore, opened_store, servers, settings_of, with_servers
from stream.commands.rebuilding import RebuildPlan, parse_shard, plan_of, rebuild_shard
from stream.commands.terminal import console
from stream.errors import InputError, SettingsError
from stream.quality.schema import SCHEMA_VERSION
from stream.settings import Settings
from stream.transport.births import KafkaBirths
from stream.transport.kafka_identities import KafkaIdentities
from stream.transport.port import Partition
from stream.transport.producer import KafkaProducer
from stream.transport.topics import look_up


@click.command(
    "rebuild",
    epilog="""\b
Example, after doctor or a worker named the shard:
  raterwatch rebuild --shard judgments:3""",
)
@with_servers
@click.option("--shard", "shards", multiple=True, required=True, metavar="TOPIC:PARTITION", help="Repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rebuild(*, shards: Sequence[str], yes: bool, **given: Any) -> None:
    """Wipe a shard's state in Redis and have its worker apply the log from its start again.

    Safe while workers run: whoever owns the shard is fenced and claims it again. A shard of judgments sends its
    outcomes again, and their receivers trim what they know; a shard of outcomes reads its log again.
    """
    settings = settings_of(given)
    asyncio.run(_rebuild(settings, [parse_shard(shard, settings) for shard in dict.fromkeys(shards)], ask=not yes))


async def _rebuild(settings: Settings, partitions: Sequence[Partition], *, ask: bool) -> None:
    out = console()
    async with opened_store(settings) as store:
        plans = await _plans(settings, partitions, store)
        for sentence in (sentence for plan in plans for sentence in plan.sentences):
            out.print(sentence, soft_wrap=True)
        if ask:
            click.confirm(f"Wipe and replay {', '.join(map(str, partitions))}?", abort=True)
        producer = KafkaProducer(settings.kafka_connection)
        births = KafkaBirths(settings.kafka_connection, producer)
        identities = KafkaIdentities(settings.kafka_connection, (settings.judgments, settings.outcomes), SCHEMA_VERSION)
        try:
            for plan in plans:
                await rebuild_shard(plan, store, births, identities)
                out.print(f"{plan.partition} begins again at offset {plan.first}.")
        finally:
            await producer.stop()
    out.print("A running worker goes on within seconds; `raterwatch doctor` shows how much is still to be applied.")


async def _plans(settings: Settings, partitions: Sequence[Partition], store: ClosableStore) -> list[RebuildPlan]:
    connection = settings.kafka_connection
    await asyncio.to_thread(servers().broker_versions, connection)  # says within seconds that Kafka is not there
    facts = await asyncio.to_thread(look_up, connection, (settings.judgments, settings.outcomes))
    for partition in partitions:
        if partition.topic not in facts:
            raise SettingsError(f"Kafka has no topic {partition.topic}: run `raterwatch topics`")
        if partition.number >= facts[partition.topic].partitions:
            count = facts[partition.topic].partitions
            raise InputError(f"{partition} does not exist: {partition.topic} has {count} partitions, from 0 on")
    bounds = await asyncio.to_thread(log_bounds, connection, partitions)
    return [await plan_of(partition, bounds[partition], store, settings) for partition in partitions]
