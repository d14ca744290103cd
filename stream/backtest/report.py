"""Writes what a backtest found: raters.csv, findings.jsonl, snapshots.csv; the same input gives the same bytes."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from stream.backtest.rows import RaterRow
from stream.backtest.run import Result
from stream.backtest.watch import Snapshot
from stream.errors import InputError
from stream.events import Finding

DIGITS = 9  # after the point: what the engine's fixed-point shares resolve
RATERS, FINDINGS, SNAPSHOTS = "raters.csv", "findings.jsonl", "snapshots.csv"


def write_report(result: Result, folder: Path) -> list[Path]:
    """Writes the three files into the folder, which is made if need be; files of an earlier run are replaced."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(folder / RATERS, RaterRow._fields, result.raters)
        _write_findings(folder / FINDINGS, result.findings)
        write_csv(folder / SNAPSHOTS, Snapshot._fields, result.snapshots)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error}); choose another folder with --out") from None
    return [folder / name for name in (RATERS, FINDINGS, SNAPSHOTS)]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes rows under a header; None is an empty cell."""
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: object) -> object:
    """Unknown is empty, never 0; a whole number of milliseconds is written as one; true and false as JSON has them."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, float):
        return "" if value is None else value
    return int(value) if value.is_integer() and abs(value) > 1 else round(value, DIGITS)


def _write_findings(path: Path, findings: Sequence[Finding]) -> None:
    with replacing(path) as file:
        file.writelines(msgspec.json.encode(finding).decode() + "\n" for finding in findings)


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A reader never sees half a file, and a failed run leaves the earlier one's."""
    draft = path.with_name(path.name + ".part")
    with draft.open("w", encoding="utf-8", newline="") as file:
        yield file
    draft.replace(path)
