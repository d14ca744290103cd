"""What becomes of records of `findings` and `judgments`."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.facts.columns import FINDINGS, LABELS
from stream.facts.days import as_date, as_day, days_in
from stream.facts.memory_store import MemoryStore
from stream.facts.records import finding_row, label_row
from stream.intake.privacy_order import order_about
from stream.quality.outcome_message import OutcomeMessage, PersonNote, Place
from stream.quality.schema import SCHEMA_VERSION
from tests.oracle.facts import book_of
from tests.oracle.shards import Record

FOUND = {
    "id": "f",
    "version": 2,
    "event": "closed",
    "queue": "q",
    "detector": "copying",
    "state": "ok",
    "sentence": {"key": "k", "params": {}, "text": "t"},
    "opened_at": 86_400_000,
    "at": 3 * 86_400_000,
    "rater_id": "rkx-1",
    "why": "verdict",
    "n": 12,
}
DECIDED = {
    "type": "adjudication",
    "queue": "q",
    "item_id": "i",
    "label": 3,
    "revision": 1,
    "auditor": "a",
    "sampling": "random",
    "severity": "minor",
    "at": "2026-03-01T23:30:00-02:00",
}


def test_rows_have_every_column_and_no_other() -> None:
    assert list(finding_row(msgspec.json.encode(FOUND)) or ()) == FINDINGS.names
    assert list(label_row(msgspec.json.encode(DECIDED)) or ()) == LABELS.names


def test_a_decision_belongs_to_its_day_in_utc_and_keeps_no_auditor() -> None:
    row = label_row(msgspec.json.encode(DECIDED))
    assert row is not None
    assert (as_date(row["day"]).isoformat(), row["label"]) == ("2026-03-02", "3")
    assert "a" not in row.values()


@pytest.mark.parametrize(("label", "text"), [(None, None), ("x", "x"), (["b", "a"], '["b","a"]')])
def test_labels_of_every_kind_become_texts(label: object, text: str | None) -> None:
    row = label_row(msgspec.json.encode(DECIDED | {"label": label}))
    assert row is not None
    assert row["label"] == text


@pytest.mark.parametrize(
    "value", [None, b"", b"{", b'{"type": "adjudication"}', b'{"type": "gold", "x": "adjudication"}']
)
def test_what_is_none_is_passed(value: bytes | None) -> None:
    assert label_row(value) is None
    assert finding_row(value) is None


def test_a_moment_without_an_offset_is_none() -> None:
    assert label_row(msgspec.json.encode(DECIDED | {"at": "2026-03-01T23:30:00"})) is None


def test_the_word_that_ends_a_forgotten_raters_finding_is_no_row() -> None:
    assert finding_row(msgspec.json.encode(FOUND | {"why": "forgotten"})) is None


def test_a_finding_that_comes_after_its_rater_was_forgotten_is_not_taken() -> None:
    store = MemoryStore()
    book = book_of(store, 2)
    for partition in range(2):
        book.take("findings", 0, [Record(partition, 1, finding("rkx-2", version=partition + 1))], partition + 1)
        book.take("outcomes", partition, [Record(0, 1, forget("rkx-1"))], 1)
    book.take("findings", 1, [Record(0, 1, finding("rkx-1"))], 1)
    store.commit(book.take_commit())
    again = book_of(store, 2)  # what is remembered is stored
    again.take("findings", 1, [Record(1, 1, finding("rkx-1", version=3))], 2)
    store.commit(again.take_commit())
    assert {row["rater_id"] for row in store.told["findings"].values()} == {"rkx-2"}
    assert "rkx-1" not in msgspec.json.encode(store.standing()).decode()


def test_one_partitions_word_alone_erases_nobody() -> None:
    book = book_of(MemoryStore(), 2)
    book.take("outcomes", 0, [Record(0, 1, forget("rkx-1"))], 1)
    assert book.take_commit().erased == []


def finding(rater_id: str, **more: Any) -> bytes:
    return msgspec.json.encode(FOUND | {"rater_id": rater_id} | more)


def forget(rater_id: str) -> bytes:
    note = PersonNote(3, 1, 0, order_about(rater_id, "forget", "someone", "as asked").key, "forget", 1)
    first, last = Place(3, 0), Place(3, 1 << 30)
    message = OutcomeMessage(SCHEMA_VERSION, 0, first, last, Place(-1, 0), [], [], [], [], [note], b"", b"")
    return msgspec.msgpack.encode(message)


@given(
    st.lists(st.integers(0, 2_000_000_000), min_size=1, max_size=20),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Dublin", "Pacific/Apia"]),
)
def test_days_are_the_calendars(seconds: list[int], zone: str) -> None:
    moments = np.array(seconds, "i8") * 1000 + 999
    expected = [as_day(datetime.fromtimestamp(s, UTC).astimezone(ZoneInfo(zone)).date()) for s in seconds]
    assert days_in(zone, moments).tolist() == expected
