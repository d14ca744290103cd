import pytest

from stream.events import Adjudication, Gold
from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import Kind
from stream.report.known_scores import chance_accuracy, known_answers, known_scores
from tests.unit.backtest.worlds import judgment
from tests.unit.report.values import answers_of


def gold(item, label, revision):
    return Gold(queue="q", item_id=item, label=label, revision=revision, at=0)


def adjudication(item, label, revision):
    return Adjudication(
        queue="q", item_id=item, label=label, revision=revision, auditor="a", sampling="random", severity="minor", at=0
    )


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([judgment(1, "x", "ann", "a", gold="b"), judgment(2, "x", "bob", "a", gold="a")], "b"),
        ([gold("x", "a", 2), gold("x", "b", 1)], "a"),
        ([gold("x", "a", 1), gold("x", None, 2), judgment(1, "x", "ann", "a", gold="b")], None),
        ([judgment(1, "x", "ann", "a", gold="b"), gold("x", "a", 0)], "a"),
        ([adjudication("x", "b", 1), gold("x", "a", 9)], "b"),
        ([gold("x", "a", 1), adjudication("x", "b", 1), adjudication("x", None, 2)], "a"),
    ],
)
def test_adjudications_win_over_golds_and_higher_revisions_over_lower_ones(events, known):
    assert known_answers(events).get(("q", "x")) == known


def test_scores_count_answers_on_items_with_a_known_answer():
    answers = answers_of([("x", "r1", 0), ("y", "r1", 1), ("z", "r1", 1), ("z", "r2", 2)])

    scores = known_scores(answers, {("q", "x"): "a", ("q", "y"): "a", ("q", "z"): "undeclared"})

    assert scores == {("r1", "q"): (2, 0.5)}


def test_ordinal_answers_count_by_how_near_they_are():
    answers = answers_of([("x", "r1", 1)], kind=int(Kind.ORDINAL))

    assert known_scores(answers, {("q", "x"): "a"})["r1", "q"].accuracy == pytest.approx(0.5)


def test_chance_is_what_labels_at_random_get():
    infos = {
        "n": QueueInfo(1, "n", int(Kind.NOMINAL), ("a", "b", "c", "d"), 8),
        "o": QueueInfo(2, "o", int(Kind.ORDINAL), ("1", "2", "3"), 4),
    }

    assert chance_accuracy(infos) == {"n": 0.25, "o": pytest.approx((3 * 1 + 4 * 0.5 + 2 * 0) / 9)}
