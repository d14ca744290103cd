from dataclasses import replace

import numpy as np
import pytest

from evaluation import exact
from evaluation.exact import POOLED, Highest, highest, recall, threshold
from evaluation.peer_labels import looks, peer_codes
from evaluation.reading_model import ReadingModel, learn
from evaluation.worlds import MODERATE, WORLDS, Population, World, judgments
from evaluation.worlds.behaviours import CREW, HONEST, RANDOM
from evaluation.worlds.compiled import plain

EASY4 = WORLDS["easy4"]


@pytest.fixture(scope="module")
def model() -> ReadingModel:
    return learn(EASY4, MODERATE, seed=1, crews=2)


@pytest.fixture(scope="module")
def reached(model: ReadingModel) -> Highest:
    return highest(model, seed=2, crews=20, within=200)


def test_chances_are_distributions_over_labels(model: ReadingModel) -> None:
    assert model.chances.min() > 0
    assert model.chances.sum(2) == pytest.approx(1.0)


def test_chances_are_what_honest_raters_answer_where_peers_gave_these_labels() -> None:
    world = WORLDS["med4"]
    learned = learn(world, MODERATE, seed=1, crews=6).chances.mean(0)
    counted = np.zeros((peer_codes(4), 4))
    honest = np.array([one == HONEST for one in CREW])
    for _, seen in looks(judgments(world, MODERATE, judgments_per_rater=2_000, seed=9, crews=range(6)), 40, 4):
        mine = honest[seen.rater]
        np.add.at(counted, (seen.peers[mine], seen.label[mine]), 1)
    looked = counted.sum(1)
    common = looked > 2_000
    assert common.sum() >= 20
    gaps = np.abs(counted[common] / looked[common, None] - learned[common])
    # Whole crews share their biases, so that two runs differ by more than binomial chance would have it.
    assert gaps.max() < 0.04


def test_peers_never_seen_say_nothing(model: ReadingModel) -> None:
    # Four peers of one label do not exist, so this code was never met.
    assert model.chances[:, 2 * 64 + 2 * 16] == pytest.approx(0.25)


def test_profiles_differ_as_the_population_does(model: ReadingModel) -> None:
    alike = learn(EASY4, Population(0.0, 0.0), seed=1, crews=1)
    assert np.ptp(alike.chances[:, 3], axis=0).max() == pytest.approx(0.0, abs=1e-12)
    assert np.ptp(model.chances[:, 3], axis=0).max() > 0.05


def test_a_random_clicker_is_found_and_honest_raters_alarm_at_the_rate_asked_for(
    model: ReadingModel, reached: Highest
) -> None:
    limit = threshold(reached.honest[:, 0], 0.02)
    fresh = highest(model, seed=3, crews=20, within=200)
    assert 0.005 < (fresh.honest[:, 0] >= limit).mean() < 0.045
    assert recall(reached, 0.02) > 0.95


def test_the_threshold_of_the_exact_test_respects_ville(reached: Highest) -> None:
    # A ratio whose mean is 1 under the null passes 1/rate with probability `rate` at most.
    for rate in (0.1, 0.05, 0.02):
        assert threshold(reached.honest[:, 0], rate) < np.log(1 / rate) + 0.5


def test_recall_is_the_share_of_random_raters_above_the_threshold_of_each_test() -> None:
    honest = np.stack([np.arange(1_001.0), np.arange(1_001.0) + 50], axis=1)
    reached = Highest(honest=honest, random=np.array([[899.0, 951.0], [900.0, 949.0], [2_000.0, 2_000.0], [0.0, 0.0]]))
    assert recall(reached, 0.1) == 0.5
    assert recall(reached, 0.1, POOLED) == 0.5
    assert recall(reached, 0.5) == 0.75


def test_where_honest_raters_click_like_random_ones_nothing_moves() -> None:
    blind = World("blind", (0.5, 0.5), ability_logits=0.0, difficulty_sd=0.0)
    flat = highest(learn(blind, Population(0.0, 0.0), seed=1, crews=1), seed=2, crews=1, within=100)
    assert np.abs(flat.random).max() < 1e-9
    assert np.abs(flat.honest).max() < 1e-9


def test_only_judgments_up_to_the_limit_count(model: ReadingModel) -> None:
    short, long = (highest(model, seed=2, crews=2, early=early, within=120) for early in (20, 120))
    assert (short.random <= long.random).all()
    assert (short.random < long.random).any()
    assert np.array_equal(short.honest, long.honest)


def test_honest_raters_count_up_to_the_judgments_within_which_they_may_alarm(model: ReadingModel) -> None:
    seen = [part for _, part in looks(judgments(EASY4, MODERATE, judgments_per_rater=40, seed=4), 40, 4)]
    log_ratios, everybody = np.log(model.chances * 4), np.ones(40, np.bool_)
    ten, forty = exact._start(40, len(log_ratios)), exact._start(40, len(log_ratios))
    for part in seen:
        exact._follow(part, log_ratios, everybody, ten, (10, 10))
        exact._follow(part, log_ratios, everybody, forty, (10, 40))
    assert np.array_equal(ten.early, forty.early)
    assert np.array_equal(ten.ever, ten.early)
    assert (forty.ever > forty.early).any()


def test_a_threshold_with_enough_raters_above_it_is_their_quantile() -> None:
    assert threshold(np.arange(1_001.0), 0.1) == 900.0


def test_a_rare_threshold_continues_the_tail() -> None:
    sample = np.random.default_rng(1).exponential(2.0, 20_000)
    assert threshold(sample, 1e-5) == pytest.approx(2.0 * np.log(1e5), rel=0.1)


def test_the_compiled_test_is_the_plain_one(model: ReadingModel) -> None:
    log_ratios = np.log(model.chances * 4)
    tested = np.array([one in (HONEST, RANDOM) for one in CREW])
    stream = judgments(EASY4, MODERATE, judgments_per_rater=12, seed=4)
    (_, seen), *_ = looks(stream, 40, 4)
    runs = [exact._start(40, len(log_ratios)) for _ in range(2)]
    for form, running in zip((exact._follow, plain(exact._follow)), runs, strict=True):
        form(seen, log_ratios, tested, running, (6, 10))
    for one, other in zip(*runs, strict=True):
        assert one == pytest.approx(other, abs=1e-12)


def test_learning_is_seeded() -> None:
    world = replace(EASY4, ability_logits=3.0)
    one, same, other = (learn(world, MODERATE, seed=seed, crews=1).chances for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
