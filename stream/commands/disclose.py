"""`raterwatch disclose RATER --out FILE`: all that is held of one pseudonym, to hand to the person."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import track

from stream.commands.deployed_policy import policies_of
from stream.commands.disclosure import Disclosure, Records, disclosure, records_about
from stream.commands.disclosure_page import disclosure_page
from stream.commands.kafka_reading import log_bounds, read_whole
from stream.commands.options import opened_store, servers, settings_of, with_control_key, with_servers
from stream.commands.rater_names import check_pseudonym
from stream.commands.terminal import console
from stream.errors import InputError
from stream.intake.control import ControlKey
from stream.settings import Settings
from stream.transport.port import Partition
from stream.transport.topics import REJECTED, look_up


@click.command("disclose", epilog="Example: raterwatch disclose rkx-7hq2m9t4vwzc --out rkx-7hq2m9t4vwzc.json")
@click.argument("rater_id", metavar="RATER")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The JSON file to write.")
@with_servers
@with_control_key
def disclose(*, rater_id: str, out: Path, **given: Any) -> None:
    """Write all that is held of RATER, a pseudonym, as JSON, and a page to read (.md) beside it: windows, findings with
    evidence, answers, orders, cases; where each kind of data is and for how long.

    Who the person is stands with the vendor, see `raterwatch whois`. The files are for that person only.
    """
    check_pseudonym(rater_id)
    page = out.with_suffix(".md")
    if page == out:
        raise InputError("--out is for the JSON file; the page to read goes beside it as .md")
    settings = settings_of(given)
    found = asyncio.run(_gathered(settings, rater_id, _records(settings, rater_id)))
    for path, text in ((out, _as_json(found)), (page, disclosure_page(found))):
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    console().print(f"Wrote {out} and {page}.")


async def _gathered(settings: Settings, rater_id: str, records: Records) -> Disclosure:
    key = ControlKey.load(str(settings.control_key_file)) if settings.control_key_file else None
    async with opened_store(settings) as store:
        return await disclosure(
            store,
            settings,
            rater_id,
            key=key,
            policies=policies_of(settings),
            records=records,
            cases=servers().cases().tell(rater_id),
            now_ms=time.time_ns() // 1_000_000,
        )


def _records(settings: Settings, rater_id: str) -> Records:
    """Reads three topics whole: judgments are spread over partitions by item."""
    return Records(
        judgments=records_about(rater_id, values_of(settings, settings.judgments)),
        findings=records_about(rater_id, values_of(settings, settings.findings)),
        refused=records_about(rater_id, values_of(settings, REJECTED)),
    )


def values_of(settings: Settings, topic: str) -> Iterator[bytes | None]:
    """The values of a topic, with progress on the terminal."""
    connection = settings.kafka_connection
    count = look_up(connection, [topic])[topic].partitions
    bounds = log_bounds(connection, [Partition(topic, number) for number in range(count)])
    total = sum(end - first for first, end in bounds.values())
    for record in track(
        read_whole(connection, topic), f"reading {topic}", total=total, console=Console(stderr=True), transient=True
    ):
        yield record.value


def _as_json(found: Disclosure) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
