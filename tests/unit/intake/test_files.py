from pathlib import Path

import msgspec
import pytest

from stream.events import ITEM_ID_CHARS, Judgment
from stream.intake.files import EventFile
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.table import Reading
from tests.unit.intake.row_files import FORMATS, GOOD, read, write

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


def test_a_long_item_id_is_shortened_but_stays_its_own(tmp_path: Path) -> None:
    address = "https://example.org/" + "a" * 600
    rows = [GOOD | {"item_id": address + end} for end in ("1", "2", "1")]
    ids = [event.item_id for event in read(write(tmp_path, "csv", rows))]
    assert ids[0] == ids[2] != ids[1]
    assert {len(item_id) for item_id in ids} == {ITEM_ID_CHARS}
    assert ids[0].startswith("https://example.org/a")
