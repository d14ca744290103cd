import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.rank_sums import (
    BELIEF_A,
    BELIEF_B,
    FOLLOWS_A,
    FOLLOWS_B,
    JUDGED,
    NAT,
    RANK_SUMS,
    SCORED,
    SKILL_FIRST,
    SKILLS,
    add_rank,
)
from stream.quality.schema import UNIT

# The fields of a score that the ranking reads, under the names they have in an outcome.
SCORE = np.dtype(
    [
        ("expected", "u4"),
        ("share", "u2"),
        ("peers", "u1"),
        ("fit_a", "u2"),
        ("fit_b", "u2"),
        ("belief_a", "u2"),
        ("belief_b", "u2"),
    ]
)
shares = st.integers(0, 65_535)
scores = st.tuples(st.integers(0, UNIT), shares, st.integers(0, 8), shares, shares, shares, shares)


def score(share: float, fit: float = 0.0, belief: float = 0.0, peers: int = 1) -> np.ndarray:
    row = np.zeros(1, SCORE)
    row["expected"], row["peers"] = round(share * UNIT), peers
    row["fit_a"] = row["fit_b"] = round(fit * 65_535)
    row["belief_a"] = row["belief_b"] = round(belief * 65_535)
    return row


def added(*rows: np.ndarray) -> np.ndarray:
    sums = np.zeros(RANK_SUMS, "i8")
    for row in rows:
        plain(add_rank)(row[0], 1, sums)
    return sums


@settings(deadline=None)
@given(st.lists(scores, max_size=12), st.randoms())
def test_scores_taken_back_in_any_order_leave_nothing(rows: list[tuple[int, ...]], random_: object) -> None:
    table = np.array(rows, SCORE) if rows else np.zeros(0, SCORE)
    sums = np.zeros(RANK_SUMS, "i8")
    for row in table:
        add_rank(row, 1, sums)
    for at in random_.sample(range(len(table)), len(table)):  # type: ignore[attr-defined]
        add_rank(table[at], -1, sums)
    assert not sums.any()


@settings(deadline=None)
@given(st.lists(scores, min_size=1, max_size=12))
def test_the_compiled_form_adds_what_the_plain_one_adds(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows, SCORE)
    compiled, reference = np.zeros(RANK_SUMS, "i8"), np.zeros(RANK_SUMS, "i8")
    for row in table:
        add_rank(row, 1, compiled)
        plain(add_rank)(row, 1, reference)
    assert compiled.tolist() == reference.tolist()


def test_a_score_with_a_peer_adds_its_logarithms_and_beliefs() -> None:
    sums = added(score(0.25, fit=0.8, belief=0.9))
    assert (sums[JUDGED], sums[SCORED]) == (1, 1)
    assert sums[BELIEF_A] == sums[BELIEF_B] == round(0.9 * 65_535)
    assert abs(sums[FOLLOWS_A] / NAT - math.log(0.9 * 0.8 + 0.1 * 0.25)) < 2e-5
    for g, skill in enumerate(SKILLS):
        assert abs(sums[SKILL_FIRST + g] / NAT - math.log(skill * 0.8 + (1 - skill) * 0.25 + 1e-4)) < 3e-5


def test_each_posterior_has_its_own_sums_and_skill_follows_the_second() -> None:
    row = score(0.5, fit=0.8, belief=0.9)
    row["fit_b"], row["belief_b"] = round(0.3 * 65_535), round(0.2 * 65_535)
    sums = added(row)
    assert (sums[BELIEF_A], sums[BELIEF_B]) == (round(0.9 * 65_535), round(0.2 * 65_535))
    assert abs(sums[FOLLOWS_A] / NAT - math.log(0.9 * 0.8 + 0.05)) < 2e-5
    assert abs(sums[FOLLOWS_B] / NAT - math.log(0.9 * 0.3 + 0.05)) < 2e-5
    assert abs(sums[SKILL_FIRST + SKILLS.index(1.0)] / NAT - math.log(0.3 + 1e-4)) < 3e-5


def test_a_score_without_a_peer_counts_its_label_only() -> None:
    sums = added(score(0.25, fit=0.8, belief=0.9, peers=0))
    assert (sums[JUDGED], sums[SCORED], sums[BELIEF_A]) == (1, 0, 0)
    assert abs(sums[FOLLOWS_A] / NAT - math.log(0.25)) < 2e-5
    assert sums[FOLLOWS_A] == sums[FOLLOWS_B]
    assert not sums[SKILL_FIRST:].any()
