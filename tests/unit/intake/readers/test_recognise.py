"""A file is recognised by what is in it, as one tool's and no other's."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from stream.errors import InputError
from stream.intake.readers.port import Record
from stream.intake.readers.recognise import READERS, readers_of, recognise
from stream.intake.readers.records import first_record
from stream.intake.table import COLUMNS, Reading
from tests.unit.intake.readers.exporting import EXPORTS, WRITTEN

NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
VALUES = st.none() | st.integers() | NAMES | st.lists(NAMES, max_size=2)


@pytest.mark.parametrize("file", WRITTEN)
def test_every_written_file_is_recognised_as_its_tools_alone(file: str) -> None:
    name, _ = WRITTEN[file]
    assert [reader.name for reader in readers_of(first_record(str(EXPORTS / file)))] == [name]


@pytest.mark.parametrize("file", WRITTEN)
@settings(max_examples=50, deadline=None)
@given(more=st.dictionaries(NAMES, VALUES, max_size=5))
def test_whatever_a_project_calls_its_own_fields_it_is_recognised(file: str, more: dict[str, Any]) -> None:
    record = first_record(str(EXPORTS / file))
    assert record is not None
    name, _ = WRITTEN[file]
    widened = record._replace(fields={**{key: more[key] for key in more if key not in COLUMNS}, **record.fields})
    assert [reader.name for reader in readers_of(widened)] == [name]


@pytest.mark.parametrize("file", WRITTEN)
def test_a_field_that_other_tools_have_too_confuses_nobody(file: str) -> None:
    record = first_record(str(EXPORTS / file))
    assert record is not None
    name, _ = WRITTEN[file]
    keys = ("meta", "data", "fields", "answers", "annotations", "responses", "items", "answer")
    for key, value in product(keys, ({}, [], "x", [{"label": "x"}], {"source": "x"})):
        found = readers_of(record._replace(fields={key: value, **record.fields}))
        assert [reader.name for reader in found] == [name], (key, value)


@pytest.mark.parametrize(
    "header", ["item_id,rater_id,label", "unit,worker,answer", "item_id,rater_id,label,gold,submitted_at_ms", ""]
)
def test_our_own_columns_and_unknown_ones_are_no_tools(tmp_path: Path, header: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"{header}\n")
    assert recognise(str(path), Reading()) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(WRITTEN)), max_size=3), st.integers(0, 2**16))
def test_mixtures_of_tools_fields_are_never_taken_for_one_of_them_silently(files: list[str], mask: int) -> None:
    fields: dict[str, Any] = {}
    for file in files:
        record = first_record(str(EXPORTS / file))
        assert record is not None
        fields |= {key: value for at, (key, value) in enumerate(record.fields.items()) if not mask >> at & 1}
    names = {WRITTEN[file][0] for file in files}
    assert {reader.name for reader in readers_of(Record("line 1", fields))} <= names


def test_a_file_of_two_tools_is_refused_with_the_choice(tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    both = {"_input_hash": 1, "_task_hash": 2, "data": {}, "annotations": []}
    path.write_text(json.dumps(both) + "\n")
    with pytest.raises(
        InputError, match=r"both.jsonl: could be .* 2 tools; .*--format label-studio or --format prodigy"
    ):
        recognise(str(path), Reading())
    chosen = recognise(str(path), Reading(format="prodigy"))
    assert chosen is not None
    assert chosen.name == "prodigy"


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_format_that_was_asked_for_must_fit(reader: Any) -> None:
    file = "toloka.tsv" if reader.name != "toloka" else "mturk_batch.csv"
    with pytest.raises(InputError, match=rf"{file}: line 1: not .*, which has .*; check --format"):
        recognise(str(EXPORTS / file), Reading(format=reader.name))


def test_rows_may_be_asked_for_and_are_when_all_columns_are_mapped() -> None:
    path = str(EXPORTS / "appen_full.csv")
    assert recognise(path, Reading(format="rows")) is None
    mapped = {"item_id": "_unit_id", "rater_id": "_worker_id", "label": "sentiment"}
    assert recognise(path, Reading(columns=mapped)) is None
    found = recognise(path, Reading(columns=mapped, format="appen"))
    assert found is not None
    assert found.name == "appen"
