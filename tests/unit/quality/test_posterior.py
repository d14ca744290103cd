"""What an item says of its answers, against Bayes' rule by brute force in plain Python."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.reference import (
    ABAR,
    ANSWERS,
    BIN_ALL,
    BIN_HIT,
    BINS,
    GOLDS,
    GOLDS_HIT,
    GOOD,
    READ,
    READERS_SKILLS,
    SKILLED,
    SKILLS,
    TOP_ALL,
    WEIGHED,
    refresh,
)
from stream.quality.schema import LABELS_MAX, NO_LABEL, SHARE, VOTER_CAP, Kind
from tests.oracle.items_drive import ItemBench, Usual, by_judgment

STEP = 4e-5  # of a share that travels
STEP_B = STEP + 8 * 0.0005 / 4  # and of the weights of eight raters, in thousandths of a nat
FOUR = Usual((500, 300, 150, 50))


class Rater(NamedTuple):
    """As a summary describes one."""

    skill: float
    mix: tuple[float, ...]


class Bayes:
    """The prior of an item's true answer, and how raters answer given it; all of it as probabilities."""

    def __init__(self, usual: Usual, good: float) -> None:
        k = len(usual.answers)
        mix = [(n + 1) / (sum(usual.answers) + k) for n in usual.answers]
        self.prior = [0.7 * m + 0.3 / k for m in mix]
        self.hit, self.good = usual.likely, good

    def given(self, label: int, truth: int, rater: Rater | None) -> float:
        k = len(self.prior)
        if rater is None:
            return self.hit if label == truth else (1 - self.hit) / (k - 1)
        by_item = self.good if label == truth else (1 - self.good) / (k - 1)
        return rater.skill * by_item + (1 - rater.skill) * rater.mix[label] + 1e-6

    def posterior(self, answers: Sequence[tuple[int, Rater | None]], known: int | None = None) -> list[float]:
        joint = [
            prior
            * math.prod(self.given(label, truth, rater) for label, rater in answers)
            * (1.0 if known is None else 0.99 if known == truth else 0.01)
            for truth, prior in enumerate(self.prior)
        ]
        return [one / sum(joint) for one in joint]

    def fit(self, likely: float) -> float:
        return likely * self.good + (1 - likely) * (1 - self.good) / (len(self.prior) - 1)


def fit_of(bench: ItemBench) -> Bayes:
    return Bayes(FOUR, float(bench.queues.values[0, GOOD]))


def shares(row: np.void, *names: str) -> list[float]:
    return [int(row["new"][name]) / SHARE for name in names]


raters = st.none() | st.builds(
    Rater,
    st.sampled_from([0.1, 0.5, 0.9]),
    st.sampled_from([(0.25, 0.25, 0.25, 0.25), (0.7, 0.1, 0.1, 0.1), (0.05, 0.05, 0.1, 0.8)]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), raters), min_size=2, max_size=8), st.none() | st.integers(0, 3))
def test_fit_is_of_the_others_alone_and_belief_counts_the_own_vote_in(
    answers: list[tuple[int, Rater | None]], known: int | None
) -> None:
    bench = ItemBench(FOUR)
    bayes = fit_of(bench)
    for number, (_, rater) in enumerate(answers):
        if rater is not None:
            bench.trust(number, rater.skill, rater.mix, bayes.good)
    if known is not None:
        bench.gold(known, 1)
    for number, (label, _) in enumerate(answers):
        rows = bench.judge(number, label)
    last = by_judgment(rows)
    assert len(last) == len(answers) or known is not None, "the newcomer changes what all others mean"
    usual = [(label, None) for label, _ in answers]
    for number, (label, _) in enumerate(answers):
        if number + 1 not in last:
            continue  # certain already: the newcomer moved it by less than a step
        fit_a, belief_a, fit_b, belief_b = shares(last[number + 1], "fit_a", "belief_a", "fit_b", "belief_b")
        for some, fit, belief, step in ((usual, fit_a, belief_a, STEP), (answers, fit_b, belief_b, STEP_B)):
            others = [one for at, one in enumerate(some) if at != number]
            assert fit == pytest.approx(bayes.fit(bayes.posterior(others, known)[label]), abs=step)
            assert belief == pytest.approx(bayes.posterior(some, known)[label], abs=step)


def test_the_own_vote_never_enters_the_own_fit() -> None:
    fits = []
    for own in range(4):
        bench = ItemBench(FOUR)
        bench.judge(0, 1)
        bench.judge(1, 1)
        rows = by_judgment(bench.judge(2, own))
        fits.append(shares(rows[3], "fit_a")[0])
    bayes = fit_of(ItemBench(FOUR))
    assert fits == pytest.approx([bayes.fit(q) for q in bayes.posterior([(1, None), (1, None)])], abs=STEP)


def test_nothing_is_said_of_an_answer_without_peers_or_a_known_one() -> None:
    bench = ItemBench(FOUR)
    (row,) = bench.judge(0, 1)
    assert shares(row, "fit_a", "belief_a", "fit_b", "belief_b") == [0.0] * 4
    (row,) = bench.gold(1, 1)
    bayes = fit_of(bench)
    fit, belief = bayes.fit(bayes.posterior([], known=1)[1]), bayes.posterior([(1, None)], known=1)[1]
    assert shares(row, "fit_a", "belief_a", "fit_b", "belief_b") == pytest.approx([fit, belief] * 2, abs=STEP)


def test_a_label_that_was_never_declared_has_no_posterior_and_votes_for_none() -> None:
    bench, undeclared = ItemBench(FOUR), 31
    bench.judge(0, 1)
    bench.judge(1, 1)
    rows = by_judgment(bench.judge(2, undeclared))
    assert shares(rows[3], "fit_a", "belief_a") == [0.0, 0.0]
    bayes = fit_of(bench)
    (fit,) = shares(by_judgment(bench.judge(3, 1))[1], "fit_a")
    assert fit == pytest.approx(bayes.fit(bayes.posterior([(1, None)] * 2)[1]), abs=STEP)


def test_an_items_first_voters_alone_have_a_vote() -> None:
    bench = ItemBench(FOUR)
    for number in range(VOTER_CAP):
        bench.judge(number, number % 2)
    rows = [by_judgment(bench.judge(VOTER_CAP + n, 1)) for n in range(5)]
    fits = [shares(found[VOTER_CAP + 1 + n], "fit_a")[0] for n, found in enumerate(rows)]
    assert fits == [fits[0]] * 5


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 31), st.integers(0, 2**31), st.integers(0, 30))
def test_the_four_likeliest_answers_travel_and_the_rest_is_spread_evenly(scale: int, seed: int, own: int) -> None:
    random_, own = np.random.default_rng(seed), own % scale
    bench = ItemBench(Usual(tuple(random_.integers(1, 900, scale).tolist()), likely=0.7), scale=scale)
    bench.judge(0, int(random_.integers(scale)))
    bench.judge(1, int(random_.integers(scale)))
    row = by_judgment(bench.judge(2, own))[3]
    named = min(scale, 4)
    labels, told = row["labels"][:named].tolist(), (row["shares"][:named] / SHARE).tolist()
    assert row["weighed"] == 1
    assert row["labels"][named:].tolist() == [NO_LABEL] * (4 - named)
    assert not row["shares"][named:].any()
    assert len(set(labels)) == named
    assert max(labels) < scale
    rest = 1 - sum(told)
    if scale <= 4:
        assert rest == pytest.approx(0, abs=4 * STEP)
        assert row["own"] / SHARE == told[labels.index(own)]
    else:
        assert told[1:] == sorted(told[1:], reverse=True)
        assert rest >= -4 * STEP
        left = rest / (scale - named)
        if own in labels:
            assert row["own"] / SHARE == told[labels.index(own)]
        else:
            assert row["own"] / SHARE <= told[-1] + STEP
        assert left <= told[-1] + STEP


def test_a_predictive_is_the_calibrated_hit_of_the_likeliest_and_the_model_in_proportion() -> None:
    bench = ItemBench(Usual((500, 300, 150, 50), likely=0.8))
    bench.judge(0, 2)
    bench.judge(1, 2)
    bench.queues.own[0, BIN_ALL : BIN_ALL + BINS] = 10**6
    bench.queues.own[0, BIN_HIT : BIN_HIT + BINS] = 6 * 10**5
    row = by_judgment(bench.judge(2, 0))[3]
    assert row["labels"].tolist() == [2, 0, 1, 3]
    assert row["shares"][0] / SHARE == pytest.approx(0.6, abs=1e-4)
    q = fit_of(bench).posterior([(2, None), (2, None)])
    abar = float(bench.queues.values[0, ABAR])
    model = [q[z] * abar + (1 - q[z]) * (1 - abar) / 3 for z in (0, 1, 3)]
    assert (row["shares"][1:] / SHARE).tolist() == pytest.approx([0.4 * m / sum(model) for m in model], abs=STEP)
    assert row["own"] == row["shares"][1]


def test_answers_that_are_equally_likely_are_named_in_their_order() -> None:
    bench = ItemBench(Usual((250,) * 6), scale=6)
    bench.judge(0, 3)
    bench.judge(1, 3)
    row = by_judgment(bench.judge(2, 5))[3]
    assert row["labels"].tolist() == [3, 0, 1, 2]
    assert len(set(row["shares"][1:].tolist())) == 1
    assert row["own"] == row["shares"][1]


def test_each_answer_is_weighed_once_and_counts_once_for_the_calibration() -> None:
    bench = ItemBench(FOUR)
    sent = [bench.judge(number, 1) for number in range(3)]
    assert [[int(row["judgment"]) for row in rows if row["weighed"]] for rows in sent] == [[], [], [1, 2, 3]]
    counts = bench.queues.own[0].copy()
    assert counts[WEIGHED] == 10_003
    assert counts[TOP_ALL : TOP_ALL + LABELS_MAX * BINS].sum() == counts[BIN_ALL : BIN_ALL + BINS].sum() == 3
    assert counts[BIN_HIT : BIN_HIT + BINS].sum() == 3
    again = [*bench.judge(3, 0), *bench.retract(1, 0), *bench.gold(0, 1), *bench.gold(None, 2)]
    assert {int(row["judgment"]) for row in again} >= {1, 2, 3, 4}
    assert [int(row["judgment"]) for row in again if row["weighed"]] == [4]
    assert bench.queues.own[0, WEIGHED] == 10_004


def test_where_items_get_two_judgments_one_peer_is_enough_to_weigh() -> None:
    assert [int(row["weighed"]) for row in _two_judgments(of=2)] == [1, 1]
    assert [int(row["weighed"]) for row in _two_judgments(of=3)] == [0, 0]


@pytest.mark.parametrize(("of", "enough"), [(3, 2), (4, 3), (9, 3)])
def test_answers_are_weighed_by_three_peers_where_items_get_four_judgments(of: int, enough: int) -> None:
    bench = ItemBench(FOUR, of=of)
    sent = [bench.judge(number, 1) for number in range(enough + 2)]
    assert [int(rows["weighed"].sum()) for rows in sent] == [*[0] * enough, enough + 1, 1]


def test_answers_of_raters_out_of_good_standing_teach_the_calibration_nothing() -> None:
    bench = ItemBench(FOUR)
    bench.queues.own[0, [SKILLED, SKILLS, READ, READERS_SKILLS]] = 100, 100 * 800, 100, 100 * 800
    plain(refresh)(0, bench.queues)
    for rater, skill in enumerate((0.95, 0.6, 0.7)):
        bench.trust(rater, skill, (0.25,) * 4, 0.9)
    before = bench.queues.own[0].copy()
    for rater in range(3):
        bench.judge(rater, 1)
    more = bench.queues.own[0] - before
    assert more[BIN_ALL : BIN_ALL + BINS].sum() == more[BIN_HIT : BIN_HIT + BINS].sum() == 2, "one at .6 is below .64"
    assert more[[WEIGHED, SKILLED, SKILLS]].tolist() == [3, 3, 950 + 600 + 700]


def test_a_young_queue_counts_and_sends_no_predictive() -> None:
    bench = ItemBench(FOUR._replace(weighed=99))
    for number in range(2):
        bench.judge(number, 1)
    rows = by_judgment(bench.judge(2, 1))
    assert [int(rows[n]["weighed"]) for n in (1, 2, 3)] == [0, 1, 1], "of 100 and more one knows what is usual"
    assert not rows[1]["labels"].any()
    assert bench.queues.own[0, WEIGHED] == 102


def test_a_known_answer_weighs_an_answer_on_arrival_and_never_what_peers_have_weighed() -> None:
    bench = ItemBench(FOUR)
    known = bench.judge(0, 1, known=1)[-1]
    assert (known["new"]["hit"] / SHARE, int(known["new"]["known"])) == (pytest.approx(0.8, abs=STEP), 1)
    assert bench.queues.own[0, [GOLDS, GOLDS_HIT]].tolist() == [1, 1]
    for number in range(1, 4):
        rows = bench.judge(number, 2)
        assert not rows["weighed"].any()
    assert bench.queues.own[0, [GOLDS, GOLDS_HIT]].tolist() == [4, 1]
    other = b"other"
    for number in range(3):
        bench.judge(number, 2, other)
    rows = bench.gold(1, 1, other)
    assert len(rows) == 3
    assert not rows["new"]["hit"].any()
    assert bench.queues.own[0, GOLDS] == 4


def test_a_corrected_known_answer_keeps_the_accuracy_it_was_weighed_by() -> None:
    bench = ItemBench(FOUR)
    bench.queues.own[0, [GOLDS, GOLDS_HIT]] = 92, 73
    bench.judge(0, 1)
    (weighed,) = bench.gold(2, 1)
    bench.queues.own[0, [GOLDS, GOLDS_HIT]] = 10**6
    (corrected,) = bench.gold(1, 2)
    (withdrawn,) = bench.gold(None, 3)
    (again,) = bench.gold(3, 4)
    assert corrected["old"] == weighed["new"]
    seen = [(int(row["new"]["hit"]), int(row["new"]["known"])) for row in (weighed, corrected, withdrawn, again)]
    hit = seen[0][0]
    assert hit / SHARE == pytest.approx((73 + 6.4) / 100, abs=STEP)
    assert seen == [(hit, 2), (hit, 1), (0, 0), (hit, 3)]
    assert bench.queues.own[0, GOLDS] == 10**6, "it counts once"


def test_answers_on_known_items_stay_out_of_the_label_mix() -> None:
    bench = ItemBench(FOUR)
    bench.judge(0, 3, known=1)
    bench.judge(1, 3)
    assert bench.queues.own[0, ANSWERS : ANSWERS + 4].tolist() == list(FOUR.answers)
    bench.judge(2, 3, b"other")
    assert bench.queues.own[0, ANSWERS + 3] == FOUR.answers[3] + 1


def test_sets_have_their_agreement_in_place_of_a_posterior() -> None:
    bench = ItemBench(kind=Kind.SET)
    for number, label in enumerate((0b0011, 0b0011, 0b0001)):
        rows = by_judgment(bench.judge(number, label))
    assert shares(rows[3], "fit_a", "belief_a", "fit_b", "belief_b") == pytest.approx([0.5] * 4, abs=STEP)
    assert shares(rows[1], "belief_a") == pytest.approx([0.75], abs=STEP)
    assert not any(row["weighed"] for row in rows.values())


def _two_judgments(of: int) -> list[np.void]:
    bench = ItemBench(FOUR, of=of)
    bench.judge(0, 1)
    rows = by_judgment(bench.judge(1, 2))
    return [rows[1], rows[2]]
