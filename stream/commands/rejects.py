"""`raterwatch rejects`: what was refused and why; sending it again; letting a halted shard go on.

A refused record's bytes are never shown: they may hold what the vendor did not mean to send, such as raw rater ids.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from stream.commands.halted import Halted, halted_shards, resume
from stream.commands.moment_types import SINCE
from stream.commands.options import opened_store, settings_of, with_kafka, with_redis
from stream.commands.rejected_log import RejectedRecord, RejectFilters, advice, read_rejected, redrive
from stream.commands.terminal import console, print_json, with_json
from stream.commands.words import moment
from stream.errors import InputError
from stream.intake.reasons import Reason
from stream.settings import Settings
from stream.transport.producer import KafkaProducer

_REASONS = [str(reason) for reason in Reason]  # click would offer an enumeration by its names in capitals

Command = TypeVar("Command", bound=Callable[..., Any])


def _filtered(command: Command) -> Command:
    """The options that choose refused records, handed over as one value `filters`."""
    for option in (
        click.option("--since", type=SINCE, default=0, help="Refused since: 30m, 6h, 2d, or a time with offset."),
        click.option("--id", "ids", multiple=True, metavar="PARTITION:OFFSET", help="Only this record; repeatable."),
        click.option("--partition", "partitions", type=int, multiple=True, help="Only of this partition; repeatable."),
        click.option("--reason", "reasons", type=click.Choice(_REASONS), multiple=True, help="Repeatable."),
    ):
        command = option(command)
    return command


@click.group(
    "rejects",
    epilog="""\b
Example:
  raterwatch rejects list --reason unknown_queue
  raterwatch rejects redrive --reason unknown_queue""",
)
def rejects() -> None:
    """List refused records, send them again, and let a halted shard go on."""


@rejects.command("list", epilog="Example: raterwatch rejects list --since 6h --reason unknown_queue")
@with_kafka
@_filtered
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Records shown, the latest.")
@with_json
def list_(
    *,
    reasons: Sequence[str],
    partitions: Sequence[int],
    ids: Sequence[str],
    since: int,
    limit: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Count what was refused, by reason with advice, and show the latest records by id."""
    filters = RejectFilters(reasons, partitions, ids, since)
    found = [record for record in read_rejected(settings_of(given)) if filters.wants(record)]
    if as_json:
        print_json([_as_json(record) for record in found])
        return
    _show(console(), found, limit)


@rejects.command("redrive", epilog="Example: raterwatch rejects redrive --reason unknown_queue --since 2d")
@with_kafka
@_filtered
@click.option("--all", "everything", is_flag=True, help="All of them, whatever the reason.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, the oldest first: try a few before all.")
@click.option("--again", is_flag=True, help="Also those that were sent again before.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def redrive_(
    *,
    reasons: Sequence[str],
    partitions: Sequence[int],
    ids: Sequence[str],
    since: int,
    everything: bool,
    limit: int | None,
    again: bool,
    yes: bool,
    **given: Any,
) -> None:
    """Send refused records to `judgments` again, as they came, once their cause is mended.

    Each is sent once: a marker in the rejected topic remembers it by its id. One that is refused again appears under
    its new id. Sending a judgment twice would do no harm: the second is dropped by its judgment_id.
    """
    settings, filters = settings_of(given), RejectFilters(reasons, partitions, ids, since)
    if not (everything or reasons or ids):
        raise click.UsageError("say which: --reason NAME, --id PARTITION:OFFSET, or --all")
    wanted = [record for record in read_rejected(settings) if filters.wants(record)]
    fresh = [record for record in wanted if record.value is not None and (again or not record.redriven)][:limit]
    left_out = len(wanted) - len(fresh)
    if not fresh:
        raise InputError(
            f"nothing to send: {left_out} records fit, and all were sent before or are empty (see --again)"
        )
    counts = ", ".join(f"{n:,} {reason}" for reason, n in Counter(record.reason for record in fresh).most_common())
    if not yes:
        click.confirm(f"Send {len(fresh):,} records to {settings.judgments} again ({counts})?", abort=True)
    asyncio.run(_send(fresh, settings))
    console().print(
        f"Sent {len(fresh):,} records again, left out {left_out:,}. What is refused again shows in `rejects list`."
    )


@rejects.command("resume", epilog="Example: raterwatch rejects resume --partition 3")
@with_redis
@click.option("--partition", "partitions", type=int, multiple=True, help="Only this one of judgments; repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def resume_(*, partitions: Sequence[int], yes: bool, **given: Any) -> None:
    """Let shards go on that halted because too many records were refused.

    The refused records stay refused (see redrive); counting begins anew, so a producer that is still broken halts the
    shard again.
    """
    settings = settings_of(given)
    halted = asyncio.run(_halted(settings, partitions))
    out = console()
    if not halted:
        out.print("No shard is halted by its rejects.")
        return
    for shard, why in halted:
        out.print(f"{shard} {why}")
    if not yes:
        click.confirm("Let them go on?", abort=True)
    asyncio.run(_resume(settings, halted))
    out.print(f"Resumed {', '.join(shard for shard, _ in halted)}: their workers go on within a few seconds.")


async def _send(records: Sequence[RejectedRecord], settings: Settings) -> None:
    producer = KafkaProducer(settings.kafka_connection)
    try:
        for record in track(records, "sending", console=Console(stderr=True), transient=True):
            await redrive(record, settings, producer)
    finally:
        await producer.stop()


async def _halted(settings: Settings, partitions: Sequence[int]) -> list[Halted]:
    async with opened_store(settings) as store:
        return await halted_shards(store, settings, partitions)


async def _resume(settings: Settings, halted: Sequence[Halted]) -> None:
    async with opened_store(settings) as store:
        for one in halted:
            await resume(store, one.shard)


def _show(out: Console, found: Sequence[RejectedRecord], limit: int) -> None:
    if not found:
        out.print("Nothing was refused that fits.")
        return
    reasons = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("reason", "records", "sent again", "what it means, and what to do"):
        reasons.add_column(heading, justify="right" if heading in ("records", "sent again") else "left")
    for reason, count in Counter(record.reason for record in found).most_common():
        again = sum(record.redriven for record in found if record.reason == reason)
        reasons.add_row(reason, f"{count:,}", f"{again:,}", advice(reason))
    out.print(reasons)
    latest = Table(title="The latest", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("id", "reason", "refused (UTC)", "bytes", "sent again"):
        latest.add_column(heading, no_wrap=True, justify="right" if heading == "bytes" else "left")
    for record in found[len(found) - min(limit, len(found)) :]:
        size = str(len(record.value)) if record.value is not None else "none"
        latest.add_row(record.id, record.reason, moment(record.refused_ms), size, "yes" if record.redriven else "")
    if limit:
        out.print(latest)


def _as_json(record: RejectedRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "reason": record.reason,
        "advice": advice(record.reason),
        "refused_ms": record.refused_ms,
        "bytes": None if record.value is None else len(record.value),
        "redriven": record.redriven,
    }
