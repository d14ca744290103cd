import pytest

from stream.backtest.sources import Sources, declare_queues, event_ms, survey_all
from stream.errors import InputError
from stream.events import Gold
from stream.intake.queues import QueueSettings, Settings, VendorSettings
from stream.intake.table import Reading
from tests.unit.backtest.worlds import START_MS, backtest_of, row_of

HEADER = "item_id,rater_id,label,gold\n"


@pytest.fixture
def written(tmp_path):
    def write(text, name="judgments.csv"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_rows_without_ids_and_times_are_numbered_from_one_a_second_apart(written):
    first, second = Sources((written(HEADER + "x,ann,a,\nx,bob,b,\n"),), Reading())

    assert (first.judgment_id, second.judgment_id) == ("row-1", "row-2")
    assert second.submitted_at - first.submitted_at == 1000
    assert first.queue == "default"


def test_a_second_file_goes_on_counting_where_the_first_ended(written):
    paths = (written(HEADER + "x,ann,a,\ny,ann,a,\n", "1.csv"), written(HEADER + "x,bob,a,\n", "2.csv"))
    events = list(Sources(paths, Reading()))

    assert [event.judgment_id for event in events] == ["row-1", "row-2", "row-3"]
    assert [event_ms(event) - event_ms(events[0]) for event in events] == [0, 1000, 2000]


def test_ids_and_times_that_a_second_file_has_of_its_own_are_kept(written):
    header = "judgment_id,item_id,rater_id,label,submitted_at_ms\n"
    paths = (written(header + f"a,x,ann,a,{START_MS}\n", "1.csv"), written(header + f"b,x,bob,a,{START_MS}\n", "2.csv"))
    events = list(Sources(paths, Reading()))

    assert [(event.judgment_id, event.submitted_at) for event in events] == [("a", START_MS), ("b", START_MS)]


def test_without_golds_no_known_answer_is_left(written):
    path = written(HEADER + "x,ann,a,b\nx,bob,a,\n")
    gold = f'{{"type":"gold","queue":"default","item_id":"x","label":"a","revision":1,"at":{START_MS}}}\n'
    events = written(gold, "golds.jsonl")

    assert [type(event) for event in Sources((path, events), Reading())][2:] == [Gold]
    bare = list(Sources((path, events), Reading(), with_golds=False))
    assert [event.gold for event in bare] == [None, None]
    row = row_of(backtest_of(path, with_golds=False), "ann")
    assert (row.gold_judgments, row.gold_accuracy) == (0, None)
    assert row_of(backtest_of(path), "ann").gold_accuracy == 0.0


def test_columns_may_have_other_names(written):
    path = written("unit,worker,answer\nx,ann,a\nx,bob,a\n")
    reading = Reading(columns={"item_id": "unit", "rater_id": "worker", "label": "answer"})

    assert row_of(backtest_of(path, reading), "ann").agreement == 1.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item_id,label\nx,a\n", "no column rater_id for rater_id; columns found: item_id, label"),
        (HEADER + "x,ann,a,\nx,,a,\n", "line 3, column rater_id: is empty"),
        (HEADER + "x,ann,a,\nx,bob\n", "line 3: 2 cells under 4 columns"),
    ],
)
def test_a_faulty_file_is_named_with_line_and_column(written, text, message):
    with pytest.raises(InputError) as error:
        backtest_of(written(text))

    assert "judgments.csv: " in str(error.value)
    assert message in str(error.value)


def test_a_survey_of_several_files_adds_up(written):
    one, other = written(HEADER + "x,ann,a,\nx,bob,a,\n", "1.csv"), written(HEADER + "x,cat,b,c\n", "2.csv")
    found = survey_all([one, other], Reading())

    assert (found.judgments, found.has_clock, found.has_raw_raters) == (3, False, True)
    assert dict(found.queues["default"].labels) == {"a": 2, "b": 1, "c": 1}


def test_a_queue_that_nobody_declared_takes_judgments_of_any_age_and_declared_ones_stay_as_they_are(written):
    path = written("queue,vendor_id,item_id,rater_id,label\nold,v,x,ann,a\nnew,w,x,ann,a\n")
    mine = QueueSettings(labels=("a", "b"), horizon_days=2)
    settings = declare_queues(survey_all([path], Reading()), Settings(queues={"old": mine}))

    assert settings.queues["old"] == mine
    assert settings.queues["new"].labels == ("a",)
    assert settings.queues["new"].horizon_days > 30_000


def test_listed_vendors_are_not_widened_by_a_file(written):
    path = written("queue,vendor_id,item_id,rater_id,label\nnew,w,x,ann,a\n")
    found = survey_all([path], Reading())
    listed = declare_queues(found, Settings(vendors={"v": VendorSettings()}))

    assert list(listed.vendors) == ["v"]
    assert listed.queues["new"].vendors == ("w",)
    unlisted = declare_queues(found)
    assert (unlisted.vendors, unlisted.queues["new"].vendors) == ({}, ())
