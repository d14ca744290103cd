"""Toloka, Mechanical Turk and Appen."""

from zoneinfo import ZoneInfo

import pytest

from stream.errors import InputError
from stream.intake.moments import to_ms
from tests.unit.intake.readers.exporting import EXPORTS, UTC, events_of, export_of, judgments_of


def test_tolokas_tasks_share_the_time_of_their_assignment():
    found = judgments_of("toloka.tsv", **UTC)
    assert found[:2] == [
        {
            "judgment_id": "a1:t1",
            "item_id": "t1",
            "rater_id": "w1",
            "label": "cat",
            "gold": "cat",
            "submitted_at": to_ms("2021-03-09T22:16:30Z"),
            "duration_ms": 10_000,
        },
        {
            "judgment_id": "a1:t2",
            "item_id": "t2",
            "rater_id": "w1",
            "label": "dog",
            "submitted_at": to_ms("2021-03-09T22:16:30Z"),
            "duration_ms": 10_000,
        },
    ]
    # Not all rows of the first assignment stand together, and they count all the same.
    assert [(row["rater_id"], row.get("outcome"), row.get("duration_ms")) for row in found[2:]] == [
        ("w2", None, 10_000),
        ("w1", None, 10_000),
        ("w4", "skipped", None),
    ]
    assert export_of("toloka.tsv", **UTC).left_out == {"tasks of assignments that are expired": 1}


def test_tolokas_tasks_without_an_id_are_known_by_what_they_show(tmp_path):
    path = tmp_path / "results.tsv"
    lines = (EXPORTS / "toloka.tsv").read_text().splitlines()
    path.write_text("\n".join([lines[0].replace("ASSIGNMENT:task_id", "ASSIGNMENT:reward"), *lines[1:4]]) + "\n")
    items = [found["item_id"] for found in judgments_of(path, **UTC)]
    assert items[0] == items[2] == '{"image": "https://example.org/1.jpg", "page": "https://example.org/1"}'
    assert items[1] != items[0]


def test_tolokas_lists_are_sets_and_hints_are_training(tmp_path):
    path = tmp_path / "results.tsv"
    header = "INPUT:image\tOUTPUT:tags\tHINT:text\tASSIGNMENT:assignment_id\tASSIGNMENT:worker_id"
    path.write_text(f'{header}\n1.jpg\t"[""a"",""b""]"\tlook twice\ta1\tw1\n')
    [found] = judgments_of(path)
    assert (found["label"], found["stage"], found["item_id"]) == (["a", "b"], "training", "1.jpg")


@pytest.mark.parametrize("name", ["toloka.tsv", "appen_full.csv", "argilla_api.json"])
def test_a_time_without_a_zone_is_never_guessed(name):
    with pytest.raises(InputError, match=r"(line 2|record 1): the time .* says no time zone; .*--time-zone"):
        events_of(name)
    early, late = events_of(name, **UTC)[0], events_of(name, time_zone=ZoneInfo("America/New_York"))[0]
    assert late.submitted_at - early.submitted_at in {4 * 3_600_000, 5 * 3_600_000}


def test_mechanical_turks_assignments():
    assert judgments_of("mturk_batch.csv", question="sentiment.label") == [
        {
            "judgment_id": "3ASG1",
            "item_id": "3HIT1",
            "rater_id": "A1WORKER",
            "label": "positive",
            "submitted_at": to_ms("2012-06-08T09:21:50-07:00"),
            "duration_ms": 30_000,
            "cost": "0.05",
            "currency": "USD",
        },
        {
            "judgment_id": "3ASG2",
            "item_id": "3HIT1",
            "rater_id": "A2WORKER",
            "label": "negative",
            "submitted_at": to_ms("2012-12-07T09:22:00-08:00"),
            "duration_ms": 40_000,
            "cost": "0.05",
            "currency": "USD",
        },
    ]
    assert sum(export_of("mturk_batch.csv", question="sentiment.label").left_out.values()) == 1


def test_mechanical_turks_questions_are_listed():
    with pytest.raises(InputError, match=r"line 2: answers several questions: sentiment.label, comment"):
        events_of("mturk_batch.csv")


@pytest.mark.parametrize("name", ["mturk_options.csv", "mturk_task_answers.csv"])
def test_mechanical_turks_other_ways_to_answer(name):
    assert [found["label"] for found in judgments_of(name)] == ["positive", "negative"]
    assert export_of(name).question == "sentiment"


def test_appens_judgments_share_the_time_of_their_page_and_name_channel_and_country():
    found = judgments_of("appen_full.csv", **UTC)
    assert found[0] == {
        "judgment_id": "1566666001",
        "item_id": "681448150",
        "rater_id": "31001",
        "vendor": "neodev",
        "site": "USA",
        "label": "positive",
        "gold": "positive",
        "submitted_at": to_ms("2015-02-25T02:36:47Z"),
        "duration_ms": 20_000,
    }
    assert [(row["label"], row.get("gold"), row["duration_ms"]) for row in found[1:]] == [
        ("negative", None, 20_000),
        ("negative", "positive", 5_000),
        ("negative", None, 5_000),
    ]
    export = export_of("appen_full.csv", **UTC)
    assert export.question == "sentiment"
    assert export.left_out == {"judgments without an answer to the question": 1}
    assert export.noted == {"known answers that allow several answers, not used": 1}


def test_appens_columns_may_be_mapped_away():
    assert {found.get("vendor") for found in judgments_of("appen_full.csv", columns={"vendor": "_region"}, **UTC)} == {
        "TX",
        None,
    }
    rows = {"item_id": "_unit_id", "rater_id": "_worker_id", "label": "text"}
    assert judgments_of("appen_full.csv", columns=rows)[0]["label"] == "A fine day"


def test_an_hour_that_clocks_repeat_is_told(tmp_path):
    text = (EXPORTS / "appen_full.csv").read_text().replace("2/25/2015 02:3", "11/1/2015 01:3")
    path = tmp_path / "report.csv"
    path.write_text(text)
    noted = export_of(path, time_zone=ZoneInfo("America/New_York")).noted
    assert noted["times in an hour that clocks skip or repeat, read as before the change"] == 6


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1,2/25/2015 02:36:47,true\n", r"line 8: 3 cells under 17 columns; is the file complete"),
        ('1,"2/25/2015\n', r"line 8: .*is the file complete"),
        (
            '1,2/25/2015 02:36:47,true,9,,,false,,,31001,,,,,positive,,"Win',
            r"line 8: unexpected end of data; is the file",
        ),
        ("1,25.2.2015,true,9,,,false,,,31001,,,,,positive,,x\n", r"line 8: '25.2.2015' is no time that can be read"),
        ("1,2/25/2015 02:36:47,true,9,,,false,,,,,,,,positive,,x\n", r"line 8, column _worker_id: is empty"),
    ],
)
def test_a_malformed_or_truncated_row_is_named(tmp_path, line, problem):
    path = tmp_path / "report.csv"
    path.write_text((EXPORTS / "appen_full.csv").read_text() + line)
    with pytest.raises(InputError, match=rf"report.csv: {problem}"):
        events_of(path, **UTC)
