import math

import numpy as np
import pytest
from scipy.stats import dirichlet_multinomial

from stream.quality.below_midpoint import KnownAnswers, Suspicion, below_midpoint
from stream.quality.compiled import plain
from stream.quality.informativeness import informativeness
from stream.quality.predictive import mix_share
from stream.quality.rank_sums import (
    BELIEF_A,
    BELIEF_B,
    FOLLOWS_A,
    FOLLOWS_B,
    JUDGED,
    NAT,
    RANK_SUMS,
    SCORED,
    SHARE,
    SKILL_FIRST,
    SKILLS,
)
from stream.quality.ranking import Ranking, rank, usual_accuracy
from stream.quality.skill import own_share, skill

NOTHING = np.zeros(RANK_SUMS, "i8")
EVEN = np.array([500, 500], "i8")
NO_KNOWN = KnownAnswers(0.0, 0.0, 0.0)


def sums_of(n: int, fit: float, belief: float, expected: float = 0.5) -> np.ndarray:
    """n judgments that all fit and are believed alike, as the sums hold them."""
    sums = np.zeros(RANK_SUMS, "i8")
    sums[[JUDGED, SCORED]] = n
    sums[[BELIEF_A, BELIEF_B]] = round(n * belief * SHARE)
    sums[[FOLLOWS_A, FOLLOWS_B]] = round(n * math.log(0.9 * fit + 0.1 * expected) * NAT)
    for g, of_skill in enumerate(SKILLS):
        sums[SKILL_FIRST + g] = round(n * math.log(of_skill * fit + (1 - of_skill) * expected + 1e-4) * NAT)
    return sums


QUEUE = sums_of(1000, 0.8, 0.9)


def ranked(sums: np.ndarray, mix: list[int], queue: np.ndarray = QUEUE, queue_mix: np.ndarray = EVEN) -> Ranking:
    return plain(rank)(sums, np.array(mix), queue, queue_mix, 2)


def suspected(ranking: Ranking, known: KnownAnswers = NO_KNOWN) -> Suspicion:
    return plain(below_midpoint)(ranking, QUEUE, EVEN, 2, known)


def test_skill_rises_from_answers_that_do_not_fit_to_answers_that_do() -> None:
    estimates = [plain(skill)(sums_of(40, fit, fit)) for fit in (0.2, 0.5, 0.65, 0.9)]
    assert estimates == sorted(estimates)
    assert estimates[0] < 0.1
    assert estimates[-1] > 0.9


def test_skill_of_a_new_rater_is_what_is_usual() -> None:
    assert plain(skill)(NOTHING) == pytest.approx(0.625, abs=0.01)


def test_shares_are_label_counts_drawn_towards_the_queues() -> None:
    queue = np.array([6, 2, 0, 0], "i8")
    shares = [plain(mix_share)(k, queue, 4) for k in range(4)]
    assert shares == pytest.approx([7 / 12, 3 / 12, 1 / 12, 1 / 12])
    mine = np.array([0, 6, 0, 0], "i8")
    assert plain(own_share)(1, mine, queue, 4) == pytest.approx((6 + 4 * 0.25) / 10)
    assert sum(plain(own_share)(k, mine, queue, 4) for k in range(4)) == pytest.approx(1.0)


def test_informativeness_is_the_gain_over_a_dirichlet_multinomial_habit() -> None:
    mix = np.array([7, 3], "i8")
    followed = 10 * math.log(0.9 * 0.8 + 0.05)
    habit = dirichlet_multinomial.logpmf(mix, [0.1, 0.1], 10) - math.log(math.comb(10, 3))
    expected = (followed - habit) / 14
    assert plain(informativeness)(sums_of(10, 0.8, 0.9), mix, 2) == pytest.approx(expected, abs=1e-4)
    assert plain(informativeness)(NOTHING, np.zeros(2, "i8"), 2) == 0.0


def test_a_constant_usual_answer_is_accurate_and_tells_nothing() -> None:
    skewed = np.array([850, 150], "i8")
    queue = sums_of(1000, 0.85, 0.9, expected=0.75)
    constant = ranked(sums_of(40, 0.86, 0.87, expected=0.85), [40, 0], queue, skewed)
    looking = ranked(sums_of(40, 0.9, 0.87, expected=0.75), [32, 8], queue, skewed)
    assert constant.accuracy == pytest.approx(looking.accuracy, abs=0.02)
    assert constant.informativeness_bits < 0.0 < looking.informativeness_bits
    assert constant.score < looking.score


def test_the_score_rises_with_belief_and_its_interval_narrows_with_judgments() -> None:
    few, many = ranked(sums_of(5, 0.7, 0.75), [3, 2]), ranked(sums_of(500, 0.7, 0.75), [250, 250])
    assert few.accuracy_low < many.accuracy_low < many.accuracy < many.accuracy_high < few.accuracy_high
    assert many.accuracy == pytest.approx(0.75, abs=0.005)
    better = ranked(sums_of(5, 0.7, 0.95), [3, 2])
    assert better.score > few.score
    assert few.score_low < few.score < few.score_high


def test_the_score_is_accuracy_and_an_eighth_of_the_informativeness_in_nats() -> None:
    one = ranked(sums_of(20, 0.7, 0.75), [12, 8])
    assert one.score - one.accuracy == pytest.approx(one.informativeness_bits * math.log(2) / 8)


def test_a_new_rater_is_taken_for_a_usual_one_with_a_wide_interval() -> None:
    new = ranked(NOTHING, [0, 0])
    assert 0.6 < new.accuracy < 0.95
    assert new.accuracy_high - new.accuracy_low > 0.5
    assert (new.judged, new.scored, new.informativeness_bits) == (0.0, 0.0, 0.0)


def test_a_queue_without_judgments_has_the_usual_accuracy_of_the_prior() -> None:
    assert plain(usual_accuracy)(NOTHING) == pytest.approx(0.7)
    assert plain(usual_accuracy)(QUEUE) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("n", [5, 20, 80])
def test_suspicion_falls_as_the_score_rises(n: int) -> None:
    beliefs = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]
    said = [suspected(ranked(sums_of(n, 0.95 * b, b), [n // 2, n - n // 2])).probability for b in beliefs]
    assert said == sorted(said, reverse=True)
    assert 0.0 < said[-1] < said[0] < 1.0


def test_suspicion_grows_surer_with_judgments_and_starts_at_one_in_six() -> None:
    assert suspected(ranked(NOTHING, [0, 0])).probability == pytest.approx(0.16, abs=0.005)
    weak = [suspected(ranked(sums_of(n, 0.5, 0.5), [n // 2, n // 2])).probability for n in (4, 20, 100)]
    good = [suspected(ranked(sums_of(n, 0.9, 0.95), [n // 2, n // 2])).probability for n in (4, 20, 100)]
    assert weak == sorted(weak)
    assert weak[-1] > 0.9
    assert good == sorted(good, reverse=True)
    assert good[-1] < 0.02


def test_the_parts_of_a_suspicion_add_up_to_it() -> None:
    known = KnownAnswers(10.0, 6.0, 0.9)
    found = suspected(ranked(sums_of(20, 0.55, 0.6), [18, 2]), known)
    log_odds = found.as_usual + found.by_accuracy + found.by_label_mix + found.by_known_answers
    assert found.probability == pytest.approx(1 / (1 + math.exp(-log_odds)))
    assert found.by_accuracy > 0.0
    assert found.by_label_mix > 0.0


def test_known_answers_speak_against_at_length_and_for_only_so_far() -> None:
    usual = ranked(sums_of(20, 0.8, 0.9), [10, 10])
    assert suspected(usual, KnownAnswers(20.0, 9.0, 0.9)).by_known_answers == pytest.approx(6.0)
    assert suspected(usual, KnownAnswers(4.0, 2.0, 0.9)).by_known_answers > 0.0
    assert suspected(usual, KnownAnswers(40.0, 40.0, 0.9)).by_known_answers == pytest.approx(-1.5)
    assert suspected(usual).by_known_answers == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_the_compiled_forms_say_what_the_plain_ones_say(seed: int) -> None:
    random_ = np.random.default_rng(seed)
    n = int(random_.integers(1, 60))
    mix = random_.multinomial(n, [0.2, 0.5, 0.3, 0.0])
    queue_mix = np.array([300, 500, 150, 50], "i8")
    sums = sums_of(n, *random_.uniform(0.1, 0.9, 2), expected=0.3)
    one, other = rank(sums, mix, QUEUE, queue_mix, 4), plain(rank)(sums, mix, QUEUE, queue_mix, 4)
    assert one == pytest.approx(other, rel=1e-12)
    known = KnownAnswers(5.0, 4.0, 0.8)
    compiled = below_midpoint(one, QUEUE, queue_mix, 4, known)
    assert compiled == pytest.approx(plain(below_midpoint)(other, QUEUE, queue_mix, 4, known), rel=1e-12)
