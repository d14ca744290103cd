"""Label Studio's JSON_MIN, SageMaker, Argilla and Prodigy."""

import json

import pyarrow.json
import pyarrow.parquet as pq
import pytest

from stream.errors import InputError
from stream.intake.moments import to_ms
from stream.intake.pseudonyms import PseudonymKey
from tests.unit.intake.readers.exporting import EXPORTS, RESPONSE, UTC, events_of, export_of, judgments_of


def labels(path, **reading):
    return [(found["item_id"], found["rater_id"], found.get("label")) for found in judgments_of(path, **reading)]


@pytest.mark.parametrize(
    ("question", "found"),
    [("sentiment", ["Positive", "Negative"]), ("topics", [["Weather", "Mood"], ["Weather"]]), ("stars", ["4", "2"])],
)
def test_json_min_has_one_annotation_an_object(question, found):
    assert [label for *_, label in labels("label_studio_min.json", question=question)] == found
    first = judgments_of("label_studio_min.json", question=question)[0]
    assert (first["judgment_id"], first["item_id"], first["rater_id"]) == ("1001", "1", "10")
    assert (first["submitted_at"], first["duration_ms"]) == (to_ms("2021-03-09T22:16:08.728Z"), 4288)


def test_json_min_does_not_tell_answers_from_data():
    with pytest.raises(InputError, match="several questions: text, sentiment, topics, stars"):
        events_of("label_studio_min.json")


def test_a_workers_response_is_about_the_object_whose_folder_it_lies_in():
    [found] = judgments_of(RESPONSE)
    submitted = to_ms("2019-09-06T18:35:03Z")
    assert found == {
        "judgment_id": f"0:private.us-east-1.1111:{submitted}",
        "item_id": "0",
        "rater_id": "private.us-east-1.1111",
        "label": "football",
        "submitted_at": submitted,
        "duration_ms": 12_600,
    }
    other = EXPORTS / "worker-response/iteration-1/1/2019-09-06_18:36:10.json"
    assert [label for *_, label in labels(other)] == ["tennis", "football"]


def test_a_workers_response_outside_its_folder_is_refused(tmp_path):
    path = tmp_path / "response.json"
    path.write_text((EXPORTS / RESPONSE).read_text())
    with pytest.raises(InputError, match=r"line 1: does not say which data object .* worker-response/iteration-1/0"):
        events_of(path)


def test_a_consolidation_request_and_a_human_loop_are_read():
    assert labels("consolidation_request.json") == [
        ("0", "private.us-east-1.1111", "football"),
        ("0", "private.us-east-1.2222", "tennis"),
    ]
    assert labels("human_loop.json") == [("loop-1", "a12b3c4d5e6f7g", "bad")]


def test_argillas_three_ways_to_write_responses():
    users = ("59f7bf7b-b818-4b6f-8f80-e7cce9c25ee6", "0a0a0a0a-b818-4b6f-8f80-e7cce9c25ee6")
    assert labels("argilla_records.json") == [("rec-1", users[0], "positive"), ("rec-1", users[1], "negative")]
    assert export_of("argilla_records.json").left_out == {"responses of nobody": 1}
    assert labels("argilla_dataset.jsonl") == [("rec-1", "u1", "positive")]
    assert export_of("argilla_dataset.jsonl").left_out == {"drafts": 1}
    assert labels("argilla_api.json", **UTC) == [
        ("rec-1", "u1", "positive"),
        ("rec-1", "u2", "negative"),
        ("rec-1", "u4", None),
    ]
    assert judgments_of("argilla_api.json", **UTC)[1] == {
        "judgment_id": "rec-1:u2",
        "item_id": "rec-1",
        "rater_id": "u2",
        "label": "negative",
        "submitted_at": to_ms("2025-09-22T13:25:15.400Z"),
        "revision": 55,
    }


def test_argillas_dataset_may_be_parquet(tmp_path):
    path = tmp_path / "train-00000-of-00001.parquet"
    pq.write_table(pyarrow.json.read_json(EXPORTS / "argilla_dataset.jsonl"), path)
    assert labels(path) == [("rec-1", "u1", "positive")]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (["a", "b"], ["a", "b"]),
        (3, "3"),
        ([{"start": 0, "end": 1, "label": "PER"}], "PER"),
        ([{"value": "a", "rank": 1}], None),
    ],
)
def test_argillas_values(tmp_path, value, label):
    path = tmp_path / "records.json"
    record = {"id": "1", "fields": {}, "responses": {"q": [{"value": value, "user_id": "u"}]}}
    path.write_text(json.dumps([record]))
    assert [found for *_, found in labels(path)] == ([] if label is None else [label])


def test_prodigys_choices_rejects_and_ignores():
    assert [
        (found["rater_id"], found.get("label"), found.get("outcome")) for found in judgments_of("prodigy.jsonl")
    ] == [
        ("news-ann", "POS", None),
        ("news-ben", "NEG", None),
        ("news-ann", None, "skipped"),
        ("news-ben", "reject", None),
    ]
    first = judgments_of("prodigy.jsonl")[0]
    assert (first["item_id"], first["judgment_id"], first["submitted_at"]) == ("201", "201:news-ann", 1_616_000_000_000)


def test_prodigys_yes_and_no_and_spans():
    assert labels("prodigy_binary.jsonl") == [("301", "ann", "accept"), ("302", "ann", "reject")]
    assert labels("prodigy_binary.jsonl", question="MOOD") == [("302", "ann", "reject")]
    assert labels("prodigy_spans.jsonl") == [("2", "ann", ["PERSON", "PLACE"]), ("2", "ben", ["PLACE"])]


def test_prodigys_answers_of_nobody_are_refused(tmp_path):
    path = tmp_path / "news.jsonl"
    path.write_text('{"_input_hash": 1, "_task_hash": 2, "answer": "accept", "label": "X"}\n')
    with pytest.raises(InputError, match=r"news.jsonl: line 1: has neither _annotator_id .*\?session=name"):
        events_of(path)


@pytest.mark.parametrize("name", ["prodigy.jsonl", "argilla_dataset.jsonl", RESPONSE])
def test_with_a_key_no_raw_id_is_left_anywhere(name):
    key = PseudonymKey("bc", b"s" * 32)
    raw = {found["rater_id"] for found in judgments_of(name)}
    shown = str(events_of(name, pseudonym=key.pseudonym))
    assert all(rater not in shown and key.pseudonym(rater) in shown for rater in raw)
