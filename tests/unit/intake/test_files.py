import gzip
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stream.errors import InputError
from stream.events import ITEM_ID_CHARS, Gold, Judgment, Retraction
from stream.intake import csv_file, jsonl_file, parquet_file
from stream.intake.files import EventFile
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.table import Reading
from tests.unit.intake.samples import judgment

FULL = {
    "judgment_id": "j1",
    "item_id": "i1",
    "rater_id": "ana",
    "queue": "tags",
    "vendor": "acme",
    "label": "cat",
    "submitted_at": 1_700_000_000_000,
    "duration_ms": 1200,
    "gold": "dog",
    "revision": 2,
    "outcome": "answered",
    "guideline": "v1",
    "locale": "de-DE",
    "site": "berlin",
    "stage": "training",
    "sensitivity": "severe",
    "cost": "0.05",
    "currency": "EUR",
    "item_kind": "photo",
    "suggested_label": "cat",
}


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (csv_file, jsonl_file, parquet_file):
        monkeypatch.setattr(module, "CHUNK_ROWS", 2)


def write(folder: Path, kind: str, rows: list[dict[str, Any]]) -> str:
    """The same rows in one of the formats; None is an empty cell."""
    path = folder / f"rows.{kind}"
    if kind == "parquet":
        names = list(dict.fromkeys(name for row in rows for name in row))
        pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), path)
    elif kind == "jsonl":
        path.write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows) + b"\n")
    else:
        lines = [
            ",".join(rows[0]),
            *(",".join("" if cell is None else str(cell) for cell in row.values()) for row in rows),
        ]
        path.write_text("\n".join(lines) + "\n")
    return str(path)


def read(path: str, **reading: Any) -> list[Any]:
    return list(EventFile(path, Reading(**reading)))


def csv(folder: Path, text: str, name: str = "rows.csv") -> str:
    (folder / name).write_bytes(text.encode())
    return str(folder / name)


FORMATS = pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])


@FORMATS
def test_every_column_is_read(tmp_path: Path, kind: str) -> None:
    (event,) = read(write(tmp_path, kind, [FULL]))
    assert msgspec.structs.asdict(event) == FULL


@FORMATS
@pytest.mark.usefixtures("small_chunks")
def test_three_columns_are_enough(tmp_path: Path, kind: str) -> None:
    rows = [{"item_id": "i1", "rater_id": f"r{at}", "label": "x"} for at in range(5)]
    file = EventFile(write(tmp_path, kind, rows))
    events = list(file)
    assert [event.judgment_id for event in events if isinstance(event, Judgment)] == [f"row-{at}" for at in range(1, 6)]
    assert [event.submitted_at for event in events if isinstance(event, Judgment)] == [
        1_577_836_800_000 + 1000 * at for at in range(5)
    ]
    assert {(event.queue, event.vendor, event.gold) for event in events if isinstance(event, Judgment)} == {
        ("default", "unknown", None)
    }
    assert not file.has_clock
    assert list(file) == events


@FORMATS
def test_columns_may_have_other_names(tmp_path: Path, kind: str) -> None:
    rows = [{"unit": "i1", "who": "r1", "answer": "x", "vendor_id": "acme", "submitted_at_ms": 5, "label": "not this"}]
    file = EventFile(
        write(tmp_path, kind, rows),
        Reading(columns={"item_id": "unit", "rater_id": "who", "label": "answer"}, queue="q"),
    )
    (event,) = file
    assert isinstance(event, Judgment)
    assert (event.item_id, event.rater_id, event.label, event.vendor) == ("i1", "r1", "x", "acme")
    assert (event.submitted_at, event.queue) == (5, "q")
    assert file.has_clock


@FORMATS
def test_empty_cells_mean_nothing(tmp_path: Path, kind: str) -> None:
    row = {
        "item_id": "i1",
        "rater_id": "r1",
        "label": "x",
        "gold": None,
        "duration_ms": None,
        "site": None,
        "order": None,
    }
    (event,) = read(write(tmp_path, kind, [row | {"queue": None, "revision": None, "stage": None}]))
    assert (event.gold, event.duration_ms, event.site) == (None, None, None)
    assert (event.queue, event.revision, event.stage) == ("default", 0, "production")


@FORMATS
def test_numbers_are_names_too(tmp_path: Path, kind: str) -> None:
    row = {"item_id": 17, "rater_id": 3, "label": 1, "gold": 0, "duration_ms": 1500.0, "queue": 2.0}
    (event,) = read(write(tmp_path, kind, [row]))
    assert (event.item_id, event.rater_id, event.label, event.gold, event.duration_ms) == ("17", "3", "1", "0", 1500)
    assert event.queue == ("2.0" if kind == "csv" else "2")


@FORMATS
def test_raw_ids_become_pseudonyms(tmp_path: Path, kind: str) -> None:
    key = PseudonymKey("bc", b"s" * 32)
    rows = [FULL, FULL | {"rater_id": key.pseudonym("ana")}, FULL | {"rater_id": "ben"}]
    raters = [event.rater_id for event in read(write(tmp_path, kind, rows), pseudonym=key.pseudonym)]
    assert raters == [key.pseudonym("ana"), key.pseudonym("ana"), key.pseudonym("ben")]


@FORMATS
def test_a_gold_that_was_no_test_is_not_used(tmp_path: Path, kind: str) -> None:
    rows = [
        {"item_id": "i", "rater_id": "r", "label": "x", "gold": "x", "is_test": is_test}
        for is_test in (1, 0, "true", None)
    ]
    if kind == "parquet":
        rows = [row | {"is_test": truth} for row, truth in zip(rows, (True, False, True, None), strict=True)]
    assert [event.gold for event in read(write(tmp_path, kind, rows))] == ["x", None, "x", "x"]


@FORMATS
def test_a_duration_follows_from_two_times(tmp_path: Path, kind: str) -> None:
    row = {"item_id": "i", "rater_id": "r", "label": "x", "submitted_at_ms": 90_000_000}
    starts = [89_999_000, None, 90_000_001, 1000]
    rows = [row | {"started_at_ms": start} for start in starts]
    assert [event.duration_ms for event in read(write(tmp_path, kind, rows))] == [1000, None, None, None]


@FORMATS
def test_set_labels_are_split_in_their_queues_only(tmp_path: Path, kind: str) -> None:
    row = {"item_id": "i", "rater_id": "r", "label": "a|b", "gold": "a", "queue": "tags"}
    events = read(write(tmp_path, kind, [row, row | {"queue": "other"}]), set_queues=frozenset({"tags"}))
    assert [(event.label, event.gold) for event in events] == [(["a", "b"], ["a"]), ("a|b", "a")]


@FORMATS
def test_a_skip_needs_no_label(tmp_path: Path, kind: str) -> None:
    row = {"item_id": "i", "rater_id": "r", "label": None, "outcome": "skipped"}
    assert read(write(tmp_path, kind, [row]))[0].outcome == "skipped"


GOOD = {"item_id": "i", "rater_id": "secret-name", "label": "x"}
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


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl", "none.parquet", "rows.xlsx", "rows"])
def test_a_file_that_is_missing_or_of_another_kind_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        read(str(tmp_path / name))


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv.gz"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"something else entirely")
    with pytest.raises(InputError, match="cannot be read"):
        read(str(tmp_path / name))


def test_a_long_item_id_is_shortened_but_stays_its_own(tmp_path: Path) -> None:
    address = "https://example.org/" + "a" * 600
    rows = [GOOD | {"item_id": address + end} for end in ("1", "2", "1")]
    ids = [event.item_id for event in read(write(tmp_path, "csv", rows))]
    assert ids[0] == ids[2] != ids[1]
    assert {len(item_id) for item_id in ids} == {ITEM_ID_CHARS}
    assert ids[0].startswith("https://example.org/a")


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
