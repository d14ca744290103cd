import random

import pytest

from stream.events import Retraction
from tests.unit.backtest.worlds import START_MS, judgment
from tests.unit.report.values import book_of, listed


def test_skips_repeats_training_and_withdrawn_answers_cast_no_vote():
    events = [
        judgment(1, "x", "ann", "a"),
        judgment(2, "x", "ann", "b"),
        judgment(3, "x", "bob", "b"),
        judgment(4, "x", "cat", None, outcome="skipped"),
        judgment(5, "x", "dan", "a", stage="training"),
        judgment(6, "y", "ann", "a"),
        Retraction(queue="q", item_id="y", judgment_id="j6", rater_id="ann", reason="", at=START_MS + 9_000),
    ]

    assert listed(book_of(events).answers()) == {("x", "ann", 0), ("x", "bob", 1)}


def test_a_repeat_takes_the_place_of_a_first_answer_that_was_withdrawn():
    events = [
        judgment(1, "x", "ann", "a"),
        judgment(2, "x", "ann", "b"),
        Retraction(queue="q", item_id="x", judgment_id="j1", rater_id="ann", reason="", at=START_MS + 9_000),
    ]

    assert listed(book_of(events).answers()) == {("x", "ann", 1)}


def test_a_revision_replaces_the_answer_and_a_duplicate_adds_none():
    events = [judgment(1, "x", "ann", "a"), judgment(1, "x", "ann", "a"), judgment(1, "x", "ann", "b", revision=1)]

    assert listed(book_of(events).answers()) == {("x", "ann", 1)}


@pytest.mark.parametrize("partitions", [1, 4])
@pytest.mark.parametrize("size", [1, 7, 4_000])
def test_how_the_log_is_cut_makes_no_difference(partitions, size):
    rng = random.Random(4)
    events = []
    for n in range(200):
        item, rater = f"i{rng.randrange(30)}", f"r{rng.randrange(6)}"
        events.append(judgment(n, item, rater, rng.choice("ab")))
        if rng.random() < 0.15:
            back = events[rng.randrange(len(events))]
            if not isinstance(back, Retraction):
                events.append(
                    Retraction(
                        queue="q",
                        item_id=back.item_id,
                        judgment_id=back.judgment_id,
                        rater_id=back.rater_id,
                        reason="",
                        at=START_MS,
                    )
                )
    gone = {event.judgment_id for event in events if isinstance(event, Retraction)}
    first = {}
    for event in events:
        if not isinstance(event, Retraction) and event.judgment_id not in gone:
            first.setdefault((event.item_id, event.rater_id), "ab".index(event.label))

    answers = book_of(events, size, partitions=partitions).answers()

    assert listed(answers) == {(item, rater, label) for (item, rater), label in first.items()}
    assert len(answers.item) == len(first)


def test_first_and_last_judgment_are_noted_with_who_the_rater_is():
    events = [
        judgment(9, "x", "ann", "a", site="Riga"),
        judgment(2, "y", "ann", "a"),
        judgment(30, "z", "ann", "a", stage="training"),
    ]

    [worked] = book_of(events).worked()

    assert (worked.profile.site, worked.first_ms, worked.last_ms) == ("Riga", START_MS + 2_000, START_MS + 9_000)


def test_an_empty_log_has_no_answers():
    assert listed(book_of([]).answers()) == set()
