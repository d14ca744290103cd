"""What only one of the formats has."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stream.errors import InputError
from stream.events import Gold, Judgment, Retraction
from stream.intake.pseudonyms import PseudonymKey
from tests.unit.intake.row_files import GOOD, csv, read, write
from tests.unit.intake.samples import judgment


def test_csv_lines_are_counted_with_quoted_line_breaks_and_blank_lines(tmp_path: Path) -> None:
    path = csv(tmp_path, 'item_id,rater_id,label\n"a\nb",r,x\n\nc,r\n')
    with pytest.raises(InputError, match="line 5: 2 cells under 3 columns"):
        read(path)


@pytest.mark.parametrize("text", ["item_id;rater_id;label\ni;r;a,b\n", "item_id\trater_id\tlabel\ni\tr\ta,b\n"])
def test_csv_may_be_separated_otherwise(tmp_path: Path, text: str) -> None:
    assert read(csv(tmp_path, text))[0].label == "a,b"


def test_csv_with_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    (event,) = read(csv(tmp_path, "\ufeffitem_id, rater_id ,label\r\ni,r,x\r\n"))
    assert (event.item_id, event.rater_id, event.label) == ("i", "r", "x")


def test_csv_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"item_id,rater_id,label\ni,r,\xe4\n")
    with pytest.raises(InputError, match="save the file as UTF-8"):
        read(str(tmp_path / "rows.csv"))


def test_csv_with_a_quote_left_open_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, 'item_id,rater_id,label\ni,r,"x\n' + "y\n" * 100_000)
    with pytest.raises(InputError, match="check the quotes"):
        read(path)


@pytest.mark.parametrize("text", ["", "\n", "item_id,rater_id,label\n"])
def test_a_file_without_rows(tmp_path: Path, text: str) -> None:
    path = csv(tmp_path, text)
    if "item_id" in text:
        assert read(path) == []
    else:
        with pytest.raises(InputError, match="no column item_id"):
            read(path)


def test_files_may_be_gzipped(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "rows.csv.gz", "wt") as file:
        file.write("item_id,rater_id,label\ni,r,x\n")
    with gzip.open(tmp_path / "rows.jsonl.gz", "wb") as lines:
        lines.write(msgspec.json.encode(judgment()))
    assert read(str(tmp_path / "rows.csv.gz"))[0].item_id == "i"
    assert read(str(tmp_path / "rows.jsonl.gz"))[0].item_id == "i1"


@pytest.mark.usefixtures("small_chunks")
def test_json_lines_mix_events_and_rows_in_their_order(tmp_path: Path) -> None:
    gold: dict[str, Any] = {"type": "gold", "queue": "images", "item_id": "i", "label": "cat", "revision": 1, "at": 5}
    retraction = {"type": "retraction", "queue": "images", "item_id": "i", "judgment_id": "row-1", "rater_id": "r"}
    rows = [GOOD, gold, judgment(), GOOD, GOOD, GOOD, retraction | {"reason": "slip", "at": 6}, judgment(extra=1)]
    key = PseudonymKey("bc", b"s" * 32)
    path = write(tmp_path, "jsonl", rows)
    kinds = [Judgment, Gold, Judgment, Judgment, Judgment, Judgment, Retraction, Judgment]
    assert [isinstance(event, kind) for event, kind in zip(read(path), kinds, strict=True)] == [True] * 8
    hidden = read(path, pseudonym=key.pseudonym)
    assert [event.rater_id for event in hidden if hasattr(event, "rater_id")] == [
        key.pseudonym("secret-name"),
        judgment()["rater_id"],
        *[key.pseudonym("secret-name")] * 3,
        key.pseudonym("r"),
        judgment()["rater_id"],
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"hello", "line 2: not JSON"),
        (b"[1]", "line 2: not an object"),
        (b"[" * 100_000, "line 2: not JSON"),
        (b'{"type":"gold"}', "line 2: missing_field: "),
        (b'{"type":"parade"}', "line 2: unknown_type: "),
        (b'{"item_id":"i"}', "line 2, column rater_id: is empty"),
    ],
)
def test_a_bad_json_line_is_named(tmp_path: Path, line: bytes, problem: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(msgspec.json.encode(judgment()) + b"\n" + line + b"\n\n")
    with pytest.raises(InputError) as caught:
        read(str(path))
    assert f"{path}: {problem}" in str(caught.value)


def test_parquet_times_have_a_zone(tmp_path: Path) -> None:
    ids = {"item_id": ["i"], "rater_id": ["r"], "label": pa.array(["x"]).dictionary_encode()}
    path = tmp_path / "rows.parquet"
    pq.write_table(
        pa.table(ids | {"submitted_at": pa.array([1_700_000_000_000_999], pa.timestamp("us", "Asia/Manila"))}), path
    )
    assert read(str(path))[0].submitted_at == 1_700_000_000_000
    pq.write_table(pa.table(ids | {"submitted_at": pa.array([1_700_000_000_000], pa.timestamp("ms"))}), path)
    with pytest.raises(InputError, match="without a time zone"):
        read(str(path))


def test_parquet_lists_are_sets_and_nan_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    table = {"item_id": ["i"], "rater_id": ["r"], "label": [["a", "b"]], "duration_ms": [float("nan")], "gold": [None]}
    pq.write_table(pa.table(table), path)
    (event,) = read(str(path))
    assert (event.label, event.duration_ms, event.gold) == (["a", "b"], None, None)
