"""`make bench`: figures of this machine, as a table or as one line of JSON."""

import json
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.deliveries import deliveries
from bench.load import Load
from bench.pipeline import steady, throughput
from bench.scrape import scrape_cost

_STREAM = ("pipeline", "partitions_64", "raters_50000", "steady", "scrape")
_CASES = (*_STREAM, "deliveries")  # the last takes minutes and is only run when it is asked for


@click.command(epilog="Example: make bench ARGS='--only pipeline --judgments 200000'")
@click.option("--judgments", default=500_000, show_default=True, help="Of each throughput run.")
@click.option("--seconds", default=20, show_default=True, help="Of the run at a steady 2,000 judgments a second.")
@click.option("--only", type=click.Choice(_CASES), multiple=True, help="Some of the cases.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def bench(judgments: int, seconds: int, only: tuple[str, ...], *, as_json: bool) -> None:
    """Measure a worker with both stages: golds on 10 % of items, corrections 1 %, evidence on, a scrape every 5 s."""
    err = Console(stderr=True)

    def say(text: str) -> None:
        err.print(f"[dim]{text} …[/dim]")

    cases = {
        "pipeline": lambda folder: throughput(Load(judgments), 4, folder, say),
        "partitions_64": lambda folder: throughput(Load(judgments), 64, folder, say),
        "raters_50000": lambda folder: throughput(Load(judgments, raters=50_000), 4, folder, say),
        "steady": lambda folder: steady(Load(2_000 * (seconds + 30)), 2_000, seconds, folder, say),
        "scrape": lambda folder: scrape_cost(10_000, folder, say),
        "deliveries": lambda folder: deliveries(1_000, folder, say),
    }
    results: dict[str, Any] = {}
    for name in only or _STREAM:
        with tempfile.TemporaryDirectory(prefix="raterwatch-bench-") as folder:
            results[name] = cases[name](Path(folder))
    if as_json:
        click.echo(json.dumps(results))
        return
    table = Table("case", "figure", "value")
    for name, figures in results.items():
        for figure, value in figures.items():
            table.add_row(name, figure.replace("_", " "), f"{value}")
    Console().print(table)


if __name__ == "__main__":
    bench()
