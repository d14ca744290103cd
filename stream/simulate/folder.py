import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from stream.errors import InputError
from stream.simulate.aftermath import Event
from stream.simulate.encoding import encode_events
from stream.simulate.queues_file import queues_file
from stream.simulate.simulation import Simulation
from stream.simulate.truth import ItemTruth, RaterTruth

EVENTS, RATERS, ITEMS, QUEUES = "judgments.jsonl", "truth_raters.csv", "truth_items.csv", "queues.toml"
PROGRESS_EVERY = 5_000  # events


class Written(NamedTuple):
    """What was written: paths, and how many events of each type."""

    files: list[Path]
    events: Counter[str]
    items: int


def write_folder(
    simulation: Simulation, folder: Path, *, replace: bool = False, progress: Callable[[int], None] = lambda _: None
) -> Written:
    """Runs the simulation into a folder: events, both truths and the queues file. The one file here that does I/O.

    Raises InputError before anything is made when one of the files is there already and `replace` is not set.
    """
    files = [folder / name for name in (EVENTS, RATERS, ITEMS, QUEUES)]
    try:
        present = [file.name for file in files if file.exists()]
        if present and not replace:
            raise InputError(f"{folder} already holds {', '.join(present)}: choose another folder, or add --force")
        folder.mkdir(parents=True, exist_ok=True)
        counts: Counter[str] = Counter()
        with files[0].open("wb") as out:
            out.writelines(value + b"\n" for _, value in encode_events(_counted(simulation, counts, progress)))
        _write_csv(files[1], RaterTruth._fields, simulation.truth.raters())
        items = _write_csv(files[2], ItemTruth._fields, simulation.truth.items())
        files[3].write_text(queues_file(simulation.world), encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror}; choose another folder with --out") from error
    return Written(files, counts, items)


def _counted(simulation: Simulation, counts: Counter[str], progress: Callable[[int], None]) -> Iterator[Event]:
    for number, event in enumerate(simulation):
        counts[type(event).__name__.lower()] += 1
        if number % PROGRESS_EVERY == 0:
            progress(simulation.made)
        yield event
    progress(simulation.made)


def _write_csv(file: Path, columns: Iterable[str], rows: Iterable[RaterTruth | ItemTruth]) -> int:
    written = 0
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(str(value).lower() if isinstance(value, bool) else value for value in row)
            written += 1
    return written
