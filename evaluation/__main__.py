"""`make quality`: how good the detectors are, measured on simulated worlds and real crowds; the last line is JSON."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from evaluation import alarm, exact, pairs
from evaluation.engine import product_of
from evaluation.ranking import section_of
from evaluation.run import Figures, Run, Section

# In the order of running. A new section is one line here.
SECTIONS: dict[str, Section] = {
    "ranking": section_of(product_of(partitions=1)),
    "ranking_64_partitions": section_of(product_of(partitions=64)),
    "exact": exact.section,
    "alarm": alarm.section,
    "pairs": pairs.section,
}


def command(sections: dict[str, Section]) -> click.Command:
    """The command line over these sections."""

    @click.command(epilog="Example: make quality ARGS='--quick --only exact'")
    @click.option("--quick", is_flag=True, help="Minutes instead of an hour: the same figures, with wider intervals.")
    @click.option("--only", type=click.Choice(list(sections)), multiple=True, help="Some of the sections.")
    @click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of real crowds; without it their figures are left out.",
    )
    @click.option("--seed", default=1, show_default=True, help="Of the simulated worlds.")
    @click.option("--json", "as_json", is_flag=True, help="Nothing but the last line.")
    def evaluate(only: tuple[str, ...], data: Path | None, seed: int, *, quick: bool, as_json: bool) -> None:
        """Measure the detectors where the truth is known."""
        results: dict[str, Figures] = {}
        spent: dict[str, float] = {}
        with _progress() as progress:
            task = progress.add_task("starting", total=None)
            run = Run(quick=quick, data=data, seed=seed, say=lambda text: progress.update(task, description=text))
            for name in only or sections:
                run.say(name)
                begun = time.monotonic()
                results[name] = sections[name](run)
                spent[name] = round(time.monotonic() - begun, 1)
        if not as_json:
            Console().print(_table(results))
        click.echo(json.dumps({"quick": quick, "seed": seed, "seconds": spent, **results}))

    return evaluate


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _table(results: dict[str, Figures]) -> Table:
    table = Table("section", "figure", "value")
    for name, figures in results.items():
        for figure, value in _flat(figures):
            table.add_row(name, figure, f"{value}")
    return table


def _flat(figures: Figures, above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in figures.items():
        path = f"{above}, {name}" if above else name
        if isinstance(value, dict):
            yield from _flat(value, path)
        else:
            yield path, value


if __name__ == "__main__":
    command(SECTIONS)()
