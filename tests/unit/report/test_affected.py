import numpy as np
import pytest

from stream.report.affected import affected_items, redo
from stream.report.answer_parts import joined, of_items
from stream.report.answers import NO_COST
from stream.report.consensus import usual_of
from stream.report.prices import Prices
from tests.unit.backtest.worlds import START_MS
from tests.unit.report.values import answers_of

TOLD = [
    ("x", "ann", 1),
    ("x", "bob", 0),
    ("y", "ann", 0),
    ("y", "bob", 0),
    ("y", "cat", 1),
    ("z", "ann", 2),
    ("w", "bob", 0),
]
ANN = ("ann", "q")
SURE = {ANN: 0.9, ("bob", "q"): 0.7, ("cat", "q"): 0.7}


def found(answers, since_ms=None):
    return affected_items(answers, ANN, since_ms, SURE, usual_of(answers))


def test_each_item_tells_the_consensus_with_and_without_the_rater():
    x, y, z = found(answers_of(TOLD))

    assert (x.item_id, x.answer, x.consensus, x.consensus_without, x.flips) == ("x", "b", "b", "a", True)
    assert (y.item_id, y.consensus, y.consensus_without, y.flips) == ("y", "a", "a", False)
    assert (z.item_id, z.consensus, z.consensus_without, z.flips) == ("z", "c", None, None)


def test_only_answers_since_the_moment_count():
    assert [one.item_id for one in found(answers_of(TOLD), START_MS + 2_000)] == ["y", "z"]
    assert found(answers_of(TOLD), START_MS + 60_000) == []


def test_a_rater_without_answers_has_none():
    assert affected_items(answers_of(TOLD), ("dan", "q"), None, SURE, usual_of(answers_of(TOLD))) == []


def test_parts_put_together_say_what_the_whole_says():
    whole = answers_of(TOLD)
    parts = [of_items(whole, np.array(rows, int)) for rows in ([0, 3], [], [1, 2])]

    assert affected_items(joined(parts), ANN, None, SURE, usual_of(whole)) == found(whole)


def test_redoing_costs_what_was_paid_and_a_fresh_judgment_at_the_usual_price():
    answers = answers_of(TOLD)
    answers = answers._replace(cost_micro=np.array([20_000, 20_000, 50_000, 40_000, 60_000, 20_000, 30_000]))
    prices = Prices()
    prices.add(answers)

    told = redo(found(answers), prices.of("q"))

    assert prices.of("q")[:2] == (0.03, "EUR")
    assert (told.items, told.own_cost, told.own_currency, told.own_unknown) == (3, 0.09, "EUR", 0)
    assert (told.fresh_cost, told.fresh_currency, told.why) == (pytest.approx(0.09), "EUR", None)


def test_an_unknown_cost_stays_unknown_and_says_why():
    answers = answers_of(TOLD)._replace(cost_micro=np.full(len(TOLD), NO_COST))
    prices = Prices()
    prices.add(answers)

    told = redo(found(answers), prices.of("q"))

    assert (told.own_cost, told.fresh_cost, told.own_unknown) == (None, None, 3)
    assert told.why == "3 of 3 answers came without a cost; the producer sends no cost of judgments in this queue"


@pytest.mark.parametrize(("costs", "median"), [([5, 1, 3], 3), ([4, 1, 2, 100], 3), ([7], 7), ([2, 2, 2, 9], 2)])
def test_the_usual_price_is_the_median_however_parts_are_cut(costs, median):
    prices = Prices()
    for at, cost in enumerate(costs):
        one = answers_of([(f"i{at}", "ann", 0)])
        prices.add(one._replace(cost_micro=np.array([cost * 1_000_000])))

    assert prices.of("q") == (median, "EUR", len(costs))
    assert prices.of("elsewhere") is None
