"""The options that backtest and replay share: which files, how to read them, and what their queues are."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.backtest.sources import Sources, declare_queues, reading_after, survey_all
from stream.commands.options import all_of
from stream.commands.terminal import note
from stream.errors import InputError
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym
from stream.intake.queues import Settings
from stream.intake.queues_file import load_settings
from stream.intake.readers.recognise import FORMATS
from stream.intake.survey import FileSurvey
from stream.intake.table import COLUMNS, Reading

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FILE_OR_FOLDER = click.Path(path_type=Path, exists=True)


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


class TimeZone(click.ParamType):
    """A time zone by its name, "Europe/Berlin"."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """The zone as the machine knows it."""
        try:
            return value if isinstance(value, ZoneInfo) else ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value!r} is no time zone; write its name, such as UTC or Europe/Berlin", param, ctx)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says of the files: which, and how to read them."""

    files: tuple[Path, ...]
    file_format: str | None
    question: str | None
    time_zone: ZoneInfo | None
    known_answers_by: str | None
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
        click.argument("files", nargs=-1, required=True, type=FILE_OR_FOLDER),
        click.option(
            "--format",
            "file_format",
            type=click.Choice(FORMATS),
            help="What the files are; without it their content tells. rows: our own columns, or those of --column.",
        ),
        click.option("--question", help="Whose answer is the label, where a task of the tool has several questions."),
        click.option("--time-zone", type=TimeZone(), help="Of times that say none, such as UTC or Europe/Berlin."),
        click.option(
            "--known-answers-by", metavar="RATER", help="The rater, as in the files, whose answers are the known ones."
        ),
        click.option(
            "--column",
            "columns",
            multiple=True,
            type=RenamedColumn(),
            help="Name of a column in the file where it differs: item_id=unit. May be repeated. In a tool's export: "
            "where else to take something from, vendor=data.vendor.",
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
        format=choice.file_format,
        question=choice.question,
        time_zone=choice.time_zone,
        known_answers_by=_known_as(choice.known_answers_by, key),
    )
    paths = _paths(choice.files)
    with bytes_bar() as bar:
        task = bar.add_task("looking through the files", total=sum(Path(path).stat().st_size for path in paths))
        found = survey_all(paths, reading, lambda count: bar.advance(task, count))
    if choice.known_answers_by is not None and not found.by_expert:
        raise InputError("no answers of --known-answers-by in the files: write the rater's id as it stands there")
    for export in found.exports:
        for sentence in export.sentences():
            note(sentence)
    sources = Sources(
        paths,
        reading_after(found, reading),
        with_golds=not choice.no_gold,
        # A tool's export has a task's answers together; what is ours is in the order that its owner gave it.
        in_time_order=bool(found.exports) and found.has_clock and not found.in_order,
    )
    return Opened(
        sources=sources,
        found=replace(found, in_order=found.in_order or sources.in_time_order),
        settings=declare_queues(found, settings),
        undeclared=tuple(name for name in found.queues if name not in settings.queues),
        pseudonyms=key is not None,
    )


def _paths(files: Iterable[Path]) -> tuple[str, ...]:
    """The files, and those in folders by their path; hidden ones are not meant."""
    found = [path for given in files for path in (_inside(given) if given.is_dir() else [given])]
    if not found:
        raise InputError("no files in the folder: check where the export was unpacked")
    return tuple(map(str, found))


def _inside(folder: Path) -> list[Path]:
    inside = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in inside if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _known_as(rater: str | None, key: PseudonymKey | None) -> str | None:
    """The rater as he or she is called after reading."""
    return rater if rater is None or key is None or looks_like_pseudonym(rater) else key.pseudonym(rater)


def bytes_bar() -> Progress:
    """Like `progress_bar`, of bytes."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def progress_bar() -> Progress:
    """A bar that shows on a terminal only, and never on standard output."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
