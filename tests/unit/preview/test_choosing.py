from typing import Any

import pytest

from stream.errors import InputError
from stream.preview.asking import GivenAnswers, Span
from stream.preview.choosing import Chosen, choose, filled
from tests.unit.preview.boards import JOB, NOW_S, board, line

HOUR = Span(NOW_S - 3600, NOW_S, 15.0)
QUEUE = {"name": "queue", "type": "query", "query": 'label_values(judged{job=~"$job"}, queue)'}


def chosen(
    *variables: dict[str, Any], prometheus: GivenAnswers | None = None, given: dict[str, str] | None = None
) -> dict[str, Chosen]:
    return choose(board(variables=variables), prometheus or GivenAnswers({}), NOW_S, given)


def test_all_is_what_a_board_begins_with_where_it_can_be_chosen() -> None:
    assert chosen(JOB) == {"job": Chosen(".+", "All")}


def test_of_one_at_a_time_the_first_is_chosen() -> None:
    prometheus = GivenAnswers({}, {"queue": ["spam", "topic"]})
    assert chosen(JOB, QUEUE, prometheus=prometheus)["queue"] == Chosen("spam", "spam")


def test_where_nothing_is_known_yet_nothing_is_chosen() -> None:
    assert chosen(JOB, QUEUE)["queue"] == Chosen("", "none")


def test_the_first_of_a_ranked_query_is_chosen_by_its_label() -> None:
    ranked = {"name": "rater", "type": "query", "query": "query_result(sort_desc(worst))", "regex": '/rater="([^"]+)"/'}
    prometheus = GivenAnswers({"sort_desc(worst)": [line(0.9, rater="rab-b"), line(0.1, rater="rab-a")]})
    assert chosen(ranked, prometheus=prometheus)["rater"].value == "rab-b"


def test_a_given_value_wins_and_is_no_pattern_where_several_may_be_chosen() -> None:
    several = QUEUE | {"multi": True, "includeAll": True}
    assert chosen(several, given={"queue": "a.b"})["queue"] == Chosen(r"a\\.b", "a.b")
    assert chosen(QUEUE, given={"queue": "a.b"})["queue"].value == "a.b"


def test_fixed_values_and_constants_need_no_prometheus() -> None:
    found = chosen(
        {"name": "ago", "type": "custom", "query": "1d,7d"}, {"name": "desk", "type": "constant", "query": "/d"}
    )
    assert (found["ago"].value, found["desk"].value) == ("1d", "/d")


def test_a_query_of_another_form_says_what_to_write() -> None:
    with pytest.raises(InputError, match="label_values"):
        chosen({"name": "x", "type": "query", "query": "metrics(.*)"})


@pytest.mark.parametrize(
    ("step_s", "scrape_s", "interval"),
    [(15.0, 10.0, "40s"), (60.0, 10.0, "70s"), (2.0, 2.0, "8s")],
)
def test_a_rate_reaches_over_four_scrapes_or_a_step_and_a_scrape(step_s: float, scrape_s: float, interval: str) -> None:
    span = HOUR._replace(step_s=step_s)
    assert filled("rate(x[$__rate_interval])", {}, span, scrape_s) == f"rate(x[{interval}])"


def test_a_name_does_not_hide_in_a_longer_one() -> None:
    values = {"a": Chosen("1", "1"), "ago": Chosen("2", "2")}
    assert filled("$ago $a ${a} $again", values, HOUR, 1.0) == "2 1 1 $again"
