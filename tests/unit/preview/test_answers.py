import math
from pathlib import Path

import pytest

from stream.errors import InputError
from stream.preview.answers import Asking, answer
from stream.preview.asking import GivenAnswers
from stream.preview.boards import read_boards
from tests.unit.preview.boards import NOW_S, answered, board, line, panel, write


def test_a_table_asks_of_now_and_a_line_over_time() -> None:
    found = answered(board(panel("table", "a"), panel("timeseries", "a")), {"a": [line(1.0, 2.0, 3.0)]})
    table, lines = found.panels
    assert [value for _, value in table.answers[0].series[0].points] == [3.0]
    assert [value for _, value in lines.answers[0].series[0].points] == [1.0, 2.0, 3.0]


def test_a_title_of_a_row_asks_nothing() -> None:
    row = {"type": "row", "title": "Why?", "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}}
    assert answered(board(row), {}).panels == []


def test_a_panel_is_empty_when_no_query_found_a_number() -> None:
    answers = {"gap": [line(math.nan, math.nan)], "some": [line(math.nan, 1.0)], "zero": [line(0.0)]}
    kinds = board(*(panel("timeseries", *exprs) for exprs in (["none"], ["gap"], ["gap", "some"], ["zero"])))
    assert [one.is_empty for one in answered(kinds, answers).panels] == [True, True, False, False]


def test_a_legend_is_made_of_labels() -> None:
    found = answered(board(panel("stat", "a", legend="{{queue}}, {{ topic }}")), {"a": [line(1.0, queue="spam")]})
    [one] = found.panels[0].answers
    assert one.name(one.series[0]) == "spam, "


@pytest.mark.parametrize(("since_s", "span_s", "step_s"), [(None, 86_400, 360), (900.0, 900, 10)])
def test_a_board_is_asked_over_its_own_time_or_the_given_one(since_s: float | None, span_s: int, step_s: int) -> None:
    span = answer(board(since="now-24h"), GivenAnswers({}), Asking(NOW_S, since_s)).span
    assert (span.end_s - span.start_s, span.step_s) == (span_s, step_s)


def test_boards_are_read_from_all_folders_in_the_order_of_their_files(tmp_path: Path) -> None:
    (tmp_path / "people").mkdir()
    write(tmp_path, "b")
    write(tmp_path / "people", "a")
    assert [one.title for one in read_boards(tmp_path)] == ["A", "B"]


def test_a_folder_without_boards_and_a_file_that_is_none_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--boards"):
        read_boards(tmp_path)
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InputError, match="make generate"):
        read_boards(tmp_path)
