import math
import re
from typing import Any

import pytest

from stream.preview.asking import Series
from stream.preview.page.document import empty_panels, height_px, page
from tests.unit.preview.boards import answered, board, line, panel

STEPS = {
    "steps": [{"color": "green", "value": None}, {"color": "orange", "value": 0.5}, {"color": "red", "value": 0.9}]
}


def drawn(one: dict[str, Any], answers: dict[str, list[Series]]) -> str:
    """The board's part of the page, without the style sheet and the notes."""
    text = page([answered(board(one), answers)])
    return text[text.index("<section") : text.index("<details")]


def test_a_number_has_its_unit_and_the_colour_of_its_threshold() -> None:
    stat = panel("stat", "a", unit="percentunit", decimals=1, thresholds=STEPS)
    assert '<div class="value  orange">61.2 %</div>' in drawn(stat, {"a": [line(0.1, 0.612)]})
    assert '<div class="value  red">95.0 %</div>' in drawn(stat, {"a": [line(0.1, 0.95)]})


def test_the_latest_known_number_is_shown() -> None:
    assert ">7</div>" in drawn(panel("stat", "a"), {"a": [line(5.0, 7.0, math.nan)]})


def test_a_number_may_have_words() -> None:
    words = [{"type": "value", "options": {"3": {"text": "needs review", "color": "red"}}}]
    assert "needs review" in drawn(panel("stat", "a", mappings=words), {"a": [line(3.0)]})


def test_nothing_known_is_said_and_never_drawn_as_0() -> None:
    text = drawn(panel("timeseries", "a"), {})
    assert "No data" in text
    assert "<svg" not in text


def test_empty_panels_are_named() -> None:
    found = answered(board(panel("stat", "a"), panel("table", "b")), {"a": [line(1.0)]})
    assert [(title, one.title) for title, one in empty_panels([found])] == [("Small", "A table")]


def test_a_line_pauses_where_nothing_was_known() -> None:
    text = drawn(
        panel("timeseries", "a", legend="{{queue}}"), {"a": [line(1.0, 2.0, math.nan, 3.0, 4.0, queue="spam")]}
    )
    assert text.count("<polyline") == 2
    assert "spam</li>" in text


def test_stacked_lines_stand_on_each_other() -> None:
    stacking = {"stacking": {"mode": "normal"}}
    text = drawn(
        panel("timeseries", "a", min=0, custom=stacking), {"a": [line(1.0, 1.0, q="x"), line(1.0, 1.0, q="y")]}
    )
    heights = [
        {float(pair.split(",")[1]) for pair in points.split()}
        for points in re.findall(r'<polygon[^>]*points="([^"]+)"', text)
    ]
    assert max(heights[1]) == min(heights[0]), "the second's foot is the first's head"
    assert min(heights[1]) < min(heights[0]), "and its own head is above"


def test_bounds_are_drawn_where_the_panel_asks_for_them() -> None:
    dashed = {"thresholdsStyle": {"mode": "dashed"}}
    answers = {"a": [line(0.4, 0.8)]}
    assert 'class="bound orange"' in drawn(panel("timeseries", "a", thresholds=STEPS, custom=dashed), answers)
    assert "bound" not in drawn(panel("timeseries", "a", thresholds=STEPS), answers)


def table_of(columns: dict[str, str], **options: Any) -> dict[str, Any]:
    organized = {
        "excludeByName": {"Time": True},
        "renameByName": {f"Value #{'ABC'[at]}": name for at, name in enumerate(columns)},
        "indexByName": {"rater": 0, "queue": 1},
    }
    return panel(
        "table", *columns.values(), transformations=[{"id": "organize", "options": organized}], options=options
    )


def test_a_table_has_a_row_for_each_set_of_labels_the_highest_first() -> None:
    answers = {
        "a": [line(1.0, queue="q1", rater="r1"), line(2.0, queue="q1", rater="r2")],
        "b": [line(9.0, queue="q1", rater="r1")],
    }
    text = drawn(table_of({"n": "a", "m": "b"}, sortBy=[{"displayName": "n", "desc": True}]), answers)
    assert re.findall(r'<th scope="col"[^>]*>(\w+)', text) == ["rater", "queue", "n", "m"]
    assert re.findall(r"<td[^>]*>([^<]+)", text) == ["r2", "q1", "2", "–", "r1", "q1", "1", "9"]


def test_bars_are_as_long_as_their_numbers_and_negative_ones_go_to_the_left() -> None:
    text = drawn(panel("bargauge", "a", legend="{{q}}"), {"a": [line(4.0, q="x"), line(1.0, q="y")]})
    assert re.findall(r"width:([\d.]+)%", text) == ["100.0", "25.0"]
    text = drawn(panel("bargauge", "a"), {"a": [line(-2.0, q="x"), line(2.0, q="y")]})
    assert re.findall(r"width:([\d.]+)%;margin-left:([\d.]+)%", text) == [("50.0", "0.0"), ("50.0", "50.0")]


def test_a_heatmap_shows_what_each_bucket_alone_got() -> None:
    buckets = [line(2.0, le="0.1"), line(2.0, le="0.5"), line(6.0, le="1.0"), line(6.0, le="+Inf")]
    text = drawn(panel("heatmap", "a", unit="s"), {"a": buckets})
    assert text.count('class="cell"') == 2, "nothing fell into the second bucket"
    assert 'opacity="1.00"' in text


def test_a_panel_stands_where_the_board_puts_it() -> None:
    text = drawn(panel("stat", "a") | {"gridPos": {"h": 4, "w": 6, "x": 18, "y": 9}}, {"a": [line(1.0)]})
    assert "grid-area:10/19/span 4/span 6" in text


def test_labels_cannot_bring_markup_into_the_page() -> None:
    text = page([answered(board(panel("table", "a")), {"a": [line(1.0, queue="<script>x</script>")]})])
    assert "<script" not in text


@pytest.mark.parametrize("sign", ["<script", "http://", "https://", "src=", "@import", "url("])
def test_the_page_needs_no_network_and_no_script(sign: str) -> None:
    assert sign not in page([answered(board(panel("timeseries", "a")), {"a": [line(1.0, 2.0)]})])


def test_each_panel_says_how_to_read_it_and_what_it_asked() -> None:
    text = page([answered(board(panel("stat", "rate(x[$__rate_interval])")), {})])
    assert "Read it." in text
    assert "<code>rate(x[40s])</code>" in text


def test_the_theme_can_be_given() -> None:
    found = [answered(board(), {})]
    assert 'data-theme="dark"' in page(found, "dark")
    assert "data-theme=" not in page(found)[page(found).index("</style>") :].split("<body")[0]


def test_a_taller_board_needs_a_taller_picture() -> None:
    low, tall = (board(panel("stat", "a") | {"gridPos": {"h": h, "w": 4, "x": 0, "y": 0}}) for h in (4, 14))
    assert height_px(answered(tall, {})) - height_px(answered(low, {})) == 10 * 38


def test_times_are_told_to_the_reader() -> None:
    assert re.search(r"\d\d \w{3} \d\d:\d\d to \d\d \w{3} \d\d:\d\d", page([answered(board(), {})]))
