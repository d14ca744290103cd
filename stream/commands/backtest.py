"""`raterwatch backtest`: the worker's engine over files."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stream.commands.file_options import FILE, Opened, file_options, open_files, progress_bar

if TYPE_CHECKING:
    from stream.backtest.run import Plan, Result


class Counts(click.ParamType):
    """Judgment counts, "5,10,20,40"."""

    name = "n,n,…"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """The counts in ascending order."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdecimal() and int(part) > 0 for part in parts):
            self.fail(f"{value!r}: write counts of judgments such as 5,10,20,40", param, ctx)
        return tuple(sorted({int(part) for part in parts}))


@click.command(
    "backtest",
    epilog="""\b
Examples:
  raterwatch backtest judgments.csv --out report/
  raterwatch backtest crowd/judgments.jsonl --queues crowd/queues.toml --out report/
  raterwatch backtest old.csv --column item_id=unit --column rater_id=worker --no-gold --out report/

\b
A file (.csv, .jsonl, .parquet; the first two also .gz) has a judgment a row. Columns: item_id, rater_id, label;
optional gold, submitted_at_ms, started_at_ms, duration_ms, queue, vendor_id, is_test and more.""",
)
@file_options
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write the report to."
)
@click.option(
    "--snapshots", type=Counts(), default=(), help="Note scores as known at these judgments of a rater: 5,10,20,40."
)
@click.option("--policy", type=FILE, help="Thresholds to try out, a TOML file with one `name = number` a line.")
@click.option(
    "--partitions",
    type=click.IntRange(1, 1024),
    default=4,
    show_default=True,
    help="Cut memory as this many Kafka partitions would be.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def backtest(
    *,
    files: tuple[Path, ...],
    columns: tuple[tuple[str, str], ...],
    queue: str,
    no_gold: bool,
    queues: Path | None,
    pseudonym_key: Path | None,
    out: Path,
    snapshots: tuple[int, ...],
    policy: Path | None,
    partitions: int,
    as_json: bool,
) -> None:
    """Run the worker's engine over files: who would have been flagged, when and why. Nothing leaves this machine.

    Writes raters.csv (a row per rater and queue, the most suspicious first), findings.jsonl (what opened and closed,
    with its evidence) and snapshots.csv (scores as known at a rater's n-th judgment).
    """
    # Imported here: the kernels take a moment that --help should not.
    from stream.backtest.policy_file import load_policy  # noqa: PLC0415
    from stream.backtest.report import write_report  # noqa: PLC0415
    from stream.backtest.run import Plan  # noqa: PLC0415
    from stream.backtest.summary import as_dict, show  # noqa: PLC0415
    from stream.quality.policy import DEFAULT_POLICY  # noqa: PLC0415

    plan = Plan(partitions, load_policy(policy) if policy else DEFAULT_POLICY, snapshots)
    began = time.perf_counter()
    opened = open_files(files, columns, queue, queues, pseudonym_key, no_gold=no_gold)
    result = _run(opened, plan)
    written = write_report(result, out)
    seconds = time.perf_counter() - began
    if as_json:
        click.echo(json.dumps(as_dict(result, opened.found, written, seconds), indent=2))
    else:
        show(result, opened.found, opened.undeclared, written, seconds)


def _run(opened: Opened, plan: "Plan") -> "Result":
    import msgspec  # noqa: PLC0415

    from stream.backtest.run import Backtest, batches  # noqa: PLC0415
    from stream.intake.settings_control import payload_of  # noqa: PLC0415

    # Ids as in the file are fine here: the report stays with whoever has the file.
    payload = msgspec.structs.replace(payload_of(opened.settings), accept_raw_ids=True)
    engine = Backtest(payload, plan)
    with progress_bar() as bar:
        task = bar.add_task("judgments", total=opened.found.judgments)
        for batch in batches(opened.sources):
            engine.feed(batch)
            bar.advance(task, len(batch))
    return engine.finish()
