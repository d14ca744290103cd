"""One suite for the stores of facts: in memory, as files, in PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psycopg
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from stack.local import LocalStack
from stream.errors import SettingsError, StateError, Unavailable
from stream.facts.about import rows_about
from stream.facts.columns import DAILY, FINDINGS, KEPT, LABELS, SUM_NAMES, SUMS
from stream.facts.days import as_date
from stream.facts.erasing import rater_hash, row_key
from stream.facts.memory_store import MemoryStore
from stream.facts.parquet_store import ParquetStore
from stream.facts.port import Commit, DailyChange, FactStore, Names, Written
from stream.facts.postgres.store import PostgresStore
from stream.facts.postgres.tables import metadata
from stream.facts.read import read_facts
from stream.facts.records import finding_row, label_row
from stream.quality.schema import Column
from stream.transport.faults import Point

DAY_MS = 86_400_000
ANA, BO = "rkx-ana", "rkx-bo"


class Stand:
    """A store that can be opened again, and what it holds."""

    def __init__(self, open_store: Callable[..., FactStore], place: str | None) -> None:
        self.open, self.place = open_store, place
        self.store = open_store()

    def commit(self, *daily: DailyChange, **told: Any) -> Written:
        standing = self.store.standing()
        after = msgspec.structs.replace(standing, number=standing.number + 1)
        return self.store.commit(Commit(after, daily, **told))

    def reopen(self, **fault: Any) -> None:
        if self.place is not None:
            self.store.close()
            self.store = self.open(**fault)

    def daily(self) -> list[tuple[Any, ...]]:
        """(day, rater, vendor, judgments, skipped), sorted."""
        if isinstance(self.store, MemoryStore):
            rows = [
                (as_date(day), names.rater_id, names.vendor, int(sums[Column.JUDGMENTS]), int(sums[Column.SKIPPED]))
                for (day, _), (names, sums) in self.store.daily.items()
            ]
        else:
            rows = [
                tuple(row[n] for n in ("day", "rater_id", "vendor", *SUM_NAMES[:2])) for row in self.all(DAILY.name)
            ]
        return sorted(rows, key=lambda row: (row[0], row[1] or "", row[2]))

    def all(self, table: str) -> list[dict[str, Any]]:
        if isinstance(self.store, MemoryStore):
            return [dict(row) for row in self.store.told[table].values()]
        if "://" not in str(self.place):
            return list(read_facts(str(self.place), table).to_pylist()) if self.store.standing().number else []
        with psycopg.connect(str(self.place)) as connection:
            cursor = connection.execute(f"SELECT * FROM facts.{table}")  # type: ignore[arg-type]
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with LocalStack(kafka=False, redis=False, postgres=True) as stack:
        yield stack.postgres.url


@pytest.fixture(params=["memory", "files", "postgresql"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    if request.param == "memory":
        stand = Stand(MemoryStore, None)
    elif request.param == "files":
        stand = Stand(lambda **fault: ParquetStore(tmp_path / "facts", **fault), str(tmp_path / "facts"))
    else:
        url = request.getfixturevalue("postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS facts CASCADE")
        stand = Stand(lambda **fault: PostgresStore(url, **fault), url)
    yield stand
    stand.store.close()


def change(
    day: int, rater: str, judgments: int, skipped: int = 0, *, named: bool = True, terms: int = 1
) -> DailyChange:
    sums = np.zeros(SUMS, "i8")
    sums[[KEPT.index(Column.JUDGMENTS), KEPT.index(Column.SKIPPED)]] = judgments, skipped
    names = Names(rater, "q", f"v{terms}", None, None, None, "production")
    return DailyChange(day, row_key(rater_hash(rater), 7, 0, terms), names if named else None, sums)


def finding(number: int, rater: str, version: int = 1) -> dict[str, Any]:
    event = {
        "id": f"f{number}",
        "version": version,
        "event": "opened",
        "queue": "q",
        "detector": "copying",
        "state": "suspect",
        "sentence": {"key": "k", "params": {}, "text": "t"},
        "opened_at": 5 * DAY_MS,
        "at": 6 * DAY_MS,
        "rater_id": rater,
        "measure": 0.25,
    }
    row = finding_row(msgspec.json.encode(event))
    assert row is not None
    return dict(row)


def label(label: object, revision: int = 1) -> dict[str, Any]:
    event = {
        "type": "adjudication",
        "queue": "q",
        "item_id": "i",
        "label": label,
        "revision": revision,
        "auditor": "a",
        "sampling": "random",
        "severity": "minor",
        "at": 6 * DAY_MS,
    }
    row = label_row(msgspec.json.encode(event))
    assert row is not None
    return dict(row)


def test_changes_add_up_over_commits_and_lives(at: Stand) -> None:
    assert at.commit(change(10, ANA, 3), change(10, BO, 1)).rows[DAILY.name] == 2
    at.reopen()
    written = at.commit(change(10, ANA, 2, 1), change(10, ANA, -1, named=False), change(11, ANA, 4, terms=2))
    assert (written.rows[DAILY.name], written.unknown) == (3, 0)
    assert at.daily() == [
        (as_date(10), ANA, "v1", 4, 1),
        (as_date(10), BO, "v1", 1, 0),
        (as_date(11), ANA, "v2", 4, 0),
    ]


def test_a_row_whose_judgments_are_all_withdrawn_is_gone(at: Stand) -> None:
    at.commit(change(10, ANA, 2), change(10, BO, 1))
    at.commit(change(10, ANA, -2, named=False))
    assert [row[1] for row in at.daily()] == [BO]


def test_a_correction_without_a_row_is_passed_over_and_told(at: Stand) -> None:
    at.commit(change(10, ANA, 1), change(11, ANA, 1))
    corrections = [change(day, rater, 1, named=False) for day in (10, 11, 12) for rater in (ANA, BO)]
    written = at.commit(*corrections)
    assert (written.rows[DAILY.name], written.unknown) == (2, 4)
    assert [row[1] for row in at.daily()] == [ANA, ANA]


def test_findings_and_labels_are_sets_however_often_they_are_told(at: Stand) -> None:
    first = at.commit(findings=[finding(1, ANA), finding(2, BO)], labels=[label("a"), label(["x", "y"], 2)])
    again = at.commit(findings=[finding(1, ANA), finding(1, ANA, 2)], labels=[label("a")])
    assert (first.rows[FINDINGS.name], first.rows[LABELS.name]) == (2, 2)
    assert (again.rows[FINDINGS.name], again.rows[LABELS.name]) == (1, 0)
    assert sorted((row["id"], row["version"]) for row in at.all(FINDINGS.name)) == [("f1", 1), ("f1", 2), ("f2", 1)]
    assert sorted(row["label"] for row in at.all(LABELS.name)) == ['["x","y"]', "a"]


def test_a_forgotten_raters_numbers_stay_without_the_name_and_findings_go(at: Stand) -> None:
    at.commit(change(10, ANA, 3), change(10, BO, 1), change(11, ANA, 4), findings=[finding(1, ANA), finding(2, BO)])
    at.commit(change(10, BO, 1, named=False), erased=[rater_hash(ANA)])
    at.commit(erased=[rater_hash(BO)])
    at.reopen()
    assert at.daily() == [(as_date(10), None, "v1", 5, 0), (as_date(11), None, "v1", 4, 0)]
    assert at.all(FINDINGS.name) == []
    if at.place is not None:
        assert rows_about(at.place, ANA) == {DAILY.name: [], FINDINGS.name: []}


def test_what_is_held_of_a_rater_is_told(at: Stand) -> None:
    at.commit(change(10, ANA, 3), change(11, ANA, 1), change(10, BO, 1), findings=[finding(1, ANA), finding(2, BO)])
    if at.place is not None:
        found = rows_about(at.place, ANA)
        assert [row["judgments"] for row in found[DAILY.name]] == [3, 1]
        assert [row["id"] for row in found[FINDINGS.name]] == ["f1"]


def test_old_days_are_pruned_in_every_table(at: Stand) -> None:
    at.commit(change(5, ANA, 1), change(6, ANA, 1), change(7, ANA, 1), findings=[finding(1, ANA)], labels=[label("a")])
    standing = at.store.standing()
    assert at.store.prune(msgspec.structs.replace(standing, number=2, first_day=7)) == 4
    at.reopen()
    assert (at.store.standing().first_day, at.all(FINDINGS.name), at.all(LABELS.name)) == (7, [], [])
    assert [row[0] for row in at.daily()] == [as_date(7)]


def test_days_of_a_gap_are_removed_and_no_others(at: Stand) -> None:
    at.commit(*(change(day, ANA, 1) for day in range(5, 10)))
    at.store.remove(msgspec.structs.replace(at.store.standing(), number=2, first_day=8), 6, 8)
    assert [row[0] for row in at.daily()] == [as_date(day) for day in (5, 8, 9)]


def test_a_second_writer_is_refused_and_writes_nothing(at: Stand) -> None:
    at.commit(change(10, ANA, 1))
    stale = msgspec.structs.replace(at.store.standing(), number=1)
    with pytest.raises(StateError, match="another process writes"):
        at.store.commit(Commit(stale, [change(10, BO, 1)]))
    assert [row[1] for row in at.daily()] == [ANA]


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.AFTER_COMMIT])
def test_rows_and_positions_move_together_or_not_at_all(at: Stand, point: Point) -> None:
    if at.place is None:
        return
    at.commit(change(10, ANA, 1))

    def fault(_: str, passed: Point) -> None:
        if passed is point:
            raise InterruptedError

    at.reopen(fault=fault)
    with pytest.raises(InterruptedError):
        at.commit(change(10, ANA, 1), change(12, BO, 1))
    at.reopen()
    done = point is Point.AFTER_COMMIT
    assert at.store.standing().number == 1 + done
    assert [row[3] for row in at.daily()] == ([2, 1] if done else [1])


def test_the_migrations_make_what_the_declaration_says(postgres: str) -> None:
    PostgresStore(postgres).close()
    engine = sa.create_engine(postgres.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        options = {"version_table_schema": "facts", "include_schemas": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    with pytest.raises(Unavailable) as failure:
        PostgresStore("postgresql://facts:s3cret@127.0.0.1:9/facts")
    assert "s3cret" not in str(failure.value)


def test_what_a_killed_writer_left_is_no_data_and_goes(tmp_path: Path) -> None:
    at = Stand(lambda: ParquetStore(tmp_path), str(tmp_path))
    at.commit(change(10, ANA, 1))
    (part,) = (tmp_path / "daily_facts" / "day=1970-01-11").iterdir()
    left = [part.with_name("000000000099.parquet"), tmp_path / "findings" / "day=1970-01-02" / "x.parquet.unfinished"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(part.read_bytes()[:100])
    assert len(at.daily()) == 1
    at.reopen()
    assert not any(path.exists() for path in left)
    assert not left[1].parent.exists()


def test_a_reader_finishes_while_the_writer_goes_on(tmp_path: Path) -> None:
    at = Stand(lambda: ParquetStore(tmp_path), str(tmp_path))
    at.commit(change(10, ANA, 1))
    (part,) = (tmp_path / "daily_facts" / "day=1970-01-11").iterdir()
    at.commit(change(10, ANA, 1))
    assert pq.read_table(part, partitioning=None)["judgments"].to_pylist() == [1]
    at.commit(change(11, ANA, 1))
    assert not part.exists()
    at.store.close()


def test_two_processes_do_not_write_to_one_folder(tmp_path: Path) -> None:
    first = ParquetStore(tmp_path)
    with pytest.raises(SettingsError, match="another process writes"):
        ParquetStore(tmp_path)
    first.close()
