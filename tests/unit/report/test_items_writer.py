import csv
import json

import pyarrow.parquet as pq
import pytest

from stream.report.items_file import ItemRow, item_rows
from stream.report.items_writer import items_writer
from stream.stages.known_labels import KnownLabel
from tests.unit.report.values import answers_of

TOLD = [("x", "r1", 1), ("x", "r2", 1), ("x", "r3", 0), ("y", "r1", 2)]


@pytest.fixture
def rows():
    answers = answers_of(TOLD, vendors={"r1": "north", "r2": "north", "r3": "south"})
    known = {answers.keys[0]: KnownLabel(0, "adjudication")}
    return list(item_rows(answers, {}, {("r1", "q"), ("r2", "q")}, known))


def test_a_row_tells_labels_vendors_and_the_known_answer(rows):
    x, y = rows

    assert (x.labels, x.known_answer, x.known_from) == ({"a": 1, "b": 2}, "a", "adjudication")
    assert x.vendors == {"north": pytest.approx(2 / 3), "south": pytest.approx(1 / 3)}
    assert (y.labels, y.known_answer, y.known_from) == ({"c": 1}, None, None)


def test_both_files_hold_the_same_rows_however_they_were_cut(rows, tmp_path, monkeypatch):
    monkeypatch.setattr("stream.report.items_writer.ROWS_A_GROUP", 3)
    with items_writer(tmp_path) as items:
        items.add(rows)
        items.add(rows)
        items.add([])

    table = pq.read_table(tmp_path / "items.parquet")
    assert pq.ParquetFile(tmp_path / "items.parquet").num_row_groups == 2
    found = [row | {"labels": dict(row["labels"]), "vendors": dict(row["vendors"])} for row in table.to_pylist()]
    assert found == [row._asdict() for row in rows + rows]
    with (tmp_path / "items.csv").open(newline="") as file:
        text = list(csv.DictReader(file))
    assert [json.loads(row["labels"]) for row in text] == [row.labels for row in rows + rows]
    assert [(row["flips"], row["known_answer"]) for row in text[:2]] == [("true", "a"), ("", "")]


def test_the_parquet_file_says_what_each_column_is(rows, tmp_path):
    with items_writer(tmp_path) as items:
        items.add(rows)

    schema = pq.read_schema(tmp_path / "items.parquet")
    assert schema.names == list(ItemRow._fields)
    assert b"0 to 1" in schema.field("confidence").metadata[b"description"]
    assert not schema.field("queue").nullable


def test_a_run_that_fails_leaves_the_earlier_files(rows, tmp_path):
    with items_writer(tmp_path) as items:
        items.add(rows)
    before = [(tmp_path / name).read_bytes() for name in ("items.csv", "items.parquet")]

    with pytest.raises(RuntimeError), items_writer(tmp_path) as items:  # noqa: PT012
        items.add(rows[:1])
        raise RuntimeError

    assert [(tmp_path / name).read_bytes() for name in ("items.csv", "items.parquet")] == before
