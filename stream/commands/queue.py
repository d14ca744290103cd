"""`raterwatch queue NAME`: how a queue is doing, its vendors side by side, and whoever needs a look there."""

import asyncio
import time
from typing import Any

import click
import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stream.commands.deployed_policy import policies_of
from stream.commands.judging import SHOWN_STATES
from stream.commands.options import opened_store, settings_of, with_redis
from stream.commands.queue_notes import queue_notes
from stream.commands.queue_report import GroupReport, QueueReport, queue_reports
from stream.commands.ranking import Filters, QueueRaters, Ranking, rank, raters_by_queue
from stream.commands.rater_report import window_builtins
from stream.commands.terminal import console, print_json, with_json
from stream.commands.top import view
from stream.commands.windows_table import mix_line, windows_table
from stream.commands.words import UNKNOWN, ago, duration, percent, percent_interval, ratio_interval
from stream.settings import Settings

_WORST = 5
_VENDOR_WINDOW = "7d"


@click.command(
    "queue",
    epilog="""\b
Examples:
  raterwatch queue
  raterwatch queue toxicity --raters 10""",
)
@click.argument("name", required=False)
@with_redis
@click.option("--raters", type=click.IntRange(0, 1000), default=_WORST, show_default=True, help="Raters shown.")
@with_json
def queue(*, name: str | None, raters: int, as_json: bool, **given: Any) -> None:
    """Show a queue: its windows, its vendors, and the raters who most need a look. Without NAME, all queues.

    Agreement of the whole queue is what is usual there: a rater is held against it.
    """
    now_ms = time.time_ns() // 1_000_000
    settings, out = settings_of(given), console()
    if name is None:
        reports, raters_of = asyncio.run(_look_at_all(settings, now_ms))
        if as_json:
            print_json([_as_json(report) | {"raters_by_state": raters_of[report.queue].by_state} for report in reports])
        else:
            _show_all(out, reports, raters_of, now_ms)
        return
    report, ranking = asyncio.run(_look_at_one(settings, name, now_ms, max(1, raters)))
    if as_json:
        shown = msgspec.to_builtins(ranking.raters[:raters])
        print_json(_as_json(report) | {"raters_by_state": ranking.by_state, "raters": shown})
        return
    _show_one(out, report, ranking)
    if raters and ranking.raters:
        out.print(view(ranking, Filters(queue=name), now_ms, out.width))


async def _look_at_all(settings: Settings, now_ms: int) -> tuple[list[QueueReport], dict[str, QueueRaters]]:
    async with opened_store(settings) as store:
        reports = await queue_reports(store, settings, policies_of(settings), now_ms)
        return reports, await raters_by_queue(store, settings)


async def _look_at_one(settings: Settings, name: str, now_ms: int, limit: int) -> tuple[QueueReport, Ranking]:
    async with opened_store(settings) as store:
        [report] = await queue_reports(store, settings, policies_of(settings), now_ms, name=name)
        return report, await rank(store, settings, Filters(queue=name), limit=limit)


def _show_all(out: Console, reports: list[QueueReport], raters_of: dict[str, QueueRaters], now_ms: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("queue", "vendors", "raters", "needs review", "judged, 24 h", "judged, in all"):
        table.add_column(heading, justify="left" if heading == "queue" else "right")
    for heading in ("usual agreement", "over chance", "known right", "latest"):
        table.add_column(heading, justify="right")
    for report in reports:
        lifetime, raters = report.whole.windows["lifetime"], raters_of[report.queue]
        table.add_row(
            escape(report.queue),
            str(len(report.vendors)),
            f"{raters.by_state.total():,}",
            f"{raters.by_state['suspect']:,}",
            f"{report.whole.windows['24h'].judgments:,}",
            f"{lifetime.judgments:,}",
            percent(lifetime.agreement.value if lifetime.agreement else None),
            f"{lifetime.chance_corrected.value:.2f}" if lifetime.chance_corrected else UNKNOWN,
            percent(lifetime.gold_accuracy.value if lifetime.gold_accuracy else None),
            ago(raters.latest_judgment_ms, now_ms) if raters.latest_judgment_ms else UNKNOWN,
        )
    out.print(table)
    if not reports:
        out.print("No judgment was applied yet.")


def _show_one(out: Console, report: QueueReport, ranking: Ranking) -> None:
    out.rule(f"[bold]{escape(report.queue)}[/bold]", align="left")
    out.print(windows_table(report.whole.windows, costs=False))
    out.print(f"answers, 24 h: {escape(mix_line(report.whole.label_mix['24h']))}")
    out.print(f"answers, in all: {escape(mix_line(report.whole.label_mix['lifetime']))}")
    out.print(f"found by peers after about: {_detectable(report)}")
    for note in queue_notes(report.told):
        out.print(escape(note))
    out.print(_vendors(report))
    counts = ", ".join(f"{ranking.by_state.get(name, 0):,} {shown}" for name, shown in SHOWN_STATES.items())
    out.print(f"raters: {counts}")


def _detectable(report: QueueReport) -> str:
    """Weighed answers until the alarm, by kind of rater."""
    names = {"random": "a random clicker", "constant": "one answer throughout", "inverted": "swapped labels"}
    found = ((names[kind], answers) for kind, answers in report.detectable.items())
    return ", ".join(f"{name} {UNKNOWN if answers is None else f'{answers:,.0f} answers'}" for name, answers in found)


def _vendors(report: QueueReport) -> Table:
    table = Table(title="Vendors, last 7 days", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("vendor", "judged", "agreement", "over chance", "known right", "typical time", "fast", "cost"):
        table.add_column(heading, justify="left" if heading == "vendor" else "right")
    for vendor, group in report.vendors.items():
        table.add_row(escape(vendor), *_vendor_cells(group))
    return table


def _vendor_cells(group: GroupReport) -> list[str]:
    week = group.windows[_VENDOR_WINDOW]
    return [
        f"{week.judgments:,}",
        percent_interval(week.agreement),
        ratio_interval(week.chance_corrected),
        percent_interval(week.gold_accuracy),
        duration(week.typical_duration_ms),
        percent(week.fast_share),
        UNKNOWN if week.cost is None else f"{week.cost:,.2f}",
    ]


def _as_json(report: QueueReport) -> dict[str, Any]:
    return {
        "queue": report.queue,
        "labels": list(report.labels),
        "answers_to_detect": report.detectable,
        "told": msgspec.to_builtins(report.told),
        "windows": {name: _without_costs(window) for name, window in _windows(report.whole).items()},
        "vendors": {vendor: _windows(group) for vendor, group in report.vendors.items()},
    }


def _without_costs(window: dict[str, Any]) -> dict[str, Any]:
    """Vendors may bill in different currencies: only their own sums mean something."""
    return {name: value for name, value in window.items() if name not in ("cost", "cost_per_correct")}


def _windows(group: GroupReport) -> dict[str, Any]:
    return {name: window_builtins(measures, group.label_mix[name]) for name, measures in group.windows.items()}
