"""`raterwatch demo`: everything on this machine, from an empty folder to who needs review and why."""

import asyncio
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from stack.errors import StackError
from stream.commands.ranking import Filters
from stream.commands.top import view
from stream.demo.crowd import Crowd, from_files, simulated
from stream.demo.deployment import Deployment
from stream.demo.run import deployed, ranking, run_once
from stream.demo.sending import send
from stream.errors import RaterwatchError
from stream.events import Event
from stream.intake.pseudonyms import PseudonymKey

_REFRESH_S = 1.0


@click.command(
    "demo",
    epilog="""\b
Examples:
  raterwatch demo
  raterwatch demo --data judgments.csv --speed 1000
  raterwatch demo --once --judgments 20000 --json""",
)
@click.option(
    "--judgments", type=click.IntRange(100), default=None, help="How many.  [default: 100000; with --once 20000]"
)
@click.option(
    "--raters", type=click.IntRange(8), help="How many people.  [default: one for 250 judgments, 40 at least]"
)
@click.option("--seed", type=int, default=7, show_default=True, help="Of the simulated crowd.")
@click.option("--data", type=click.Path(exists=True, dir_okay=False), help="Judgments of a file instead of a crowd.")
@click.option(
    "--speed",
    type=click.FloatRange(0),
    default=None,
    help="Judgments a second, 0 as fast as it goes.  [default: 200; with --once 2000]",
)
@click.option("--once", is_flag=True, help="Send, wait until all is applied, stop, and report.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print one JSON object.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep data and logs there.  [default: a temporary one]",
)
def demo(
    *,
    judgments: int | None,
    raters: int | None,
    seed: int,
    data: str | None,
    speed: float | None,
    once: bool,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Run Kafka, Redis, Prometheus, Alertmanager and a worker here, send judgments, and show who needs review.

    Ctrl-C stops all that it started and only that.
    """
    if as_json and not once:
        raise click.UsageError("--json goes with --once")
    # A shell's background job inherits that SIGINT is ignored; whoever sends it here means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    err = Console(stderr=True)
    with _folder(folder) as place:
        crowd = _crowd(judgments or (20_000 if once else 100_000), raters, seed, data, place)
        try:
            with deployed(
                place, crowd, lambda text: err.print(f"[dim]{text} …[/dim]"), with_desk=not once
            ) as deployment:
                if once:
                    _once(deployment, crowd, 2000.0 if speed is None else speed, err, as_json=as_json)
                else:
                    _live(deployment, crowd, 200.0 if speed is None else speed, err)
        except StackError as error:
            raise RaterwatchError(str(error)) from error
        except KeyboardInterrupt:
            err.print("Stopped: the worker and all servers are down.")


def _once(deployment: Deployment, crowd: Crowd, speed: float, err: Console, *, as_json: bool) -> None:
    with _bar(err) as bar:
        task = bar.add_task("sent", total=len(crowd.events))
        report = run_once(
            deployment,
            crowd,
            speed,
            lambda text: err.print(f"[dim]{text} …[/dim]"),
            lambda sent: bar.update(task, completed=sent),
        )
    if as_json:
        click.echo(json.dumps(report))
        return
    table = Table(title="Account of the run", show_header=False, title_justify="left")
    for name, value in report.items():
        table.add_row(name.replace("_", " "), "unknown" if value is None else f"{value:,}")
    out = Console()
    out.print(view(asyncio.run(ranking(deployment, 15)), Filters(), _now_ms(), out.width))
    out.print(table)


def _live(deployment: Deployment, crowd: Crowd, speed: float, err: Console) -> None:
    stack = deployment.stack
    for name, address in (
        ("Kafka", stack.kafka.bootstrap),
        ("Redis", stack.redis.url),
        ("Worker metrics", deployment.metrics_url),
        ("Prometheus", stack.prometheus.url),
        ("Alertmanager", stack.alertmanager.url),
    ):
        err.print(f"  {name:15} {address}", highlight=False)
    if deployment.desk is not None:
        err.print(f"  {'Case desk':15} {deployment.desk.sign_in_link()}", highlight=False, soft_wrap=True)
    asyncio.run(_watch(deployment, crowd, speed))


async def _watch(deployment: Deployment, crowd: Crowd, speed: float) -> None:
    sent = 0

    def count(number: int) -> None:
        nonlocal sent
        sent = number

    kept: list[Event] = []
    sending = asyncio.create_task(send(crowd.events, deployment.settings, per_second=speed, progress=count, keep=kept))
    console = Console()
    try:
        with Live(console=console, auto_refresh=False, screen=console.is_terminal) as screen:
            while True:
                await asyncio.sleep(_REFRESH_S)
                if sending.done():
                    sending.result()
                lines = max(5, console.height - 18)
                shown = view(await ranking(deployment, lines), Filters(), _now_ms(), console.width)
                state = "all sent; Ctrl-C stops everything" if sending.done() else "Ctrl-C stops everything"
                messages = deployment.recorder.messages if deployment.recorder else []
                latest = [message for message in messages if message.channel != "heartbeat"][-3:]
                told = "\n".join(f"→ {message.service} {message.channel}: {message.title}" for message in latest)
                where = f"metrics {deployment.metrics_url}   Prometheus {deployment.stack.prometheus.url}"
                screen.update(
                    Group(
                        shown,
                        Text(f"{sent:,} of {len(crowd.events):,} sent, {state}"),
                        Text(f"{len(messages):,} messages to pager, chat and webhooks (messages.jsonl)\n{told}"),
                        Text(where),
                    ),
                    refresh=True,
                )
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def _crowd(judgments: int, raters: int | None, seed: int, data: str | None, place: Path) -> Crowd:
    if data is None:
        return simulated(judgments, raters, seed)
    return from_files((data,), PseudonymKey.create(str(place / "pseudonym.key")))


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="raterwatch-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
