"""`raterwatch labels --out DIR`: what the raters of each item say together, from a live deployment."""

import asyncio
from pathlib import Path
from typing import Any

import click

from stream.commands.label_rows import write_labels
from stream.commands.options import opened_store, settings_of, with_servers
from stream.commands.terminal import console, note, print_json, with_json
from stream.errors import InputError
from stream.report.items_writer import CSV, PARQUET, items_writer
from stream.settings import Settings


@click.command(
    "labels",
    epilog="""\b
Examples:
  raterwatch labels --out labels/
  raterwatch labels --queue toxicity --out labels/ --no-names""",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write the files to."
)
@click.option("--queue", help="Only this queue.")
@click.option("--no-names", is_flag=True, help="Leave item ids out instead of looking them up in Kafka's log.")
@with_servers
@with_json
def labels(*, out: Path, queue: str | None, no_names: bool, as_json: bool, **given: Any) -> None:
    """Write items.csv and items.parquet of a deployment, with the columns of `backtest`: each item's consensus,
    how sure it is, and whether it hangs on raters who need review.

    Reads every item that the shards hold, twice, a few at a time; an item that nobody touched within the horizon is
    forgotten there. Redis knows items by their key: ids come from Kafka's log, and stay empty where it is too old.
    """
    settings = settings_of(given)
    try:
        out.mkdir(parents=True, exist_ok=True)
        written, unnamed = asyncio.run(_write(settings, out, queue, with_names=not no_names))
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error}); choose another folder with --out") from None
    if as_json:
        print_json({"items": written, "without_id": unnamed, "files": [str(out / name) for name in (CSV, PARQUET)]})
        return
    console().print(f"Wrote {written:,} items to {out / CSV} and {out / PARQUET}.", soft_wrap=True)
    if unnamed:
        note(f"{unnamed:,} items are named by item_key only: the log holds no record of them any more, or was not read")


async def _write(settings: Settings, out: Path, queue: str | None, *, with_names: bool) -> tuple[int, int]:
    async with opened_store(settings) as store:
        with items_writer(out) as items:
            unnamed = await write_labels(store, settings, items, queue, with_names=with_names)
        return items.written, unnamed
