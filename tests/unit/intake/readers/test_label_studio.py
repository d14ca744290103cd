import json
from pathlib import Path

import pytest

from stream.errors import InputError
from stream.intake.moments import to_ms
from tests.unit.intake.readers.exporting import EXPORTS, events_of, export_of, golds_of, judgments_of

TASKS = json.loads((EXPORTS / "label_studio.json").read_text())


@pytest.fixture
def written(tmp_path):
    def write(*annotations, task=1) -> Path:
        path = tmp_path / "project.json"
        path.write_text(json.dumps([{"id": task, "data": {"text": "x"}, "annotations": annotations}]))
        return path

    return write


def annotation(number, *results, **fields):
    made = {"id": number, "completed_by": number, "created_at": "2021-03-09T22:16:08Z", "lead_time": 1.0}
    return made | {"result": results} | fields


def result(kind, value, name="q"):
    return {"from_name": name, "to_name": "x", "type": kind, "value": value}


def test_annotations_become_judgments_revisions_and_skips():
    assert judgments_of("label_studio.json") == [
        {
            "judgment_id": "1001",
            "item_id": "1",
            "rater_id": "10",
            "label": "Positive",
            "submitted_at": to_ms("2021-03-09T22:16:08.728Z"),
            "duration_ms": 4288,
        },
        {
            "judgment_id": "1002",
            "item_id": "1",
            "rater_id": "11",
            "label": "Negative",
            "submitted_at": to_ms("2021-03-09T22:19:05.500Z"),
            "revision": 125,
        },
        {
            "judgment_id": "1003",
            "item_id": "1",
            "rater_id": "12",
            "outcome": "skipped",
            "submitted_at": to_ms("2021-03-09T22:18:00Z"),
            "duration_ms": 2000,
        },
    ]


def test_a_ground_truth_is_the_known_answer_and_nobodys_judgment():
    [gold] = golds_of("label_studio.json")
    assert (gold.item_id, gold.label, gold.revision) == ("1", "Positive", 1)
    assert gold.at == to_ms("2021-03-10T08:00:00Z")


def test_what_is_no_judgment_is_counted_and_predictions_are_none():
    export = export_of("label_studio.json")
    assert export.question == "sentiment"
    assert export.left_out == {"annotations without an answer to the question": 1}
    assert export.noted == {"times spent below zero or above 24 hours, not used": 1}
    assert "Neutral" not in str(events_of("label_studio.json"))


@pytest.mark.parametrize(
    ("kind", "value", "label"),
    [
        ("choices", {"choices": ["a"]}, "a"),
        ("choices", {"choices": ["a", "b"]}, ["a", "b"]),
        ("rating", {"rating": 4}, "4"),
        ("number", {"number": 2.0}, "2"),
        ("pairwise", {"selected": "left"}, "left"),
        ("taxonomy", {"taxonomy": [["Animal", "Cat"]]}, "Animal / Cat"),
        ("labels", {"start": 0, "end": 3, "text": "Ann", "labels": ["PER"]}, "PER"),
        ("rectanglelabels", {"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["Car"]}, "Car"),
    ],
)
def test_each_kind_of_answer_has_its_label(written, kind, value, label):
    [judgment] = judgments_of(written(annotation(1, result(kind, value))))
    assert judgment["label"] == label


def test_where_one_answer_has_several_choices_all_are_sets(written):
    one, two = result("choices", {"choices": ["a"]}), result("choices", {"choices": ["a", "b"]})
    assert [found["label"] for found in judgments_of(written(annotation(1, one), annotation(2, two)))] == [
        ["a"],
        ["a", "b"],
    ]


def test_an_image_without_regions_is_an_answer_where_regions_are_asked_for(written):
    box = result("rectanglelabels", {"rectanglelabels": ["Car"], "x": 1})
    path = written(annotation(1, box, box), annotation(2))
    assert [found["label"] for found in judgments_of(path)] == [["Car"], []]
    assert any("not by where they lie" in sentence for sentence in export_of(path).sentences())


def test_several_questions_need_one_to_be_named(written):
    path = written(
        annotation(1, result("choices", {"choices": ["a"]}), result("rating", {"rating": 5}, "stars")),
    )
    with pytest.raises(InputError, match=r"record 1: answers several questions: q, stars; .*--question"):
        events_of(path)
    assert judgments_of(path, question="stars")[0]["label"] == "5"
    with pytest.raises(InputError, match="nobody answers the question star; there are q, stars"):
        events_of(path, question="star")


def test_free_text_is_a_label_only_when_asked_for():
    assert [found.get("label") for found in judgments_of("label_studio.json", question="remark")] == ["easy", None]


def test_a_column_may_come_from_elsewhere_in_the_task():
    found = judgments_of("label_studio.json", columns={"site": "data.batch.site"})
    assert {judgment["site"] for judgment in found} == {"berlin"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"annotations": [1001, 1002]}, "annotations are numbers only"),
        (
            {"annotations": [annotation(1, created_at="09.03.2021", was_cancelled=True)]},
            "no time that",
        ),
        ({"annotations": [annotation(1, "not a result")]}, "not as Label Studio, JSON writes it"),
    ],
)
def test_a_malformed_task_is_named(tmp_path, change, problem):
    path = tmp_path / "project.json"
    path.write_text(json.dumps([TASKS[0], TASKS[1] | change]))
    with pytest.raises(InputError, match=f"project.json: record 2: .*{problem}"):
        events_of(path)


def test_old_exports_said_completions(tmp_path):
    path = tmp_path / "old.json"
    path.write_text(
        json.dumps([{"id": 1, "data": {}, "completions": [annotation(5, result("rating", {"rating": 1}))]}])
    )
    assert judgments_of(path)[0]["judgment_id"] == "5"
