"""`raterwatch facts`: daily facts of every rater, in PostgreSQL or as Parquet files."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from stream.commands.options import settings_of, with_kafka, with_queues
from stream.commands.terminal import console
from stream.facts.columns import TABLES, Table
from stream.facts.days import day_of

Command = TypeVar("Command", bound=Callable[..., Any])
DAYS_KEPT = 396  # 13 months
FORMS = ["bigquery", "postgresql", "arrow"]
_TABLE = click.Choice([table.name for table in TABLES])


def _to(command: Command) -> Command:
    return click.option(
        "--to",
        "place",
        required=True,
        metavar="FOLDER|URL",
        envvar="RATERWATCH_FACTS",
        help="A folder of Parquet files, or postgresql://USER@HOST/NAME.  [RATERWATCH_FACTS]",
    )(command)


@click.group(
    "facts",
    epilog="""\b
Examples:
  raterwatch facts run --to facts/ --queues queues.toml
  raterwatch facts run --to postgresql://raterwatch@db/quality
  raterwatch facts files --to facts/ daily_facts
  raterwatch facts schema daily_facts --as bigquery""",
)
def facts() -> None:
    """Keep what each rater did on each day, for SQL: see docs/facts.md.

    A row per day, rater, queue, vendor, guideline, locale, currency and stage; findings and adjudicated labels beside
    it.
    """


@facts.command("run", epilog="Example: raterwatch facts run --to facts/ --queues queues.toml --every 60")
@_to
@with_kafka
@with_queues
@click.option("--every", "every_s", type=click.FloatRange(0.1), help="Seconds between commits; 60 for files, else 5.")
@click.option("--days", type=click.IntRange(1), default=DAYS_KEPT, show_default=True, help="Days kept.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of /metrics and /healthz.")
@click.option("--port", type=int, default=9102, show_default=True, help="Its port.")
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING"]), default="INFO", show_default=True)
def run(place: str, every_s: float | None, days: int, host: str, port: int, log_level: str, **given: Any) -> None:
    """Follow the stream and write, each judgment once, until SIGTERM. One process a store."""
    settings = settings_of(given)
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("aiokafka", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from stream.facts.follow import Pace  # noqa: PLC0415 (--help should not wait for it)
    from stream.facts_app import FactsOptions, run_facts  # noqa: PLC0415

    every_s = every_s or (5.0 if "://" in place else 60.0)
    options = FactsOptions(place, Pace(round(every_s * 1_000), days_kept=days), host, port)
    asyncio.run(run_facts(settings, options))


@facts.command(
    "files",
    epilog="""\b
Example:
  files=$(raterwatch facts files --to facts/ --quoted)
  duckdb -c "SELECT vendor, sum(judgments) FROM read_parquet([$files]) GROUP BY vendor\"""",
)
@_to
@click.argument("table", type=_TABLE, default=TABLES[0].name)
@click.option("--quoted", is_flag=True, help="On one line, as a list for SQL.")
def files(place: str, table: str, *, quoted: bool) -> None:
    """Print the Parquet files that count, as the manifest names them."""
    from stream.facts.read import fact_files  # noqa: PLC0415

    found = [str(path) for path in fact_files(Path(place), table)]
    click.echo(", ".join(f"'{name}'" for name in found) if quoted else "\n".join(found))


@facts.command("schema", epilog="Example: raterwatch facts schema daily_facts --as bigquery > daily_facts.json")
@click.argument("table", type=_TABLE, default=TABLES[0].name)
@click.option("--as", "form", type=click.Choice(FORMS), default=FORMS[0], show_default=True)
def schema(table: str, form: str) -> None:
    """Print a table's schema, from the one declaration of its columns."""
    click.echo(_schema(next(one for one in TABLES if one.name == table), form).rstrip())


@facts.command("prune", epilog="Example: raterwatch facts prune --to facts/ --days 396")
@_to
@click.option("--days", type=click.IntRange(1), default=DAYS_KEPT, show_default=True, help="Days kept.")
def prune(place: str, days: int) -> None:
    """Remove days older than that. `run` does it by itself every hour; files are written by one process at a time."""
    from stream.facts_app import open_fact_store  # noqa: PLC0415

    first = day_of(time.time_ns() // 1_000_000) - days
    with closing(open_fact_store(place)) as store:
        standing = store.standing()
        first = max(first, standing.first_day)
        rows = store.prune(msgspec.structs.replace(standing, number=standing.number + 1, first_day=first))
    console().print(f"{rows:,} rows removed.")


@facts.command("restart", epilog="Example: raterwatch facts restart --to facts/")
@_to
@with_kafka
@click.option("--yes", is_flag=True, help="Do not ask.")
def restart(place: str, *, yes: bool, **given: Any) -> None:
    """Go on where Kafka's log begins now, after it lost what was not followed.

    Days that would be incomplete are removed and left out: a hole that can be seen, not one that cannot.
    """
    from stream.commands.facts_restart import restart_facts  # noqa: PLC0415

    restart_facts(settings_of(given), place, ask=not yes)


def _schema(table: Table, form: str) -> str:
    if form == "bigquery":
        from stream.facts.bigquery import bigquery_schema  # noqa: PLC0415

        return bigquery_schema(table)
    if form == "arrow":
        from stream.facts.arrow_schema import arrow_schema  # noqa: PLC0415

        return str(arrow_schema(table).to_string(show_field_metadata=False, show_schema_metadata=False))
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415
    from sqlalchemy.schema import CreateTable  # noqa: PLC0415

    from stream.facts.postgres.tables import metadata  # noqa: PLC0415

    made = CreateTable(metadata.tables[f"facts.{table.name}"])
    return str(made.compile(dialect=postgresql.dialect())).strip()  # type: ignore[no-untyped-call]
