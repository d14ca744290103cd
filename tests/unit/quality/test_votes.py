"""The vote table against a dict, and a vote's weight against the likelihoods it stands for."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.schema import LABELS_MAX, SHARE, SUMMARY
from stream.quality.vote_table import VoteTable
from stream.quality.votes import (
    NAT,
    SKILL,
    UNKNOWN,
    WEIGHTS,
    place_of,
    stale_skill,
    vote,
    vote_key,
    weigh_rater,
    weigh_raters,
)

keys = st.integers(1, 40).map(lambda n: n << 20 | 1)  # near each other: they meet in the same places
weights = st.lists(st.integers(-9_000, 9_000), min_size=1, max_size=5)


def weight_of(table: VoteTable, key: int) -> list[int] | None:
    at = plain(place_of)(table.keys, np.uint64(key))
    return table.weights[at].tolist() if table.keys[at] == key else None


def padded(some: list[int]) -> list[int]:
    return some + [0] * (WEIGHTS + LABELS_MAX - len(some))


@settings(deadline=None)
@given(st.lists(st.tuples(keys, weights), max_size=80), st.integers(0, 30))
def test_the_table_holds_what_a_dict_would_up_to_its_limit(puts: list[tuple[int, list[int]]], limit: int) -> None:
    table, known = VoteTable(limit), {}
    for key, some in puts:
        taken = table.put(key, np.array(some, "i2"))
        assert taken == (key in known or len(known) < limit)
        if taken:
            known[key] = padded(some)
    assert {key: weight_of(table, key) for key, _ in puts} == {key: known.get(key) for key, _ in puts}
    assert len(table) == len(known)


@settings(deadline=None)
@given(st.lists(st.tuples(keys, weights), max_size=80), st.integers(0, 30), st.integers(0, 80))
def test_a_table_that_takes_many_at_once_is_one_that_took_them_one_by_one(
    puts: list[tuple[int, list[int]]], limit: int, cut: int
) -> None:
    table, slow = VoteTable(limit), VoteTable(limit)
    expected = [slow.put(key, np.array(some, "i2")) for key, some in puts]
    found = np.array([padded(some) for _, some in puts], "i2").reshape(len(puts), WEIGHTS + LABELS_MAX)
    numbers = np.array([key for key, _ in puts], "u8")
    taken = [*table.put_all(numbers[:cut], found[:cut]), *table.put_all(numbers[cut:], found[cut:])]
    assert (taken, len(table)) == (expected, len(slow))
    assert table.take_changed() == slow.take_changed()


def test_many_summaries_are_weighed_as_one_is_and_those_of_unknown_queues_left_out() -> None:
    random_, good, classes = np.random.default_rng(2), np.array([0.9, 0.7]), np.array([3, 5], "i4")
    summaries, rows = np.zeros(40, SUMMARY), random_.integers(-1, 2, 40)
    summaries["rater"], summaries["queue"] = random_.integers(1, 2**60, 40), rows + 7
    summaries["skill"] = random_.integers(0, SHARE, 40)
    summaries["mix"][:, :5] = random_.integers(0, SHARE // 5, (40, 5))
    for weigh in (weigh_raters, plain(weigh_raters)):
        numbers, found = np.zeros(40, "u8"), np.zeros((40, WEIGHTS + LABELS_MAX), "i2")
        count = weigh(summaries, rows, good, classes, numbers, found)
        for at, n in enumerate(np.flatnonzero(rows >= 0).tolist()):
            one, row = np.zeros(WEIGHTS + LABELS_MAX, "i2"), rows[n]
            plain(weigh_rater)(int(summaries["skill"][n]), summaries["mix"][n], good[row], classes[row], one)
            assert numbers[at] == plain(vote_key)(summaries["rater"][n], summaries["queue"][n])
            assert found[at].tolist() == one.tolist()
        assert count == np.count_nonzero(rows >= 0)


def test_the_table_grows_before_it_is_half_full_and_loses_nobody() -> None:
    table = VoteTable()
    smallest = len(table.keys)
    some = [int(key) | 1 for key in np.random.default_rng(1).integers(1, 2**63, 3_000)]
    for n, key in enumerate(some):
        assert table.put(key, np.array([n % 1000, -n % 1000], "i2"))
        assert 2 * len(table) <= len(table.keys)
    assert len(table.keys) > 16 * smallest
    assert [weight_of(table, key) for key in some] == [padded([n % 1000, -n % 1000]) for n in range(len(some))]


def test_a_shorter_summary_leaves_nothing_of_the_longer_one_before() -> None:
    table = VoteTable()
    table.put(5, np.array([1, 2, 3], "i2"))
    table.put(5, np.array([4], "i2"))
    assert weight_of(table, 5) == padded([4])


def test_what_changed_is_told_once_and_comes_back_whole() -> None:
    table, again = VoteTable(), VoteTable()
    for key, some in ((5, [1, 2, 3]), (7, [0, 0]), (9, [0, -4]), (5, [8, 0, 3])):
        table.put(key, np.array(some, "i2"))
    rows = table.take_changed()
    assert [int.from_bytes(field, "little") for field, _ in rows] == [5, 7, 9]
    for field, data in rows:
        again.load(field, data)
    for key in (5, 7, 9):
        assert weight_of(again, key) == weight_of(table, key)
    assert table.take_changed() == again.take_changed() == []


def test_a_rater_is_found_by_rater_and_queue_and_others_count_as_usual() -> None:
    table = VoteTable()
    table.put(int(plain(vote_key)(11, 22)), np.array([800, 1500, -250], "i2"))

    def said(rater: int, queue: int, label: int) -> float:
        return float(plain(vote)(table.keys, table.weights, rater, queue, label, 9.5))

    assert (said(11, 22, 0), said(11, 22, 1)) == (1.5, -0.25)
    assert said(22, 11, 0) == said(11, 23, 0) == said(12, 22, 0) == 9.5
    assert [plain(stale_skill)(table.keys, table.weights, rater, 22) for rater in (11, 12)] == [800, UNKNOWN]


def test_no_key_is_the_empty_place() -> None:
    assert plain(vote_key)(0, 0) != 0
    assert vote_key(np.uint64(2**63 + 5), np.uint64(2**63 + 9)) == plain(vote_key)(2**63 + 5, 2**63 + 9)


@pytest.mark.parametrize(("skill", "mix"), [(1.0, (0.5, 0.5, 0.0)), (0.6, (0.9, 0.1, 0.0)), (0.2, (0.2, 0.3, 0.5))])
def test_a_weight_is_the_log_ratio_of_the_answers_two_likelihoods(skill: float, mix: tuple[float, ...]) -> None:
    good, found = 0.88, np.zeros(WEIGHTS + LABELS_MAX, "i2")
    plain(weigh_rater)(round(skill * SHARE), np.array([round(f * SHARE) for f in mix]), good, 3, found)
    for k, share in enumerate(mix):
        hit = skill * good + (1 - skill) * share + 1e-6
        miss = skill * (1 - good) / 2 + (1 - skill) * share + 1e-6
        assert found[WEIGHTS + k] / NAT == pytest.approx(math.log(hit / miss), abs=2e-3)
    assert not found[WEIGHTS + 3 :].any()
    assert found[SKILL] == round(1000 * skill)


def test_who_gives_an_answer_whatever_is_true_weighs_nothing() -> None:
    found = np.zeros(WEIGHTS + LABELS_MAX, "i2")
    plain(weigh_rater)(0, np.array([SHARE, 0]), 0.9, 2, found)
    assert found[WEIGHTS : WEIGHTS + 2].tolist() == [0, 0]
