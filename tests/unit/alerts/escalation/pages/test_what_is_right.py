"""Right answers are chosen from what the queue declares; without its file they are typed, as they were."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from alerts.escalation.declared_queues import DeclaredQueue, load_queues
from alerts.escalation.store.tables import OutgoingRow, SampleItemRow, SampleRow
from stream.events import Adjudication, Gold
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.people import DECIDER, LEAD, NOW_MS
from tests.unit.alerts.escalation.pages.sample import Sample, sample

QUEUES = {
    "spam": DeclaredQueue(("not spam", "spam"), is_set=False),
    "topics": DeclaredQueue(("food", "sport", "travel"), is_set=True),
}
EVENT = Gold | Adjudication


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[Sample]:
    with sample(tmp_path, queues=QUEUES) as found:
        yield found


def owed(made: Sample) -> list[tuple[str, object]]:
    with made.site.store.reading() as session:
        values = session.scalars(select(OutgoingRow.value).order_by(OutgoingRow.id)).all()
    events = [msgspec.json.decode(value, type=EVENT) for value in values if '"verdict"' not in value]
    return [(event.item_id, event.label) for event in events]


def wait_blindly(made: Sample, queue: str) -> dict[str, str]:
    with made.site.store.writing() as session:
        session.add(SampleRow(id="sample-1", queue=queue, rater_id="rkx-1", flagged=False, drawn_ms=NOW_MS))
        session.flush()
        session.add(SampleItemRow(sample_id="sample-1", item_id="item-1", label='"spam"'))
    return {"sample_id": "sample-1", "item_id": "item-1", "queue": queue}


def test_the_queue_comes_first_and_then_its_answers(declared: Sample) -> None:
    desk = Browser(declared, DECIDER)
    assert 'name="item_ids"' not in desk.get("/answers").text
    page = desk.get("/answers?queue=spam").text
    assert '<option value="">Choose</option><option>not spam</option><option>spam</option>' in page
    assert '<input id="label"' not in page
    assert page.count('type="checkbox"') == 1  # that there is none any more
    assert desk.get("/answers?queue=topics").text.count('type="checkbox"') == 3 + 1


def test_a_known_answer_is_corrected_to_one_that_there_is(declared: Sample) -> None:
    desk = Browser(declared, DECIDER)
    for label, status in (("spam", 303), ("Spam", 422), ("", 422)):
        assert desk.post("/answers", queue="spam", item_ids=f"item {label}", label=label).status_code == status
    both = desk.post("/answers", queue="spam", item_ids="item", label="spam", no_answer="yes")
    assert "Choose an answer, or say that there is none any more" in both.text
    assert desk.post("/answers", queue="spam", item_ids="item", label="", no_answer="yes").status_code == 303
    assert desk.post("/answers", queue="scam", item_ids="item", label="spam").status_code == 422
    assert owed(declared) == [("item spam", "spam"), ("item", None)]
    refused = desk.post("/answers", queue="spam", item_ids="item-7", label="Spam")
    assert "&#39;Spam&#39; is no answer in spam; there are: not spam, spam" in refused.text
    assert "item-7" in refused.text


def test_a_set_of_labels_is_all_that_was_ticked_or_no_known_answer(declared: Sample) -> None:
    desk = Browser(declared, DECIDER)
    desk.post("/answers", queue="topics", item_ids="both", label=["food", "travel"])
    desk.post("/answers", queue="topics", item_ids="neither", label=[])
    desk.post("/answers", queue="topics", item_ids="gone", no_answer="yes")
    assert owed(declared) == [("both", ["food", "travel"]), ("neither", []), ("gone", None)]


def test_an_item_is_judged_blindly_with_one_of_the_answers(declared: Sample) -> None:
    desk, item = Browser(declared, DECIDER), wait_blindly(declared, "spam")
    assert '<select id="blind-label"' in desk.get("/answers").text
    assert desk.post("/answers/blind", **item, label="ham").status_code == 422
    assert desk.post("/answers/blind", **item, label="spam").status_code == 303
    assert owed(declared) == [("item-1", "spam")]


def test_the_api_refuses_the_same_with_a_code(declared: Sample) -> None:
    api, headers = TestClient(declared.app), declared.bearer(DECIDER)
    for queue, label, code in (
        ("spam", "ham", "no_such_answer"),
        ("spam", ["spam"], "no_such_answer"),
        ("topics", "food", "no_such_answer"),
        ("scam", None, "no_such_queue"),
    ):
        asked = {"queue": queue, "item_ids": ["item-1"], "label": label}
        assert api.post("/api/v1/known-answers", headers=headers, json=asked).json()["code"] == code
    assert owed(declared) == []
    asked = {"queue": "topics", "item_ids": ["item-1"], "label": ["food"]}
    assert api.post("/api/v1/known-answers", headers=headers, json=asked).json() == {"items": 1}
    refused = api.post("/api/v1/known-answers", headers=declared.bearer(LEAD["alba"]), json=asked)
    assert refused.status_code == 404


def test_without_the_file_answers_are_typed(made: Sample) -> None:
    desk, item = Browser(made, DECIDER), wait_blindly(made, "spam")
    assert '<input id="label"' in desk.get("/answers").text
    assert desk.post("/answers", queue="anything", item_ids="item-1", label="whatever").status_code == 303
    assert desk.post("/answers/blind", **item, label="whatever").status_code == 303
    assert owed(made) == [("item-1", "whatever"), ("item-1", "whatever")]


def test_the_file_is_the_workers_own(tmp_path: Path) -> None:
    (tmp_path / "queues.toml").write_text(
        '[queues."topics"]\nkind = "set"\nlabels = ["food", "sport"]\n\n[queues."spam"]\nlabels = ["no", "yes"]\n'
    )
    assert load_queues(tmp_path / "queues.toml") == {
        "spam": DeclaredQueue(("no", "yes"), is_set=False),
        "topics": DeclaredQueue(("food", "sport"), is_set=True),
    }
