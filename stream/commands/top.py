"""`raterwatch top`: the raters who most need a look, live."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import click
import msgspec
from rich import box
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from stream.commands.judging import SHOWN_STATES, STATE_STYLES
from stream.commands.options import opened_store, settings_of, with_redis
from stream.commands.ranking import Filters, RankedRater, Ranking, rank
from stream.commands.terminal import console, print_json, with_json
from stream.commands.words import UNKNOWN, ago, percent
from stream.errors import Unavailable
from stream.settings import Settings

WIDE = 110  # characters of a terminal that shows every column
_LINES_AROUND = 7  # of the table's head and the lines below it


@click.command(
    "top",
    epilog="""\b
Examples:
  raterwatch top --queue toxicity
  raterwatch top --once --state suspect --json""",
)
@with_redis
@click.option("--queue", help="Only this queue.")
@click.option("--vendor", help="Only this vendor.")
@click.option("--state", type=click.Choice(list(SHOWN_STATES)), help="Only raters in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), help="Lines.  [default: as many as the terminal has]")
@click.option("--every", type=click.FloatRange(0.2), default=2.0, show_default=True, help="Seconds between looks.")
@click.option("--once", is_flag=True, help="Print one table and end.")
@with_json
def top(
    *,
    queue: str | None,
    vendor: str | None,
    state: str | None,
    limit: int | None,
    every: float,
    once: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Watch raters live, whoever most needs a look first. Ctrl-C ends.

    Suspicion ranks raters within their queue, 0 (no sign) to 1; it decides nothing. Agreement with peers and what is
    over chance of it are of the last 50 judgments, the rest of all. `raterwatch rater ID` tells more.
    """
    settings, filters = settings_of(given), Filters(queue, vendor, state)
    out = console()
    live = out.is_terminal and not once and not as_json
    lines = limit or (max(5, out.height - _LINES_AROUND) if live else 20)
    if live:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_watch(settings, filters, lines, every))
        return
    ranking = asyncio.run(_look(settings, filters, lines))
    if as_json:
        print_json(msgspec.to_builtins(ranking))
    else:
        out.print(view(ranking, filters, _now_ms(), out.width))


async def _look(settings: Settings, filters: Filters, lines: int) -> Ranking:
    async with opened_store(settings) as store:
        return await rank(store, settings, filters, limit=lines)


async def _watch(settings: Settings, filters: Filters, lines: int, every: float) -> None:
    """Looks again and again. A server that does not answer for a while is said below the last table."""
    out = console()
    async with opened_store(settings) as store:
        shown: Group | Text = view(await rank(store, settings, filters, limit=lines), filters, _now_ms(), out.width)
        with Live(shown, console=out, screen=True, auto_refresh=False) as screen:
            while True:
                screen.update(shown, refresh=True)
                await asyncio.sleep(every)
                try:
                    shown = view(await rank(store, settings, filters, limit=lines), filters, _now_ms(), out.width)
                except Unavailable as error:
                    shown = Group(shown, Text(f"{error}; looking again every {every:g} s", style="red"))


def view(ranking: Ranking, filters: Filters, now_ms: int, width: int) -> Group:
    """The table, and below it what it was drawn from. A narrow terminal gets fewer columns."""
    columns = [column for column in _COLUMNS if width >= WIDE or not column.only_wide]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for column in columns:
        table.add_column(column.heading, justify=column.justify, no_wrap=column.heading != "why", min_width=4)
    for rater in ranking.raters:
        table.add_row(*(column.cell(rater, now_ms) for column in columns))
    return Group(table, Text(_summary(ranking, filters)))


class _Column(NamedTuple):
    heading: str
    cell: Callable[[RankedRater, int], Text | str]
    justify: Literal["left", "right"] = "right"
    only_wide: bool = False


def _state(rater: RankedRater, _now_ms: int) -> Text:
    return Text(SHOWN_STATES[rater.state], style=STATE_STYLES[rater.state])


def _over_chance(rater: RankedRater, _now_ms: int) -> str:
    ratio = rater.last50_chance_corrected
    return UNKNOWN if ratio is None else f"{ratio:.2f}"


def _known(rater: RankedRater, _now_ms: int) -> str:
    return f"{rater.gold_right:.0f}/{rater.gold_seen}" if rater.gold_seen else UNKNOWN


_COLUMNS = (
    _Column("rater", lambda rater, _: Text(rater.rater), "left"),
    _Column("queue", lambda rater, _: Text(rater.queue), "left"),
    _Column("vendor", lambda rater, _: Text(rater.vendor), "left", only_wide=True),
    _Column("state", _state, "left"),
    _Column("suspicion", lambda rater, _: f"{rater.suspicion:.2f}"),
    _Column("judged", lambda rater, _: f"{rater.judgments:,}", only_wide=True),
    _Column("agree\n(50)", lambda rater, _: percent(rater.last50_agreement)),
    _Column("over\nchance", _over_chance, only_wide=True),
    _Column("known\nright", _known),
    _Column("fast", lambda rater, _: percent(rater.fast_share), only_wide=True),
    _Column("latest", lambda rater, now_ms: ago(rater.latest_judgment_ms, now_ms), only_wide=True),
    _Column("why", lambda rater, _: Text(", ".join(rater.reasons) or rater.unknown_why or ""), "left"),
)


def _summary(ranking: Ranking, filters: Filters) -> str:
    counts = ", ".join(
        f"{ranking.by_state[name]:,} {shown}" for name, shown in SHOWN_STATES.items() if name in ranking.by_state
    )
    named = [f"{what} {name}" for what, name in (("queue", filters.queue), ("vendor", filters.vendor)) if name]
    where = f" of {' and '.join(named)}" if named else ""
    missing = ranking.partitions - ranking.shards
    shards = f" {missing} of {ranking.partitions} shards hold nothing yet." if missing else ""
    twice = "" if filters.queue else " (one in two queues counts twice)"
    return f"Raters{where} by state{twice}: {counts or 'none yet'}.{shards}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
