import click
import pytest
from click.testing import CliRunner

from stream.commands.file_options import file_options, open_files
from stream.errors import InputError
from stream.events import Gold, Judgment
from stream.intake.pseudonyms import PseudonymKey
from tests.unit.intake.readers.exporting import EXPORTS


@pytest.fixture
def opened():
    """What a command is handed for these arguments, and what was said on the way."""

    def run(*arguments):
        found = []

        @click.command()
        @file_options
        def command(*, choice):
            found.append(open_files(choice))

        result = CliRunner().invoke(command, list(map(str, arguments)))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return (found or [None])[0], result

    return run


def test_what_was_recognised_and_left_out_is_said_beside_the_output(opened):
    found, result = opened(EXPORTS / "label_studio.json")
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Read a file of Label Studio, JSON; the label answers the question sentiment.",
        "Left out: annotations without an answer to the question (1).",
        "Note: times spent below zero or above 24 hours, not used (1).",
    ]
    assert found.found.judgments == 3


def test_an_export_is_read_in_the_order_of_time_and_rows_as_they_stand(opened, tmp_path):
    found, _ = opened(EXPORTS / "label_studio.json")
    moments = [event.at if isinstance(event, Gold) else event.submitted_at for event in found.sources]
    assert moments == sorted(moments)
    assert found.found.in_order

    rows = tmp_path / "rows.csv"
    rows.write_text("item_id,rater_id,label,submitted_at_ms\nx,ann,a,20\nx,ben,a,10\n")
    found, result = opened(rows)
    assert [event.submitted_at for event in found.sources] == [20, 10]
    assert not found.found.in_order
    assert result.stderr == ""


def test_a_folder_stands_for_the_files_in_it(opened, tmp_path):
    found, result = opened(EXPORTS / "worker-response")
    assert {(event.item_id, event.label) for event in found.sources} == {
        ("0", "football"),
        ("1", "tennis"),
        ("1", "football"),
    }
    assert "Read 2 files of SageMaker" in result.stderr
    (tmp_path / ".hidden").write_text("not meant")
    with pytest.raises(InputError, match="no files in the folder"):
        opened(tmp_path)


def test_files_of_one_tool_must_answer_one_question(opened, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text((EXPORTS / "mturk_options.csv").read_text().replace("sentiment", "mood"))
    with pytest.raises(InputError, match=r"different questions: sentiment, mood; .*--question"):
        opened(EXPORTS / "mturk_options.csv", other)
    found, _ = opened(EXPORTS / "mturk_options.csv", EXPORTS / "mturk_task_answers.csv")
    assert found.found.judgments == 4


def test_questions_with_several_answers_make_a_queue_of_sets_of_all_its_labels(opened):
    found, _ = opened(EXPORTS / "prodigy_spans.jsonl")
    assert found.settings.queues["default"].kind == "set"
    assert [event.label for event in found.sources] == [["PERSON", "PLACE"], ["PLACE"]]


@pytest.mark.parametrize("is_hidden", [True, False])
def test_an_experts_answers_are_known_ones_also_under_a_pseudonym(opened, tmp_path, is_hidden):
    PseudonymKey.create(str(tmp_path / "key"))
    key = ["--pseudonym-key", tmp_path / "key"] if is_hidden else []
    found, _ = opened(EXPORTS / "prodigy.jsonl", "--known-answers-by", "news-ben", *key)
    assert [(event.item_id, event.label) for event in found.sources if isinstance(event, Gold)] == [
        ("201", "NEG"),
        ("202", "reject"),
    ]
    raters = {event.rater_id for event in found.sources if isinstance(event, Judgment)}
    assert len(raters) == 1
    assert (raters == {"news-ann"}) is not is_hidden
    with pytest.raises(InputError, match=r"no answers of --known-answers-by in the files"):
        opened(EXPORTS / "prodigy.jsonl", "--known-answers-by", "news-bert", *key)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--time-zone", "Nowhere/Land"], "is no time zone; write its name, such as UTC or Europe/Berlin"),
        (["--format", "excel"], "is not one of 'rows', 'label-studio'"),
    ],
)
def test_an_option_that_cannot_be_is_named(opened, arguments, problem):
    _, result = opened(EXPORTS / "appen_full.csv", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_question_for_rows_of_our_own_is_refused(opened, tmp_path):
    (tmp_path / "rows.csv").write_text("item_id,rater_id,label\nx,ann,a\n")
    with pytest.raises(InputError, match=r"rows.csv: no tool's export, so it has no questions"):
        opened(tmp_path / "rows.csv", "--question", "q")
