"""Facts as Parquet files: one file a day and table, and a manifest that names them.

A commit writes the changed days anew beside the old ones, then replaces the manifest, which also holds the positions:
so both move together, and each day is one file, compact at all times. What was replaced stays until the next commit,
for readers that have just read the manifest before.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stream.errors import SettingsError
from stream.facts.arrow_schema import arrow_schema
from stream.facts.columns import DAILY, FINDINGS, LABELS, TABLES, Table
from stream.facts.day_rows import DayRows
from stream.facts.days import as_date, as_day
from stream.facts.erasing import rater_hash
from stream.facts.manifest import Manifest, Part, read_manifest, write_manifest, write_whole
from stream.facts.memory_store import follow
from stream.facts.port import Commit, DailyChange, Row, Written
from stream.facts.standing import Day, Standing, first_standing
from stream.facts.told_rows import add_rows, told_table, without_raters
from stream.transport.faults import Fault, Point, no_fault

_CACHED_ROWS = 300_000
_FOLDER_MODE = 0o750


class ParquetStore:
    """The FactStore port on a folder, which one process at a time may write to. Raises SettingsError when it cannot."""

    def __init__(self, folder: Path, fault: Fault = no_fault) -> None:
        self._folder, self._fault = folder, fault
        folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        self._lock = _locked(folder)
        self._manifest = read_manifest(folder) or Manifest(standing=first_standing())
        self._days: dict[Day, DayRows] = {}  # of the latest commits, the latest used last
        self._replaced: list[str] = []
        self._sweep()

    def standing(self) -> Standing:
        return self._manifest.standing

    def commit(self, commit: Commit) -> Written:
        follow(self.standing(), commit.standing)
        written: dict[str, int] = dict.fromkeys((table.name for table in TABLES), 0)
        files: dict[tuple[str, str], pa.Table] = {}
        changes: dict[Day, list[DailyChange]] = {}
        for change in commit.daily:
            changes.setdefault(change.day, []).append(change)
        unknown = 0
        for day in self._daily_days(changes, commit.erased):
            rows = self._day(day)
            missed = sum(not rows.add(change) for change in changes.get(day, ()))
            if rows.erase(commit.erased) or len(changes.get(day, ())) > missed:
                files[DAILY.name, _name(day)] = rows.table()
            unknown += missed
        written[DAILY.name] = len(commit.daily) - unknown
        for table, news in ((FINDINGS, commit.findings), (LABELS, commit.labels)):
            for name, merged, count in self._merged(table, news):
                files[table.name, name] = merged
                written[table.name] += count
        self._erase_findings(commit.erased, files)
        self._replace(commit.standing, files)
        self._shrink()
        return Written(written, unknown)

    def prune(self, standing: Standing) -> int:
        return self.remove(standing, -(2**31), standing.first_day)

    def remove(self, standing: Standing, first: Day, until: Day) -> int:
        follow(self.standing(), standing)
        self._days.clear()
        gone = {
            (table, day): part.rows
            for table, days in self._manifest.parts.items()
            for day, part in days.items()
            if first <= _day(day) < until
        }
        self._replace(standing, {}, gone)
        return sum(gone.values())

    def close(self) -> None:
        """Lets another process write."""
        os.close(self._lock)

    def _daily_days(self, changes: Mapping[Day, object], erased: Sequence[int]) -> list[Day]:
        """The days to write anew: an erasure looks through all that there are."""
        stored = self._manifest.parts.get(DAILY.name, {}) if erased else {}
        return sorted({*changes, *map(_day, stored)})

    def _day(self, day: Day) -> DayRows:
        rows = self._days.pop(day, None)
        if rows is None:
            stored = self._stored(DAILY, _name(day))
            rows = DayRows.of(day, stored) if stored is not None else DayRows(day)
        self._days[day] = rows
        return rows

    def _merged(self, table: Table, news: Sequence[Row]) -> Iterable[tuple[str, pa.Table, int]]:
        """(day, all its rows, how many of them are new) of each day that gets rows."""
        by_day: dict[Day, list[Row]] = {}
        for row in news:
            by_day.setdefault(row["day"], []).append(row)
        for day, rows in sorted(by_day.items()):
            stored = self._stored(table, _name(day))
            merged = add_rows(table, stored, told_table(table, rows))
            if count := len(merged) - (len(stored) if stored is not None else 0):
                yield _name(day), merged, count

    def _erase_findings(self, erased: Sequence[int], files: dict[tuple[str, str], pa.Table]) -> None:
        if not erased:
            return
        new = {day: rows for (table, day), rows in files.items() if table == FINDINGS.name}
        for name in {*self._manifest.parts.get(FINDINGS.name, {}), *new}:
            rows = new[name] if name in new else self._stored(FINDINGS, name) or arrow_schema(FINDINGS).empty_table()
            left = without_raters(rows, lambda rater_id: rater_hash(rater_id) in erased)
            if len(left) < len(rows):
                files[FINDINGS.name, name] = left

    def _stored(self, table: Table, day: str) -> pa.Table | None:
        part = self._manifest.parts.get(table.name, {}).get(day)
        if part is None:
            return None
        return pq.read_table(self._folder / part.file, partitioning=None, schema=arrow_schema(table))

    def _replace(
        self,
        standing: Standing,
        files: Mapping[tuple[str, str], pa.Table],
        gone: Iterable[tuple[str, str]] = (),
    ) -> None:
        """The commit itself: new files first, then the manifest, then what nobody needs any more goes."""
        parts = {table: dict(days) for table, days in self._manifest.parts.items()}
        for (table, day), rows in files.items():
            parts.setdefault(table, {}).pop(day, None)
            if len(rows):
                name = f"{table}/day={day}/{standing.number:012}.parquet"
                self._write(self._folder / name, rows)
                parts[table][day] = Part(name, len(rows))
        for table, day in gone:
            del parts[table][day]
        before = set(self._manifest.files())
        made = Manifest(standing=standing, parts=parts)
        self._fault("facts", Point.BEFORE_COMMIT)
        write_manifest(self._folder, made)
        self._fault("facts", Point.AFTER_COMMIT)
        self._manifest = made
        self._drop(self._replaced)
        self._replaced = sorted(before - set(made.files()))

    def _write(self, path: Path, rows: pa.Table) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        sink = pa.BufferOutputStream()
        pq.write_table(rows, sink, compression="zstd")
        write_whole(path, sink.getvalue().to_pybytes())

    def _drop(self, files: Iterable[str]) -> None:
        for file in files:
            path = self._folder / file
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()

    def _sweep(self) -> None:
        """Removes what a writer that was killed left: files that the manifest does not name."""
        counted = {self._folder / file for file in self._manifest.files()}
        for table in TABLES:
            for day in (self._folder / table.name).glob("day=*"):
                for file in day.iterdir():
                    if file not in counted:
                        file.unlink()
                if not any(day.iterdir()):
                    shutil.rmtree(day)

    def _shrink(self) -> None:
        while len(self._days) > 1 and sum(map(len, self._days.values())) > _CACHED_ROWS:
            del self._days[next(iter(self._days))]


def _locked(folder: Path) -> int:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise SettingsError(f"another process writes facts to {folder}: stop it, or choose another --to") from None
    return descriptor


def _name(day: Day) -> str:
    return as_date(day).isoformat()


def _day(name: str) -> Day:
    return as_day(date.fromisoformat(name))
