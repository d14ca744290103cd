import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from stream.simulate.behaviours import Behaviour
from stream.simulate.folder import Written, write_folder
from stream.simulate.presets import plain_world
from stream.simulate.simulation import Simulation
from stream.simulate.summary import BehaviourSummary, summarise
from stream.simulate.world import World

SHARE = click.FloatRange(0, 1)


class MixType(click.ParamType):
    """Shares of behaviours, "random=0.05,copier=0.02"; whoever is left over is careful."""

    name = "mix"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[Behaviour, float]:
        """The shares, which sum to 1."""
        mix: dict[Behaviour, float] = {}
        for part in str(value).split(","):
            name, _, share = part.strip().partition("=")
            if name not in list(Behaviour):
                self.fail(f"no behaviour is called {name!r}; there are {', '.join(Behaviour)}", param, ctx)
            try:
                mix[Behaviour(name)] = float(share)
            except ValueError:
                self.fail(f"{part.strip()!r} has no share: write {name}=0.05", param, ctx)
        rest = 1 - sum(share for behaviour, share in mix.items() if behaviour is not Behaviour.CAREFUL)
        if not (min(mix.values()) >= 0 and rest >= 0):  # so written, it refuses nan too
            self.fail("shares are 0 or more and together at most 1", param, ctx)
        return {**mix, Behaviour.CAREFUL: rest}


@click.command(
    epilog="""\b
Example, 200,000 judgments by 500 raters of whom 25 click at random:
  raterwatch simulate --judgments 200000 --raters 500 --behaviours random=0.05 --out crowd/
  raterwatch backtest crowd/judgments.jsonl --queues crowd/queues.toml --out report/""",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option(
    "--judgments", type=click.IntRange(1), default=100_000, show_default=True, help="First judgments of items."
)
@click.option("--raters", type=click.IntRange(2), default=200, show_default=True)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same files."
)
@click.option("--days", type=click.IntRange(1), default=3, show_default=True, help="Days that the work is spread over.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="First day, UTC.  [default: 2026-01-05]")
@click.option(
    "--behaviours",
    type=MixType(),
    metavar="NAME=SHARE,…",
    help=f"Shares of raters; the rest is careful. Names: {', '.join(Behaviour)}. Default: a mix of all.",
)
@click.option("--golds", type=SHARE, help="Share of items with a known answer.  [default: 0.1]")
@click.option("--duplicates", type=SHARE, help="Share of judgments delivered twice.  [default: 0.002]")
@click.option("--late", type=SHARE, help="Share of judgments that arrive up to two hours late.  [default: 0.002]")
@click.option("--plain", is_flag=True, help="One queue, careful raters and nothing untidy, unless asked for.")
@click.option("--raw-ids", is_flag=True, help="Rater ids as a vendor has them, instead of pseudonyms.")
@click.option("--force", is_flag=True, help="Replace files of an earlier run.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def simulate(
    *,
    out: Path,
    judgments: int,
    raters: int,
    seed: int,
    days: int,
    start: datetime | None,
    behaviours: dict[Behaviour, float] | None,
    golds: float | None,
    duplicates: float | None,
    late: float | None,
    plain: bool,
    raw_ids: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Make up a crowd of raters with named behaviours, its judgments, and the truth about both.

    Writes judgments.jsonl (events in the order in which they reach the log), truth_raters.csv (who is bad, in which
    queue, from which judgment), truth_items.csv and the queues.toml that goes with them.
    """
    base = plain_world(judgments, raters) if plain else World()
    asked = {"golds": golds, "duplicates": duplicates, "late": late}
    world = replace(
        base,
        judgments=judgments,
        crowd=replace(base.crowd, raters=raters, behaviours=behaviours or base.crowd.behaviours),
        rates=replace(base.rates, **{name: rate for name, rate in asked.items() if rate is not None}),
        days=days,
        start_ms=base.start_ms if start is None else int(start.replace(tzinfo=UTC).timestamp() * 1000),
        pseudonyms="raw" if raw_ids else "demo",
    )
    simulation = Simulation(world, seed)
    written = _run(simulation, out, force=force)
    lines = summarise(simulation.truth.raters())
    if as_json:
        click.echo(json.dumps(_as_json(written, lines, seed), indent=2))
    else:
        _show(written, lines, out)


def _run(simulation: Simulation, out: Path, *, force: bool) -> Written:
    """Shows progress on a terminal only, and never on standard output."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("judgments", total=simulation.world.judgments)
        return write_folder(simulation, out, replace=force, progress=lambda made: bar.update(task, completed=made))


def _as_json(written: Written, lines: list[BehaviourSummary], seed: int) -> dict[str, object]:
    return {
        "seed": seed,
        "files": [str(file) for file in written.files],
        "events": dict(written.events),
        "items": written.items,
        "behaviours": [line._asdict() for line in lines],
    }


def _show(written: Written, lines: list[BehaviourSummary], out: Path) -> None:
    table = Table(title="The crowd and its truth", title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    table.add_column("behaviour", no_wrap=True)
    for heading in ("raters", "bad", "judgments", "accuracy", "seconds", "unbroken"):
        table.add_column(heading, justify="right")
    for line in lines:
        table.add_row(
            line.behaviour,
            f"{line.raters:,}",
            f"{line.bad:,}" if line.bad else "–",
            f"{line.judgments:,}",
            "–" if line.accuracy is None else f"{line.accuracy:.3f}",
            f"{line.typical_ms / 1000:.1f}",
            f"{line.unbroken_min:,}",
        )
    console = Console()
    console.print(table)
    events = ", ".join(f"{number:,} {name}{'s' * (number != 1)}" for name, number in written.events.most_common())
    console.print(f"{events} on {written.items:,} items.", highlight=False, soft_wrap=True)
    console.print(
        "seconds: typical for a judgment; unbroken: longest work without a break, in minutes.", soft_wrap=True
    )
    console.print(f"Wrote {', '.join(file.name for file in written.files)} to {out}.", highlight=False, soft_wrap=True)
