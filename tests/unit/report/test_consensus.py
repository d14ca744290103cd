import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.quality.schema import Kind
from stream.report.consensus import consensus, usual_of, vote_weights
from tests.unit.report.values import answers_of

TOLD = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), st.sampled_from(["r1", "r2", "r3", "r4", "r5"]), st.integers(0, 2)),
    max_size=30,
    unique_by=lambda told: told[:2],
)
ACCURACY = st.dictionaries(st.sampled_from([("r1", "q"), ("r2", "q"), ("r3", "q")]), st.floats(0, 1))


@given(TOLD, ACCURACY)
def test_the_vote_is_what_counting_by_hand_gives(told, accuracy):
    answers = answers_of(told)
    weights = vote_weights(answers, accuracy)

    found = consensus(answers, weights)

    expected = by_hand(told, dict(zip([rater for rater, _ in answers.raters], weights.tolist(), strict=True)), K=3)
    names = [answers.items[at][1] for at in found.item]
    assert names == sorted({item for item, _, _ in told})
    for name, label, confidence, judgments, disagreement in zip(names, *found[1:], strict=True):
        assert (label, judgments) == expected[name][:2]
        assert (confidence, disagreement) == pytest.approx(expected[name][2:], abs=1e-12)


def by_hand(told, weight, K):
    cast = defaultdict(list)
    for item, rater, label in told:
        cast[item].append((label, weight[rater] / 65536))
    out = {}
    for item, votes in cast.items():
        scores = [sum(w for label, w in votes if label == k) for k in range(K)]
        given_labels = {label for label, _ in votes}
        best = max(sorted(given_labels), key=lambda k: round(scores[k] * 65536))
        share = math.exp(scores[best]) / sum(map(math.exp, scores))
        differ = sum(label != best for label, _ in votes) / len(votes)
        out[item] = (best, len(votes), share, differ)
    return out


@given(TOLD)
def test_without_known_accuracy_it_is_the_majority_and_ties_go_to_the_smaller_label(told):
    answers = answers_of(told)
    votes = defaultdict(Counter)
    for item, _, label in told:
        votes[item][label] += 1

    found = consensus(answers, vote_weights(answers, {}))

    majority = [min(count, key=lambda label: (-count[label], label)) for _, count in sorted(votes.items())]
    assert found.label.tolist() == majority


def test_one_skilled_rater_outweighs_two_who_hardly_beat_chance():
    answers = answers_of([("x", "good", 0), ("x", "poor", 1), ("x", "weak", 1)])
    accuracy = {("good", "q"): 0.95, ("poor", "q"): 0.4, ("weak", "q"): 0.4}

    assert consensus(answers, vote_weights(answers, accuracy)).label.tolist() == [0]
    assert consensus(answers, vote_weights(answers, {})).label.tolist() == [1]


def test_a_chosen_part_votes_alone():
    answers = answers_of([("x", "r1", 0), ("x", "r2", 1), ("y", "r1", 2)])

    found = consensus(answers, vote_weights(answers, {}), answers.rater == 1)

    assert (found.item.tolist(), found.label.tolist(), found.judgments.tolist()) == ([0], [1], [1])


def test_usual_accuracy_is_found_again_from_how_often_two_raters_agree():
    rng, p, K = np.random.default_rng(3), 0.8, 3
    told = []
    for item in range(4_000):
        for rater in ("r1", "r2", "r3"):
            label = 0 if rng.random() < p else int(rng.integers(1, K))
            told.append((f"i{item:04}", rater, label))

    assert usual_of(answers_of(told)).accuracy["q"] == pytest.approx(p, abs=0.015)


def test_confidence_is_calibrated_when_raters_err_as_assumed():
    rng, p, K = np.random.default_rng(5), 0.7, 3
    truth = {f"i{item:04}": int(rng.integers(0, K)) for item in range(6_000)}
    told = [
        (item, rater, label if rng.random() < p else (label + int(rng.integers(1, K))) % K)
        for item, label in truth.items()
        for rater in ("r1", "r2", "r3")
    ]
    answers = answers_of(told)

    found = consensus(answers, vote_weights(answers, {}))

    right = [label == truth[answers.items[at][1]] for at, label in zip(found.item, found.label, strict=True)]
    assert np.mean(right) == pytest.approx(found.confidence.mean(), abs=0.015)


def test_whole_sets_are_compared():
    answers = answers_of([("x", "r1", 3), ("x", "r2", 3), ("x", "r3", 1)], kind=int(Kind.SET))

    found = consensus(answers, vote_weights(answers, {}))

    assert (found.label.tolist(), found.disagreement.tolist()) == ([3], [pytest.approx(1 / 3)])
    # Two answers were given in the queue, so K is 2; the three raters disagree so much that p is at its least.
    odds = 0.52 / 0.48
    assert found.confidence.tolist() == [pytest.approx(odds / (odds + 1), abs=1e-4)]


def test_no_answers_make_no_items():
    answers = answers_of([])

    assert [len(column) for column in consensus(answers, vote_weights(answers, {}))] == [0] * 5
