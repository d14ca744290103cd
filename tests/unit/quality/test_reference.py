"""A queue's reference by the formulas of its docstring, from counts of this shard and of others."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.item_rows import Queues
from stream.quality.queue_table import QueueTable
from stream.quality.reference import (
    ABAR,
    ANSWERS,
    BIN_ALL,
    BIN_HIT,
    BINS,
    COUNTS,
    GOLDS,
    GOLDS_HIT,
    GOOD,
    GOOD_STANDING,
    LIKELY,
    READ,
    READERS_SKILLS,
    READS,
    REFRESH_EVERY,
    SKILLED,
    SKILLS,
    STANDS,
    TOP_ALL,
    TOP_HIT,
    VOTE,
    WEIGHED,
    answered,
    as_share,
    calibrated,
    gold_hits,
    in_good_standing,
    odds_bin,
    refresh,
)
from stream.quality.schema import SHARE, Kind
from stream.quality.votes import UNKNOWN


def queue(scale: int = 4, kind: Kind = Kind.NOMINAL) -> Queues:
    table = QueueTable()
    table.declare([1], [kind], [scale], [8], [3])
    return table.rows


def likely(rows: Queues, weighed: int, share: float) -> float:
    """The mean diagonal that is read from so many judgments at that share."""
    rows.own[0, WEIGHED], rows.own[0, LIKELY] = weighed, round(weighed * share * SHARE)
    plain(refresh)(0, rows)
    return float(rows.values[0, ABAR])


def test_mix_and_prior_are_those_of_the_label_counts() -> None:
    rows = queue()
    rows.own[0, ANSWERS : ANSWERS + 4] = [60, 30, 9, 0]
    plain(refresh)(0, rows)
    mix = [61 / 103, 31 / 103, 10 / 103, 1 / 103]
    assert rows.mix[0, :4].tolist() == pytest.approx(mix)
    assert rows.prior[0, :4].tolist() == pytest.approx([math.log(0.7 * m + 0.3 / 4) for m in mix])
    assert np.exp(rows.prior[0, :4]).sum() == pytest.approx(1.0)
    assert rows.queues["dirty"][0] == 1


def test_a_queue_just_declared_is_even() -> None:
    assert queue(3).mix[0, :3].tolist() == pytest.approx([1 / 3] * 3)
    assert queue(3).queues["dirty"][0] == 0, "there is nothing to store yet"
    assert queue(4, Kind.SET).mix[0].tolist() == [0.0] * 32, "sets have no classes"


def test_what_other_shards_counted_counts_alike() -> None:
    alone, together = queue(), queue()
    counts = np.random.default_rng(3).integers(0, 500, COUNTS)
    counts[LIKELY] = counts[WEIGHED] * SHARE * 7 // 10
    alone.own[0] = counts
    together.own[0], together.others[0] = counts // 3, counts - counts // 3
    for rows in (alone, together):
        plain(refresh)(0, rows)
    assert np.array_equal(alone.mix, together.mix)
    assert np.array_equal(alone.values, together.values)


def test_the_mean_diagonal_is_taken_for_usual_until_51_were_weighed() -> None:
    assert [likely(queue(), n, 0.9) for n in (0, 50, 51, 5000)] == pytest.approx([0.75, 0.75, 0.9, 0.9], abs=1e-5)


def test_the_mean_diagonal_stays_where_a_vote_means_something() -> None:
    found = [likely(queue(scale), 1000, share) for scale, share in ((2, 0.1), (3, 0.1), (2, 1.0), (3, 1.0))]
    assert found == [0.55, 0.4, 0.95, 0.95]


@pytest.mark.parametrize("scale", [2, 5])
def test_a_vote_is_the_log_ratio_of_a_hit_to_a_miss(scale: int) -> None:
    rows = queue(scale)
    likely(rows, 1000, 0.8)
    assert rows.values[0, VOTE] == pytest.approx(math.log(0.8 / (0.2 / (scale - 1))), abs=1e-4)
    assert rows.values[0, GOOD] == pytest.approx(0.9, abs=1e-5)


def test_the_reference_is_read_anew_at_20_50_100_and_every_200_answers() -> None:
    rows, before, moved = queue(2), 0.5, []
    for n in range(1, 2 * REFRESH_EVERY + 2):
        plain(answered)(0, 0, rows)
        if rows.mix[0, 0] != before:
            moved.append(n)
            before = float(rows.mix[0, 0])
            assert before == (n + 1) / (n + 2)
    assert moved == [20, 50, 100, 200, 400]


def test_bins_are_of_the_log_odds_and_end_open() -> None:
    log_odds = np.linspace(-6.0, 12.0, 400)
    bins = [plain(odds_bin)(float(1 / (1 + np.exp(-x)))) for x in log_odds]
    assert bins == sorted(bins)
    assert set(bins) == set(range(BINS))
    assert [plain(odds_bin)(q) for q in (0.0, 0.5, 1.0)] == [0, 1, BINS - 1]


def test_calibration_shrinks_the_answer_to_its_bin_and_the_bin_to_the_model() -> None:
    rows, top, b = queue(), 2, 5
    assert plain(calibrated)(0, top, b, 0.7, rows) == pytest.approx(0.7)
    rows.own[0, BIN_HIT + b], rows.own[0, BIN_ALL + b] = 50, 92
    pooled = (50 + 8 * 0.7) / 100
    assert plain(calibrated)(0, top, b, 0.7, rows) == pytest.approx(pooled)
    rows.others[0, TOP_HIT + top * BINS + b], rows.others[0, TOP_ALL + top * BINS + b] = 40, 45
    assert plain(calibrated)(0, top, b, 0.7, rows) == pytest.approx((40 + 15 * pooled) / 60)
    assert plain(calibrated)(0, 1, b, 0.7, rows) == pytest.approx(pooled), "another answer"
    assert plain(calibrated)(0, top, 4, 0.7, rows) == pytest.approx(0.7), "other odds"


def test_calibration_never_says_always_or_never() -> None:
    rows = queue()
    rows.own[0, [BIN_ALL, BIN_HIT]] = 10**6
    rows.own[0, [TOP_ALL, TOP_HIT]] = 10**6
    rows.own[0, [BIN_ALL + 1, TOP_ALL + 1]] = 10**6
    assert [plain(calibrated)(0, 0, b, 0.5, rows) for b in (0, 1)] == [0.99, 0.02]


def test_good_standing_is_a_share_of_the_mean_skill_of_those_who_read() -> None:
    rows = queue()
    for skill in (900, 700, 800, 100):
        plain(in_good_standing)(skill, 0, rows)
    plain(refresh)(0, rows)
    assert rows.values[0, READS] == pytest.approx(0.5 * 625)
    for skill in (900, 700, 312, 313):
        plain(in_good_standing)(skill, 0, rows)
    cells = [int(rows.own[0, cell]) for cell in (SKILLED, SKILLS, READ, READERS_SKILLS)]
    assert cells == [8, 2500 + 2225, 4 + 3, 2500 + 1913], "before the first reading of the counts everybody reads"
    plain(refresh)(0, rows)
    limit = float(rows.values[0, STANDS])
    assert limit == pytest.approx(GOOD_STANDING * 4413 / 7)
    assert [plain(in_good_standing)(skill, 0, rows) for skill in (int(limit), int(limit) + 1)] == [False, True]


def test_a_rater_of_whom_nothing_is_known_counts_for_no_mean_and_is_not_left_out() -> None:
    rows = queue()
    rows.values[0, STANDS] = 900.0
    assert plain(in_good_standing)(UNKNOWN, 0, rows)
    assert not rows.own.any()


def test_accuracy_on_known_answers_starts_at_four_of_five() -> None:
    rows = queue()
    assert plain(gold_hits)(0, rows) == pytest.approx(0.8)
    rows.own[0, GOLDS], rows.others[0, GOLDS], rows.own[0, GOLDS_HIT] = 50, 42, 73
    assert plain(gold_hits)(0, rows) == pytest.approx((73 + 6.4) / 100)


@given(st.floats(0, 1))
def test_a_probability_travels_to_within_a_step_and_a_half_and_is_never_none(probability: float) -> None:
    share = plain(as_share)(probability)
    assert 1 <= share <= SHARE
    assert abs(share / SHARE - probability) <= 1.5 / SHARE
    assert share == as_share(probability)


def test_certain_and_impossible_travel_as_the_ends() -> None:
    assert [plain(as_share)(p) for p in (-0.1, 0.0, 1.0, 1.1)] == [1, 1, SHARE, SHARE]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 31))
def test_the_compiled_form_reads_what_the_plain_one_reads(seed: int, scale: int) -> None:
    one, other = queue(scale), queue(scale)
    counts = np.random.default_rng(seed).integers(0, 10**6, COUNTS)
    for rows in (one, other):
        rows.own[0] = counts
    refresh(0, one)
    plain(refresh)(0, other)
    assert one.prior[0].tolist() == pytest.approx(other.prior[0].tolist(), rel=1e-14)
    assert one.values[0].tolist() == pytest.approx(other.values[0].tolist(), rel=1e-14)
