"""The options that backtest and replay share: which files, how to read them, and what their queues are."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.backtest.sources import Sources, declare_queues, survey_all
from stream.commands.options import all_of
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.queues import Settings
from stream.intake.queues_file import load_settings
from stream.intake.survey import FileSurvey
from stream.intake.table import COLUMNS, Reading

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class RenamedColumn(click.ParamType):
    """`item_id=unit`: the column that we call item_id is called unit in the file."""

    name = "ours=theirs"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """(our name, the file's name)."""
        ours, separator, theirs = str(value).partition("=")
        if not separator or not theirs:
            self.fail(f"{value!r}: write our name, =, and the file's: item_id=unit", param, ctx)
        if ours not in COLUMNS:
            self.fail(f"{ours!r} is no column of ours; there are {', '.join(COLUMNS)}", param, ctx)
        return ours, theirs


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says of the files: which, and how to read them."""

    files: tuple[Path, ...]
    columns: tuple[tuple[str, str], ...]
    queue: str
    no_gold: bool
    queues: Path | None
    pseudonym_key: Path | None


@dataclass(frozen=True, slots=True)
class Opened:
    """Files that are ready to be read, what is in them, and the queues as declared for them."""

    sources: Sources
    found: FileSurvey
    settings: Settings
    undeclared: tuple[str, ...]  # queues whose labels were taken from the files
    pseudonyms: bool  # rater ids are replaced while reading


def file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the arguments that say which files to read and how; the command is handed them together, as `choice`."""

    @functools.wraps(command)
    def choosing(**given: Any) -> None:
        choice = Choice(**{field.name: given.pop(field.name) for field in fields(Choice)})
        command(choice=choice, **given)

    return all_of(
        click.argument("files", nargs=-1, required=True, type=FILE),
        click.option(
            "--column",
            "columns",
            multiple=True,
            type=RenamedColumn(),
            help="Name of a column in the file where it differs: item_id=unit. May be repeated.",
        ),
        click.option("--queue", default="default", show_default=True, help="Queue of rows that name none."),
        click.option("--no-gold", is_flag=True, help="Leave out known answers, as if there were no golds."),
        click.option("--queues", type=FILE, help="Queues file; queues it lacks are declared from the files."),
        click.option("--pseudonym-key", type=FILE, help="Key file: rater ids become pseudonyms."),
    )(choosing)


def open_files(choice: Choice, queues: Path | None = None) -> Opened:
    """Reads the files once to see what is in them. Raises InputError or SettingsError.

    `queues` is the queues file when the command line names none.
    """
    queues = choice.queues or queues
    settings = load_settings(queues) if queues else Settings()
    key = PseudonymKey.load(str(choice.pseudonym_key)) if choice.pseudonym_key else None
    reading = Reading(
        columns=dict(choice.columns),
        set_queues=frozenset(name for name, known in settings.queues.items() if known.kind == "set"),
        pseudonym=key.pseudonym if key else None,
        queue=choice.queue,
    )
    paths = tuple(str(file) for file in choice.files)
    with Console(stderr=True).status("looking through the files"):
        found = survey_all(paths, reading)
    return Opened(
        sources=Sources(paths, reading, with_golds=not choice.no_gold),
        found=found,
        settings=declare_queues(found, settings),
        undeclared=tuple(name for name in found.queues if name not in settings.queues),
        pseudonyms=key is not None,
    )


def progress_bar() -> Progress:
    """A bar that shows on a terminal only, and never on standard output."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
