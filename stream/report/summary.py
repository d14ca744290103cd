"""The report for a person at a terminal, and as a part of the JSON summary."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stream.report.comparison import Change, Comparison
from stream.report.make_report import Report
from stream.report.wording import counted, percent_interval, plain

SHOWN_MAX = 15  # changes; report.json has all


def show_report(report: Report) -> None:
    """Prints what is known of the flags, and whom only one of two policies flags."""
    console = Console(highlight=False)
    if report.changes:
        console.print(_table(report.changes))
        more = max(len(report.changes.newly), len(report.changes.cleared)) - SHOWN_MAX
        if more > 0:
            console.print(f"- {counted(more, 'more row')} in report.json", soft_wrap=True)
    for line in _lines(report):
        console.print(f"- {escape(line)}", soft_wrap=True)


def summary_of(report: Report) -> dict[str, object]:
    """What `--json` adds to its object."""
    told = report.account
    return {
        "truth": report.about.truth,
        "scores": msgspec.to_builtins(told.scores),
        "detection": msgspec.to_builtins(told.detection),
        "reliability": {"brier": told.reliability.brier, "error": told.reliability.error},
        "spending": msgspec.to_builtins(told.spending),
        "group_warnings": [f"{group.by} {group.name}" for group in told.groups if group.warning],
        "items": report.about.items,
        "flips": report.about.flips,
        "against": msgspec.to_builtins(report.changes),
    }


def _table(changes: Comparison) -> Table:
    title = (
        f"New policy against old: {len(changes.newly):,} newly flagged, {len(changes.cleared):,} no longer, "
        f"{changes.both:,} by both"
    )
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
    table.add_column("newly flagged", overflow="fold")
    table.add_column("no longer flagged", overflow="fold")
    for newly, cleared in zip_longest(changes.newly[:SHOWN_MAX], changes.cleared[:SHOWN_MAX]):
        table.add_row(_cell(newly), _cell(cleared))
    return table


def _cell(change: Change | None) -> str:
    if change is None:
        return ""
    return escape(f"{change.rater_id}, {change.queue}, at judgment {change.flagged_at:,}: {' '.join(change.sentences)}")


def _lines(report: Report) -> Iterator[str]:
    account, names = report.account, _names(report)
    if account.scores.known:
        for name, told in zip(names, (account, report.against), strict=False):
            if told is not None:
                precision, recall = percent_interval(told.scores.precision), percent_interval(told.scores.recall)
                delay = plain(told.detection.median_delay)
                yield f"{name}precision {precision}, recall {recall}, median delay {delay} judgments"
    if report.about.truth_was_seen:
        yield "the detectors saw the known answers that this is held against; --no-gold makes an independent check"
    for group in account.groups:
        if group.warning and not group.maybe_chance:
            rate, rest = percent_interval(group.rate), percent_interval(group.rest_rate)
            yield f"{group.by} {group.name} is flagged more often than the rest: {rate} against {rest}"
    flips = counted(report.about.flips, "item")
    yield f"without the raters who need review the consensus of {flips} would be another one"


def _names(report: Report) -> Sequence[str]:
    return ("new policy: ", "old policy: ") if report.against else ("", "")
