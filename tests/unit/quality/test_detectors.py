"""The policy's detectors on seeded streams: exact detection indices, and who must never be flagged."""

import random

import numpy as np
import pytest

from stream.quality.policy import DEFAULT_POLICY, Detector, State
from stream.quality.schema import Column, Flag
from tests.oracle.answers import Answer, always, answers, blindly, honestly, inverted, leaning, sometimes
from tests.oracle.raters_drive import Bench, Moved, Seen

SEEDS = (1, 2, 3, 4, 5)
TWO, SKEWED = (0.5, 0.5), (0.7, 0.1, 0.1, 0.1)


def golds(accuracy: float, n: int, seed: int) -> list[Seen]:
    """Items with a known answer that came after their peers had weighed the judgment: a count and nothing else."""
    random_ = random.Random(seed)
    return [Seen(credit=float(random_.random() < accuracy)) for _ in range(n)]


def fed(bench: Bench, judgments: list[Seen]) -> list[Moved]:
    return bench.feed((0, seen) for seen in judgments).get(0, [])


def opened(judgments: list[Seen], *, scale: int = 4, gold_mean: float = 1.0) -> dict[Detector, int]:
    """At which judgment each detector first opened."""
    first: dict[Detector, int] = {}
    for moved in fed(Bench(1, scale=scale, gold_mean=gold_mean), judgments):
        if moved.is_open and moved.was is None:
            first.setdefault(moved.detector, moved.n)
    return first


@pytest.mark.parametrize(
    ("accuracy", "found"), [(0.0, [11] * 5), (0.25, [42, 18, 24, 36, 34]), (0.5, [98, 57, 55, 169, 117])]
)
def test_known_answers_below_the_floor_are_found_after_so_many(accuracy: float, found: list[int]) -> None:
    first = [opened(golds(accuracy, 500, seed), scale=2) for seed in SEEDS]
    assert first == [{Detector.KNOWN_ANSWERS: n} for n in found]


def test_a_rater_at_the_floor_is_ever_alarmed_with_probability_alpha_at_most() -> None:
    """400 raters of accuracy .70 = the floor, 1,000 golds each, looked at after each: at alpha = .05 at most 20 are
    expected; 33 is three standard deviations above."""
    raters, n = 400, 1000
    bench = Bench(raters, scale=2, policies=[DEFAULT_POLICY._replace(gold_alarm=float(np.log(20)))])
    right = np.random.default_rng(7).random((n, raters)) < 0.7
    moved = bench.feed((slot, Seen(credit=float(right[k, slot]))) for k in range(n) for slot in range(raters))
    alarmed = sum(any(one.is_open for one in events) for events in moved.values())
    assert 0 < alarmed <= 33


def test_the_floor_is_the_midpoint_of_chance_and_the_queues_mean_at_most_70_percent() -> None:
    hard = [opened(golds(0.5, 300, seed), scale=2, gold_mean=0.6) for seed in SEEDS]
    assert hard == [{}] * 5, "where the mean is 60 % of two labels, half right is near the floor of 55 %"


@pytest.mark.parametrize(
    ("answer", "detector", "found"),
    [
        (blindly, Detector.UNRELATED, [11, 26, 19, 19, 19]),
        (always(2), Detector.CONSTANT, [7, 11, 9, 8, 9]),
        (
            inverted,
            Detector.UNRELATED,
            [11] * 5,
        ),  # of four labels: nothing but the peers' answer is known to be avoided
    ],
)
def test_answers_that_no_honest_reading_explains_are_found_after_so_many(
    answer: Answer, detector: Detector, found: list[int]
) -> None:
    assert [opened(answers(60, seed, answer)) for seed in SEEDS] == [{detector: n} for n in found]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (answers(60, 1, inverted), Detector.INVERTED),
        (answers(700, 1, sometimes(0.3), sure=(0.95,)), Detector.LOW_SKILL),
    ],
)
def test_a_finding_that_few_answers_could_not_name_gets_its_name_later(given: list[Seen], name: Detector) -> None:
    moved = [one for one in fed(Bench(1), given) if one.was is not None]
    assert [(one.was, one.detector) for one in moved] == [(Detector.UNRELATED, name)]


def test_swapped_labels_are_called_inverted_where_there_are_two() -> None:
    found = [opened(answers(100, seed, inverted, mix=TWO), scale=2) for seed in SEEDS]
    assert found == [{Detector.INVERTED: n} for n in (9, 9, 9, 9, 9)]


def test_a_constant_usual_answer_is_found_although_it_is_mostly_right() -> None:
    found = [opened(answers(90, seed, always(0), mix=SKEWED)) for seed in SEEDS]
    assert found == [{Detector.CONSTANT: n} for n in (13, 12, 18, 28, 14)]


def test_who_reads_too_few_of_the_items_is_found_later_and_called_low_skill_where_that_shows() -> None:
    low, none = Detector.LOW_SKILL, Detector.UNRELATED
    found = [opened(answers(700, seed, sometimes(0.3), sure=(0.95,))) for seed in SEEDS]
    assert found == [{none: 13}, {low: 65}, {low: 52}, {low: 39}, {low: 27}]


def test_one_answer_off_the_known_ones_is_told_from_a_constant_answer() -> None:
    tests = [Seen(label=n % 4, credit=1.0, hit=0.95) for n in range(6)]
    for seed in SEEDS:
        assert list(opened([*tests, *answers(30, seed, always(2))])) == [Detector.KNOWN_AGAINST_REST]
        assert list(opened([*tests[:4], *answers(30, seed, always(2))])) == [Detector.CONSTANT], "too few to say so"


@pytest.mark.parametrize(("answer", "found"), [(always(2), [10, 8, 10, 8, 11]), (blindly, [15, 15, 17, 16, 20])])
def test_a_change_after_good_work_is_found_after_so_many(answer: Answer, found: list[int]) -> None:
    before = 250
    changed = [opened(answers(before, seed, honestly) + answers(30, seed + 50, answer)) for seed in SEEDS]
    assert changed == [{Detector.CHANGED: before + n} for n in found]


def test_who_answers_as_peers_predict_is_ever_alarmed_with_probability_alpha_at_most() -> None:
    """400 raters, 300 judgments each, looked at after each: at alpha = .05 at most 20 are expected."""
    raters = 400
    bench = Bench(raters, policies=[DEFAULT_POLICY._replace(alarm=float(np.log(20)))])
    crowd = [answers(300, seed, honestly, sure=(0.5, 0.7, 0.9)) for seed in range(raters)]
    moved = bench.feed((slot, crowd[slot][n]) for n in range(300) for slot in range(raters))
    assert 0 < sum(any(one.is_open for one in events) for events in moved.values()) <= 33


def test_careful_raters_are_left_alone() -> None:
    """100 raters as good as peers and better, 400 judgments, a fifth of them golds: nobody."""
    raters, random_ = 100, random.Random(11)
    crowd = []
    for seed in range(raters):
        seen = answers(400, seed, honestly, sure=(0.6, 0.8, 0.95))
        for n in random_.sample(range(400), 80):
            right = float(random_.random() < random_.uniform(0.8, 0.95))
            seen[n] = Seen(label=seen[n].label, credit=right, hit=0.9)
        crowd.append(seen)
    bench = Bench(raters)
    assert bench.feed((slot, crowd[slot][n]) for n in range(400) for slot in range(raters)) == {}
    assert set(bench.rows.hot["state"][:raters].tolist()) <= {State.OK, State.WATCH}


def test_speed_alone_flags_nobody() -> None:
    fast = int(Flag.FAST | Flag.FAST_KNOWN)
    bench = Bench(1)
    assert fed(bench, [seen._replace(duration_ms=1, flags=fast) for seen in answers(500, 1, honestly)]) == []
    assert State(int(bench.rows.hot["state"][0])) == State.OK


@pytest.mark.parametrize("odds", [1.5, 2.0, 3.0])
def test_dissent_by_habit_flags_nobody(odds: float) -> None:
    """Somebody who gives one label sooner than peers do reads the items all the same."""
    for seed in SEEDS:
        assert opened(answers(500, seed, leaning(1, odds))) == {}
        assert opened(answers(500, seed, leaning(1, odds), mix=TWO), scale=2) == {}


def test_the_minoritys_reading_of_disputed_items_flags_nobody() -> None:
    def otherwise(random_: random.Random, predictive: tuple[float, ...]) -> int:
        likeliest = sorted(range(len(predictive)), key=lambda k: -predictive[k])
        return likeliest[1] if predictive[likeliest[0]] < 0.6 else honestly(random_, predictive)

    for seed in SEEDS:
        assert opened(answers(500, seed, otherwise, sure=(0.5, 0.9, 0.9))) == {}


def test_training_never_opens_a_finding() -> None:
    bench = Bench(1, training=True)
    assert fed(bench, [seen._replace(credit=0.0) for seen in answers(200, 1, always(1))]) == []
    assert int(bench.rows.life[0, Column.JUDGMENTS]) == 200, "it is measured all the same"


def test_a_rater_is_unknown_until_there_is_something_to_say() -> None:
    bench = Bench(1)
    fed(bench, answers(9, 1, honestly))
    assert State(int(bench.rows.hot["state"][0])) == State.UNKNOWN
    fed(bench, answers(1, 2, honestly))
    assert State(int(bench.rows.hot["state"][0])) == State.OK
    alone = Bench(1)
    fed(alone, [Seen() for _ in range(100)])
    assert State(int(alone.rows.hot["state"][0])) == State.UNKNOWN, "without a peer nothing is known of agreement"
