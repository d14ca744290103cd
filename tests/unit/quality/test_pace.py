import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.pace import UNKNOWN_PACE, pace
from stream.quality.schema import FAST_AFTER, TIME_BINS, TIME_FIRST_MS, TIME_STEP
from stream.quality.times import time_bin


def sketch(durations_ms: np.ndarray) -> np.ndarray:
    counts = np.zeros(TIME_BINS, "i4")
    for duration_ms in durations_ms:
        counts[plain(time_bin)(int(duration_ms))] += 1
    return counts


def log_normal(n: int, seed: int, spread: float = 0.7) -> np.ndarray:
    return (20_000 * np.exp(spread * np.random.default_rng(seed).standard_normal(n))).astype(int)


def test_pace_is_the_robust_z_of_the_logarithm_of_the_time() -> None:
    durations = log_normal(4000, 1)
    logs = np.log(durations)
    quarter, half, three_quarters = np.quantile(logs, [0.25, 0.5, 0.75])
    robust = (logs - half) / ((three_quarters - quarter) / 1.349)
    counts = sketch(durations)
    found = np.array([plain(pace)(counts, int(d)) for d in durations[:500]]) / 1000
    assert np.abs(found - np.clip(robust[:500], -3, 3)).max() < 0.12, "the sketch's bins are 30 % wide"


def test_pace_reads_quantiles_on_a_straight_line_within_a_bin() -> None:
    counts = np.zeros(TIME_BINS, "i4")
    counts[10], counts[11] = 100, 300  # quartiles at bin 11.0, 11 1/3 and 11 2/3
    place = 50 * 1.3 ** (11 + 1 / 3)
    assert plain(pace)(counts, round(place)) == 0
    spread = max((2 / 3) / 1.349, 0.2 / math.log(TIME_STEP))
    two_bins_up = TIME_FIRST_MS * TIME_STEP ** (13 + 1 / 3)
    assert plain(pace)(counts, round(two_bins_up)) == pytest.approx(2 / spread * 1000, abs=2)


def test_pace_is_unknown_until_enough_was_timed() -> None:
    counts = np.zeros(TIME_BINS, "i4")
    counts[20] = FAST_AFTER - 1
    assert plain(pace)(counts, 5_000) == UNKNOWN_PACE
    counts[20] += 1
    assert plain(pace)(counts, 5_000) != UNKNOWN_PACE


def test_pauses_move_neither_the_yardstick_nor_beyond_the_clip() -> None:
    durations = log_normal(1000, 2)
    with_pauses = np.concatenate([durations, np.full(100, 3_600_000)])
    before, after = plain(pace)(sketch(durations), 8_000), plain(pace)(sketch(with_pauses), 8_000)
    assert before == pytest.approx(after, abs=220)
    assert plain(pace)(sketch(durations), 4_000_000_000) == 3000
    assert plain(pace)(sketch(durations), 0) == -3000


def test_equal_times_leave_a_spread_to_divide_by() -> None:
    counts = np.zeros(TIME_BINS, "i4")
    counts[20] = 1000
    middle = round(TIME_FIRST_MS * TIME_STEP**20.5)
    assert abs(plain(pace)(counts, middle)) <= 2
    assert plain(pace)(counts, 2 * middle) == 3000


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 2_000), min_size=TIME_BINS, max_size=TIME_BINS),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=8),
)
def test_the_compiled_form_says_what_the_plain_one_says(bins: list[int], durations: list[int]) -> None:
    counts = np.array(bins, "i4")
    for duration_ms in durations:
        assert pace(counts, duration_ms) == plain(pace)(counts, duration_ms)
