from pathlib import Path
from typing import Any

import pytest

from stream.errors import InputError
from tests.unit.intake.row_files import FORMATS, GOOD, read, write

BAD_CELLS = [
    ("item_id", None, "is empty"),
    ("rater_id", None, "is empty"),
    ("label", None, "give a label"),
    ("rater_id", "secret-name" * 20, "has 220 characters; allowed are 128"),
    ("label", "x" * 129, "has 129 characters"),
    ("duration_ms", "12s", "no whole number"),
    ("duration_ms", 1.5, "no whole number"),
    ("duration_ms", -4, "outside 0 to 86400000; check the unit"),
    ("revision", 2**31, "outside 0"),
    ("submitted_at_ms", "yesterday", "with offset such as"),
    ("submitted_at_ms", "2024-05-01T12:00:00", "with offset such as"),
    ("outcome", "done", "none of answered, skipped, escalated"),
    ("stage", "test", "none of production, training"),
    ("sensitivity", "mild", "none of none, sensitive, severe"),
    ("is_test", "maybe", "neither 1 nor 0"),
    ("cost", "a lot", "no decimal number"),
    ("site", "x" * 129, "has 129 characters"),
]


@FORMATS
@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(("column", "cell", "problem"), BAD_CELLS)
def test_a_bad_cell_is_named_by_file_place_and_column(
    tmp_path: Path, kind: str, column: str, cell: Any, problem: str
) -> None:
    fill: dict[str, Any] = {"duration_ms": 5, "revision": 1, "outcome": "answered", "stage": "production", "cost": "1"}
    fill |= {"submitted_at_ms": 7, "sensitivity": "none", "is_test": "1", "site": "x", "gold": "x"}
    good = GOOD | {column: fill.get(column, GOOD.get(column)), "gold": "x"}
    if kind == "parquet":
        good[column], cell = str(good[column]), None if cell is None else str(cell)
    path = write(tmp_path, kind, [good, good, good, good | {column: cell}, good])
    with pytest.raises(InputError) as caught:
        read(path)
    place = {"csv": "line 5", "jsonl": "line 4", "parquet": "row 4"}[kind]
    assert str(caught.value).startswith(f"{path}: {place}, column {column}: ")
    assert problem in str(caught.value)
    assert "secret-name" not in str(caught.value)


@FORMATS
@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(("times", "problem"), [([5, 6, None], "empty"), ([None, None, 5], "filled")])
def test_a_clock_is_in_all_rows_or_in_none(tmp_path: Path, kind: str, times: list[int | None], problem: str) -> None:
    path = write(tmp_path, kind, [GOOD | {"submitted_at_ms": time} for time in times])
    with pytest.raises(InputError, match=f"column submitted_at_ms: {problem}, unlike the first row"):
        read(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_missing_column_is_named_with_those_found(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, kind, [{"item_id": "i", "worker": "r", "label": "x"}])
    with pytest.raises(InputError, match="no column rater_id for rater_id; columns found: item_id, worker, label"):
        read(path)
    with pytest.raises(InputError, match="no column person for rater_id"):
        read(path, columns={"rater_id": "person"})
    with pytest.raises(InputError, match="worker is no column to map; allowed: judgment_id"):
        read(path, columns={"worker": "rater_id"})


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl", "none.parquet", "rows.xlsx", "rows"])
def test_a_file_that_is_missing_or_of_another_kind_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        read(str(tmp_path / name))


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv.gz"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"something else entirely")
    with pytest.raises(InputError, match="cannot be read"):
        read(str(tmp_path / name))
