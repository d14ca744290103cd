"""`raterwatch topics`: the Kafka topics as they ought to be, and the queues file in the log."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click
from rich.table import Table

from stream.commands.options import opened_store, servers, settings_of, with_control_key, with_queues, with_servers
from stream.commands.publishing import Held, check_fits, control_key, held_settings, outdated, publish
from stream.commands.terminal import console, note, print_json, with_json
from stream.errors import SettingsError, Unavailable
from stream.intake.queues import Settings as QueuesFile
from stream.intake.queues_file import load_settings
from stream.intake.secret_file import write_secret
from stream.intake.settings_control import payload_of
from stream.settings import Settings
from stream.transport.producer import KafkaProducer
from stream.transport.topics import (
    FINDINGS,
    JUDGMENTS,
    OUTCOMES,
    TopicReport,
    TopicSpec,
    declared_topics,
    ensure_topics,
    look_up,
)

_KEY_BYTES = 32


@click.command(
    "topics",
    epilog="""\b
Example, a new deployment:
  raterwatch topics --queues queues.toml --control-key-file control.key --make-key""",
)
@with_servers
@with_queues
@click.option("--partitions", type=click.IntRange(1), help="Of judgments and outcomes; never changed afterwards.")
@click.option("--replication", type=click.IntRange(1), help="Copies of each partition; 3 in production.")
@with_control_key
@click.option("--make-key", is_flag=True, help="Make the control key file (mode 600) if it does not exist.")
@click.option("--publish", "publish_anyway", is_flag=True, help="Publish the queues file even if nothing differs.")
@with_json
def topics(*, make_key: bool, publish_anyway: bool, as_json: bool, **given: Any) -> None:
    """Make the topics that are missing, verify the others, and publish the queues file to every shard.

    What is there is never changed: a topic that differs is named with what to do, and the exit code is 1.
    """
    settings = settings_of(given)
    # Everything that can be wrong with files comes first, so that nothing is left half done.
    queues = load_settings(settings.queues) if settings.queues else None
    if make_key:
        _make_key(settings)
    if queues is not None:
        control_key(settings)
    servers().broker_versions(settings.kafka_connection)  # says within seconds that Kafka is not there
    specs = wanted_topics(settings)
    reports = ensure_topics(settings.kafka_connection, specs, replication=settings.replication)
    published = asyncio.run(_publish(settings, queues, anyway=publish_anyway)) if queues else _NOT_ASKED
    if as_json:
        print_json({"topics": [_as_json(report) for report in reports], "queues_file": published})
    else:
        _show(reports, specs, published)
    if any(report.problems for report in reports):
        raise SystemExit(1)


def wanted_topics(settings: Settings) -> Sequence[TopicSpec]:
    """All topics under the names that the settings give them."""
    names = {JUDGMENTS: settings.judgments, OUTCOMES: settings.outcomes, FINDINGS: settings.findings}
    specs = declared_topics(judgments_partitions=settings.partitions, outcomes_partitions=settings.partitions)
    return [replace(spec, name=names.get(spec.name, spec.name)) for spec in specs]


_NOT_ASKED: dict[str, object] = {
    "published": False,
    "why": "no queues file was given: until one is published every judgment is refused as unknown_queue. "
    "Run again with --queues FILE",
}


async def _publish(settings: Settings, queues: QueuesFile, *, anyway: bool) -> dict[str, object]:
    wanted = payload_of(queues)
    # As many as there are, even where the setting says otherwise and the table tells so.
    facts = await asyncio.to_thread(look_up, settings.kafka_connection, [settings.judgments])
    partitions = facts[settings.judgments].partitions
    held, asked = await _ask_shards(settings, partitions)
    check_fits(held, wanted)
    behind = outdated(held, wanted)
    if asked and not behind and not anyway:
        return {"published": False, "why": f"all {partitions} shards hold these settings already"}
    producer = KafkaProducer(settings.kafka_connection)
    try:
        version = await publish(producer, settings, queues, held, partitions)
    finally:
        await producer.stop()
    return {"published": True, "version": version, "partitions": partitions, "queues": list(queues.queues)}


async def _ask_shards(settings: Settings, partitions: int) -> tuple[list[Held], bool]:
    """What the shards hold, and whether Redis could be asked. A first start has no Redis to ask yet."""
    try:
        async with opened_store(settings) as store:
            return await held_settings(store, settings, partitions), True
    except Unavailable as error:
        note(f"{error}. What the shards hold is not known, so the queues file is published again; that does no harm.")
        return [], False


def _make_key(settings: Settings) -> None:
    path = settings.control_key_file
    if path is None:
        raise SettingsError("--make-key needs --control-key-file: where the key is to be written")
    if path.exists():
        note(f"The control key {path} exists and is kept.")
        return
    write_secret(str(path), os.urandom(_KEY_BYTES).hex().encode(), "control key")
    note(f"Wrote the control key to {path} (mode 600): workers need the same file.")


def _as_json(report: TopicReport) -> dict[str, object]:
    return {"name": report.name, "created": report.created, "problems": list(report.problems)}


def _show(reports: Sequence[TopicReport], specs: Sequence[TopicSpec], published: dict[str, object]) -> None:
    table = Table(title="Kafka topics", title_justify="left")
    table.add_column("topic", no_wrap=True)
    table.add_column("partitions", justify="right")
    table.add_column("what was done or found")
    for report, spec in zip(reports, specs, strict=True):
        found = "[red]" + "\n".join(report.problems) if report.problems else "as it should be"
        table.add_row(report.name, str(spec.partitions), "[green]made" if report.created else found)
    out = console()
    out.print(table)
    if published["published"]:
        queues = ", ".join(map(str, published["queues"]))  # type: ignore[call-overload]
        out.print(f"Published the queues file to {published['partitions']} partitions of judgments: {queues}.")
    else:
        out.print(f"Queues file not published: {published['why']}.")
