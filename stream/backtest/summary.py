"""What a backtest found, for a person at a terminal or as one JSON object."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stream.backtest.rows import RaterRow
from stream.backtest.run import Result, refusals
from stream.intake.survey import FileSurvey
from stream.quality.policy import STATE_NAMES

WORST = 15
_STYLES = {"suspect": "red", "watch": "yellow", "ok": "green", "unknown": "dim"}


def show(result: Result, found: FileSurvey, undeclared: Sequence[str], written: Sequence[Path], seconds: float) -> None:
    """Prints the summary."""
    console = _console()
    states = Counter(row.state for row in result.raters)
    raters, queues = len({row.rater_id for row in result.raters}), len(found.queues)
    console.print(
        f"{result.records:,} records, {raters:,} raters in {queues:,} queue{'s' * (queues != 1)}, "
        f"{seconds:.1f} s: " + ", ".join(f"{states[name]:,} {name}" for name in reversed(STATE_NAMES)),
        soft_wrap=True,
    )
    shown = _worst(result.raters)
    console.print(_table(shown, len(result.raters), with_queue=len(found.queues) > 1))
    for line in _why(shown):
        console.print(f"  {escape(line)}", soft_wrap=True)
    for line in _notes(result, found, undeclared):
        console.print(f"- {escape(line)}", soft_wrap=True)
    console.print(f"Wrote {', '.join(path.name for path in written)} to {written[0].parent}.", soft_wrap=True)


def as_dict(result: Result, found: FileSurvey, written: Sequence[Path], seconds: float) -> dict[str, object]:
    """The summary as JSON has it."""
    states = Counter(row.state for row in result.raters)
    events = Counter(finding.event for finding in result.findings)
    return {
        "files": [str(path) for path in written],
        "records": result.records,
        "judgments": found.judgments,
        "raters": len({row.rater_id for row in result.raters}),
        "queues": sorted(found.queues),
        "states": {name: states[name] for name in STATE_NAMES},
        "findings_opened": events["opened"],
        "findings_closed": events["closed"],
        "refused": {
            reason: {"times": times, "first_record": first} for reason, (times, first) in sorted(result.rejects.items())
        },
        "records_by_result": _of(result.counts, "record"),
        "labels_in_other": _of(result.counts, "label_other"),
        "golds_in_other": _of(result.counts, "gold_other"),
        "has_clock": found.has_clock,
        "seconds": round(seconds, 3),
    }


def _of(counts: Counter[tuple[str, str]], what: str) -> dict[str, int]:
    return {detail: times for (name, detail), times in sorted(counts.items()) if name == what}


def _worst(raters: Sequence[RaterRow]) -> list[RaterRow]:
    """Who needs review first, then whom to watch, then by suspicion."""
    urgency = {"suspect": 0, "watch": 1}
    return sorted(raters, key=lambda row: (urgency.get(row.state, 2), -row.suspicion))[:WORST]


def _table(shown: Sequence[RaterRow], total: int, *, with_queue: bool) -> Table:
    table = Table(
        title=f"The {len(shown)} most suspicious of {total:,}", title_justify="left", box=None, padding=(0, 1)
    )
    table.add_column("rater", no_wrap=True)
    if with_queue:
        table.add_column("queue", overflow="fold")
    table.add_column("state", no_wrap=True)
    for heading in ("judged", "agrees", "gold right", "suspicion", "since"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in shown:
        table.add_row(
            escape(row.rater_id),
            *([escape(row.queue)] if with_queue else []),
            f"[{_STYLES[row.state]}]{row.state}[/]",
            f"{row.judgments:,}",
            _share(row.agreement),
            "–" if row.gold_accuracy is None else f"{_share(row.gold_accuracy)} of {row.gold_judgments:,}",
            f"{row.suspicion:.2f}",
            "–" if row.first_suspect_at is None else f"{row.first_suspect_at:,}",
        )
    return table


def _why(shown: Sequence[RaterRow]) -> Iterator[str]:
    for row in shown:
        if row.state in {"suspect", "watch"}:
            yield f"{row.rater_id}: {row.reasons}"
        elif row.first_suspect_at is not None:
            yield f"{row.rater_id}: was flagged at judgment {row.first_suspect_at:,}; the evidence has gone since"


def _unknown(raters: Sequence[RaterRow]) -> Iterator[str]:
    reasons = [row.reasons for row in raters if row.state == "unknown"]
    if reasons:
        few = sum("more judgment" in why for why in reasons)
        alone = sum("no judgment has a peer" in why for why in reasons)
        yield f"unknown: {len(reasons):,} raters; {few:,} need more judgments, {alone:,} have no peers yet"


def _console() -> Console:
    """What is no terminal gets room for the widest table."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=140)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _notes(result: Result, found: FileSurvey, undeclared: Sequence[str]) -> Iterator[str]:
    """What a reader of the figures should know."""
    yield from _unknown(result.raters)
    for line in refusals(result.rejects):
        yield f"refused: {line}"
    known = _of(result.counts, "record")
    if known.get("duplicate"):
        yield f"{known['duplicate']:,} exact duplicates counted once"
    for queue, times in _of(result.counts, "label_other").items():
        yield f'{times:,} labels in queue {queue} fell in "other": they are not among its declared labels'
    for queue, times in _of(result.counts, "gold_other").items():
        yield f"{times:,} known answers in queue {queue} were left out: they are not among its declared labels"
    for queue, times in _of(result.counts, "gold_limit").items():
        yield f"{times:,} known answers in queue {queue} were left out: a shard keeps no more items that have one"
    for queue in undeclared:
        declared = ", ".join(sorted(found.queues[queue].labels)[:8])
        yield f"queue {queue} was declared from the files (labels {declared}); give --queues to declare it yourself"
    if not found.has_clock:
        yield "without a clock rows count as one second apart from 2020-01-01: times tell the order, nothing else"
    if not found.in_order:
        yield "times go back and forth: the log's time is the latest so far, as if late ones had arrived late"
