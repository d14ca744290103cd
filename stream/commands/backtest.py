"""`raterwatch backtest`: the worker's engine over files."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stream.commands.file_options import FILE, Choice, Opened, file_options, open_files, progress_bar

if TYPE_CHECKING:
    from stream.backtest.run import Plan, Result
    from stream.report.answers import AnswerBook


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
  raterwatch backtest label_studio.json --question sentiment --out report/
  raterwatch backtest toloka.tsv --time-zone UTC --out report/
  raterwatch backtest judgments.csv --policy new.toml --against old.toml --out report/

\b
Exports of Label Studio, CVAT, SageMaker, Toloka, Mechanical Turk, Appen, Argilla and Prodigy are recognised
(docs/connect.md). Any other file (CSV, JSON, Parquet; also .gz) has a judgment a row. Columns: item_id, rater_id,
label; optional gold, submitted_at_ms, started_at_ms, duration_ms, queue, vendor_id, is_test and more.""",
)
@file_options
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write the report to."
)
@click.option(
    "--snapshots",
    type=Counts(),
    default="5,10,20,40,80,160,320,640,1280,2560",
    show_default=True,
    help="Note scores as known at these judgments of a rater.",
)
@click.option(
    "--policy", type=FILE, help="The policy to try out, a TOML file like deploy/policy.toml; the defaults without one."
)
@click.option("--against", type=FILE, help="A policy to compare --policy with: who is newly flagged, who no longer.")
@click.option("--truth", type=FILE, help="Who is below the bar, a CSV file: rater_id, bad; also queue, from_judgment.")
@click.option(
    "--least-golds",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Known answers a rater needs to be judged by them, where there is no --truth.",
)
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
    choice: Choice,
    out: Path,
    snapshots: tuple[int, ...],
    policy: Path | None,
    against: Path | None,
    truth: Path | None,
    least_golds: int,
    partitions: int,
    as_json: bool,
) -> None:
    """Run the worker's engine over files: who would have been flagged, when and why. Nothing leaves this machine.

    Writes report.html and report.json (who was flagged, when and why, and how right that is), raters.csv (a row per
    rater and queue, the most suspicious first), items.csv (consensus and how sure it is), findings.jsonl (what opened
    and closed, with its evidence) and snapshots.csv (scores as known at a rater's n-th judgment).
    """
    # Imported here: the kernels take a moment that --help should not.
    from stream.backtest.report import write_report  # noqa: PLC0415
    from stream.backtest.run import Plan  # noqa: PLC0415
    from stream.backtest.summary import as_dict, show  # noqa: PLC0415
    from stream.policy.declared import DeclaredPolicy  # noqa: PLC0415
    from stream.policy.policy_file import check_queues, load_policy  # noqa: PLC0415
    from stream.report.answers import AnswerBook  # noqa: PLC0415
    from stream.report.find_truth import find_truth  # noqa: PLC0415
    from stream.report.make_report import Material, make_report  # noqa: PLC0415
    from stream.report.summary import show_report, summary_of  # noqa: PLC0415
    from stream.report.write_page import write_page  # noqa: PLC0415
    from stream.stages.policies import Policies  # noqa: PLC0415

    policies = [load_policy(policy) if policy else DeclaredPolicy(), *([load_policy(against)] if against else [])]
    plans, book = [Plan(partitions, Policies.of(one), snapshots) for one in policies], AnswerBook()
    began = time.perf_counter()
    opened = open_files(choice)
    if choice.queues:
        for one, file in zip(policies, (policy, against), strict=False):
            check_queues(one, opened.settings.queues, str(file))
    result, *others = _run(opened, plans, book)
    answers = book.answers()
    made = make_report(
        Material(
            found=opened.found,
            result=result,
            against=others[0] if others else None,
            answers=answers,
            worked=book.worked(),
            truth=find_truth(truth, opened.sources, result.raters, answers, least_golds),
            truth_was_seen=opened.sources.with_golds,
        )
    )
    written = write_report(result, out) + write_page(made, out)
    seconds = time.perf_counter() - began
    if as_json:
        told = as_dict(result, opened.found, written, seconds)
        exports = [export._asdict() for export in opened.found.exports]
        click.echo(json.dumps(told | {"exports": exports, "report": summary_of(made.report)}, indent=2))
    else:
        show(result, opened.found, opened.undeclared, written, seconds)
        show_report(made.report)


def _run(opened: Opened, plans: "list[Plan]", book: "AnswerBook") -> "list[Result]":
    """Side by side in one reading; the book listens to the first."""
    import msgspec  # noqa: PLC0415

    from stream.backtest.run import Backtest, batches  # noqa: PLC0415
    from stream.intake.settings_control import payload_of  # noqa: PLC0415

    # Ids as in the file are fine here: the report stays with whoever has the file.
    payload = msgspec.structs.replace(payload_of(opened.settings), accept_raw_ids=True)
    engines = [Backtest(payload, plan, [] if at else [book.add]) for at, plan in enumerate(plans)]
    with progress_bar() as bar:
        task = bar.add_task("judgments", total=opened.found.judgments)
        for batch in batches(opened.sources):
            for engine in engines:
                engine.feed(batch)
            bar.advance(task, len(batch))
    return [engine.finish() for engine in engines]
