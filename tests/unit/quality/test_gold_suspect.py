import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.gold_suspect import GoldDoubt, gold_doubt, suspect_from

WEIGHT = math.log(0.85 / 0.05)  # a rater who is right in 85 of 100, four labels


def read(labels: list[int], known: int, scale: int = 4, weight: float | list[float] = WEIGHT) -> GoldDoubt:
    weights = np.full(len(labels), weight) if isinstance(weight, float) else np.array(weight)
    return plain(gold_doubt)(np.array(labels, "i8"), weights, known, scale)


def first_at(miss: float, seed: int, known_answers: float) -> int | None:
    random_ = np.random.default_rng(seed)
    labels = [2 if random_.random() < miss else 0 for _ in range(100)]
    limit = plain(suspect_from)(known_answers, 0.1)
    return next((n for n in range(1, 101) if read(labels[:n], 0).nats >= limit), None)


@pytest.mark.parametrize(
    ("miss", "known_answers", "found"),
    [(1.0, 100.0, [4] * 5), (1.0, 10_000.0, [8] * 5), (0.85, 100.0, [10, 4, 4, 26, 4]), (0.3, 100.0, [None] * 5)],
)
def test_an_answer_that_good_raters_miss_is_suspect_after_so_many(
    miss: float, known_answers: float, found: list[int | None]
) -> None:
    assert [first_at(miss, seed, known_answers) for seed in (1, 2, 3, 4, 5)] == found


def test_evidence_is_the_damped_likelihood_ratio_of_the_other_labels() -> None:
    labels, weights = [1, 1, 0, 2, 1, 3], [2.0, 1.0, 2.5, 0.5, 0.0, -1.0]
    used = np.maximum(weights, 0)
    alike = used.sum() ** 2 / (used**2).sum()
    d = 1 / (1 + 0.1 * (alike - 1))
    votes = np.bincount(labels, weights=used, minlength=4)
    expected = math.log(np.mean([math.exp(d * (votes[z] - votes[0])) for z in (1, 2, 3)]))
    said = read(labels, 0, weight=weights)
    assert said.nats == pytest.approx(expected)
    assert said.probability == pytest.approx(1 / (1 + math.exp(-expected) * 0.97 / 0.03))
    assert (said.label, said.votes, said.fitting, said.for_label) == (1, 6.0, 1.0, 3.0)
    assert said.independent_votes == pytest.approx(alike * d)


def test_raters_who_tell_nothing_elsewhere_do_not_count() -> None:
    assert read([2] * 50, 0, weight=0.0).nats == pytest.approx(0.0)
    assert read([2] * 5 + [3] * 50, 0, weight=[WEIGHT] * 5 + [0.0] * 50).nats == read([2] * 5, 0).nats


def test_no_number_of_votes_counts_for_more_than_ten() -> None:
    assert read([2] * 2000, 0).nats < 10 * WEIGHT
    assert read([2] * 2000, 0).independent_votes == pytest.approx(10, abs=0.1)


def test_a_right_answer_reaches_the_limit_seldom_enough() -> None:
    """Raters who err independently, 85 % right: e^nats averages 1 at most over a right answer."""
    random_ = np.random.default_rng(4)
    wrong = random_.random((4000, 8)) < 0.15
    labels = np.where(wrong, random_.integers(1, 4, (4000, 8)), 0)
    said = np.array([read(row.tolist(), 0).nats for row in labels])
    assert np.exp(said).mean() <= 1.0
    assert (said >= suspect_from(10.0, 0.5)).sum() == 0


def test_without_votes_nothing_is_known() -> None:
    said = read([], 0)
    assert (said.nats, said.votes) == (0.0, 0.0)
    assert said.probability == pytest.approx(0.03)


def test_of_equal_labels_the_smallest_is_named() -> None:
    assert read([3, 1], 0).label == 1
    assert read([1], 1, scale=2).label == 0


def test_the_limit_rises_with_the_number_of_known_answers() -> None:
    limits = [plain(suspect_from)(n, 0.1) for n in (0.0, 1.0, 100.0, 10_000.0)]
    assert limits == pytest.approx([math.log(10), math.log(10), math.log(1000), math.log(100_000)])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1, 8)), max_size=40), st.integers(0, 4))
def test_the_compiled_form_says_what_the_plain_one_says(votes: list[tuple[int, float]], known: int) -> None:
    labels = np.array([label for label, _ in votes], "i8")
    weights = np.array([weight for _, weight in votes], float)
    compiled, reference = gold_doubt(labels, weights, known, 5), plain(gold_doubt)(labels, weights, known, 5)
    assert compiled == pytest.approx(reference, rel=1e-9, abs=1e-9)
