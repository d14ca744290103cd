"""`raterwatch rater ID`: all that is known of a rater's work, and why the state is what it is."""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stream.commands.deployed_policy import policies_of
from stream.commands.judging import SHOWN_STATES, STATE_STYLES
from stream.commands.options import opened_store, settings_of, with_control_key, with_redis
from stream.commands.rater_orders import show_orders, standing_orders
from stream.commands.rater_report import QueueReport, as_builtins, report_of
from stream.commands.reading import RaterRow, rater_rows
from stream.commands.terminal import console, print_json, with_json
from stream.commands.windows_table import mix_line, windows_table
from stream.commands.words import UNKNOWN, duration, moment, percent
from stream.errors import InputError
from stream.events import Corroboration, Finding
from stream.intake.moments import to_ms
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.reasons import Reason
from stream.settings import Settings

_WEEK_MS = 7 * 86_400_000
_UNDECIDED, _SUREST = 1.0, 7.0  # nats


class MomentType(click.ParamType):
    """now, latest, or a time with offset."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Milliseconds since the epoch, or the word "latest"."""
        if value == "now":
            return time.time_ns() // 1_000_000
        if value == "latest" or isinstance(value, int):
            return value
        found = to_ms(str(value))
        if isinstance(found, Reason):
            self.fail("say now, latest, or a time with offset such as 2026-01-05T12:00:00Z", param, ctx)
        return found


@click.command(
    "rater",
    epilog="""\b
Examples:
  raterwatch rater rkx-7hq2m9t4vwzc
  raterwatch rater rkx-7hq2m9t4vwzc --queue toxicity --as-of latest --json""",
)
@click.argument("rater_id", metavar="ID")
@with_redis
@with_control_key
@click.option("--queue", help="Only this queue.")
@click.option(
    "--as-of",
    type=MomentType(),
    default="now",
    show_default=True,
    help="When the windows of 1 h to 7 days end: now, latest (the rater's latest judgment), or a time.",
)
@with_json
def rater(*, rater_id: str, queue: str | None, as_of: int | str, as_json: bool, **given: Any) -> None:
    """Show what is known of a rater: each queue's windows with intervals, the state and why, open findings.

    ID is the pseudonym that judgments carry.
    """
    settings = settings_of(given)
    if orders := asyncio.run(standing_orders(settings, rater_id)):
        show_orders(rater_id, orders, as_json=as_json)
        return
    reports = asyncio.run(_reports(settings, rater_id, queue, as_of))
    if as_json:
        print_json({"rater": rater_id, "queues": [as_builtins(report) for report in reports]})
        return
    out = console()
    for report in reports:
        show(out, rater_id, report, as_of)


async def _reports(settings: Settings, rater_id: str, queue: str | None, as_of: int | str) -> list[QueueReport]:
    async with opened_store(settings) as store:
        rows = await rater_rows(store, settings, rater_id)
    if not rows:
        raise InputError(_unknown(rater_id))
    wanted = [row for row in rows if queue in (None, row.queue.name)]
    if not wanted:
        known = ", ".join(sorted({row.queue.name for row in rows}))
        raise InputError(f"this rater has no judgments in queue {queue!r}; there are some in: {known}")
    policies = policies_of(settings)
    return [report_of(row, policies.in_queue(row.queue.name), _now_of(row, as_of)) for row in wanted]


def _now_of(row: RaterRow, as_of: int | str) -> int:
    return int(row.hot["latest_ms"]) if isinstance(as_of, str) else as_of


def _unknown(rater_id: str) -> str:
    """A raw id is not repeated: terminals are logged and shared."""
    if not looks_like_pseudonym(rater_id):
        return (
            "nothing is known under this id, and it is no pseudonym: "
            "turn a raw id into one with `raterwatch pseudonym --key FILE`"
        )
    return f"nothing is known of rater {rater_id}: no judgment under this pseudonym was applied yet"


def show(out: Console, rater_id: str, report: QueueReport, as_of: int | str) -> None:
    """Prints one queue of a rater."""
    training = ", in training" if report.training else ""
    out.rule(
        f"[bold]{escape(rater_id)}[/bold]  {escape(report.queue)}, {escape(report.vendor)}{training}", align="left"
    )
    style = STATE_STYLES[report.state]
    why = f" ({report.unknown_why})" if report.unknown_why else ""
    parts = report.suspicion_parts
    out.print(f"state: [{style}]{SHOWN_STATES[report.state]}[/{style}]{why}")
    for reason in report.reasons:
        out.print(f"  · {escape(reason)}")
    out.print(
        f"suspicion: {report.suspicion:.2f} (log odds: as usual {parts['as_usual']:+.1f}, accuracy "
        f"{parts['by_accuracy']:+.1f}, label mix {parts['by_label_mix']:+.1f}, known answers "
        f"{parts['by_known_answers']:+.1f})"
    )
    out.print(
        f"by peers: accuracy {parts['accuracy']:.0%}, informativeness {parts['informativeness_bits']:.2f} bits a "
        "judgment"
    )
    out.print(windows_table(report.windows, report.currency))
    out.print(f"answers, last 50: {escape(mix_line(report.label_mix['last50']))}")
    out.print(f"answers, in all: {escape(mix_line(report.label_mix['lifetime']))}")
    out.print(
        f"longest run of one answer: {report.longest_run}; latest judgment: {moment(report.latest_judgment_ms)} UTC"
    )
    if isinstance(as_of, int) and as_of - report.latest_judgment_ms > _WEEK_MS:
        out.print("[dim]The windows up to 7 days are empty now; --as-of latest shows them as they were then.[/dim]")
    for finding in report.findings:
        _show_finding(out, finding)
    _show_corroboration(out, report.corroboration)
    out.print()


def _show_corroboration(out: Console, corroboration: Sequence[Corroboration]) -> None:
    if corroboration:
        out.print("\nBeside that, and never enough by itself:")
    for one in corroboration:
        measured = f"{one.measure:.2f} ({one.low:.2f} to {one.high:.2f}), usual {one.usual:.2f}"
        held_against = f"n {one.n:,} against {one.others:,} of others"
        out.print(
            f"  · {one.name}: {escape(one.sentence.text)} [dim]{measured}; {held_against}; {_sureness(one.nats)}[/dim]"
        )


def _sureness(nats: float) -> str:
    """How much better the unusual account explains the work than the usual one; beyond e^7 more is no surer."""
    if abs(nats) < _UNDECIDED:
        return "cannot be told yet"
    if nats < 0:
        return "as usual"
    odds = math.exp(min(nats, _SUREST))
    return f"unusual, {'over ' if nats > _SUREST else ''}{odds:,.0f} to 1"


def _show_finding(out: Console, finding: Finding) -> None:
    shadow = ", in shadow: no case, no message" if finding.shadow else ""
    out.print(f"\n[bold]Open finding: {finding.detector}[/bold], since {moment(finding.opened_at)} UTC{shadow}")
    out.print(escape(finding.sentence.text))
    if finding.measure is not None and finding.low is not None and finding.high is not None:
        out.print(
            f"measured {finding.measure:.2f} ({finding.low:.2f} to {finding.high:.2f}) on {finding.n} judgments, "
            f"threshold {finding.threshold:.2f}"
        )
    for one in finding.corroboration:
        out.print(f"beside it, never enough by itself: {escape(one.sentence.text)}")
    out.print(_evidence(finding))


def _evidence(finding: Finding) -> Table:
    table = Table(title="What it rests on, as it stood when the finding opened", title_justify="left")
    table.add_column("item", max_width=50, overflow="fold")
    table.add_column("answer")
    for heading in ("peers", "agree", "time", "given at (UTC)"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("chosen", no_wrap=True)
    for one in finding.evidence:
        table.add_row(
            escape(one.item_id),
            escape(_label(one.label)),
            str(one.peers),
            percent(one.peers_agree),
            duration(one.duration_ms),
            moment(one.at),
            "moved it most" if one.chosen == "moved" else "at random",
        )
    return table


def _label(label: object) -> str:
    if label is None:
        return UNKNOWN
    return ", ".join(map(str, label)) if isinstance(label, Sequence) and not isinstance(label, str) else str(label)
