import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.shift_share import ShiftShare, shift_share

periods = st.lists(
    st.tuples(st.integers(0, 60), st.floats(0, 1), st.integers(0, 60), st.floats(0, 1)), min_size=1, max_size=12
)


def read(*raters: tuple[int, float, int, float]) -> ShiftShare:
    return plain(shift_share)(*columns(list(raters)))


def columns(raters: list[tuple[int, float, int, float]]) -> tuple[np.ndarray, ...]:
    before, level_before, since, level_since = (np.array(column) for column in zip(*raters, strict=True))
    return before.astype("i8"), before * level_before, since.astype("i8"), since * level_since


def test_the_same_raters_at_a_lower_level_are_within() -> None:
    said = read(*[(100, 0.9, 100, 0.8)] * 10)
    assert said.change == pytest.approx(-0.1)
    assert said.within == pytest.approx(-0.1)
    assert said.mix == pytest.approx(0.0)
    assert said.within_high < 0.0
    assert (said.stayed, said.came_or_went) == (10, 0)


def test_weaker_raters_who_work_more_are_mix() -> None:
    said = read((300, 0.9, 100, 0.9), (100, 0.7, 300, 0.7))
    assert said.change == pytest.approx(-0.1)
    assert said.within == pytest.approx(0.0)
    assert said.mix == pytest.approx(-0.1)
    assert said.within_low < 0.0 < said.within_high


def test_who_came_and_who_went_is_mix_and_so_is_a_handful_of_judgments() -> None:
    said = read((100, 0.8, 100, 0.8), (100, 0.9, 0, 0.0), (0, 0.0, 100, 0.6), (5, 0.9, 50, 0.8))
    assert said.within == pytest.approx(0.0)
    assert said.mix == pytest.approx(said.change)
    assert (said.stayed, said.came_or_went) == (1, 3)


def test_the_interval_covers_no_change_of_level_as_often_as_it_says() -> None:
    random_ = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        before, since = random_.integers(20, 100, 15), random_.integers(20, 100, 15)
        levels = random_.uniform(0.7, 0.9, 15)
        said = plain(shift_share)(
            before, random_.binomial(before, levels) * 1.0, since, random_.binomial(since, levels) * 1.0
        )
        covered += said.within_low <= 0.0 <= said.within_high
    assert 0.92 <= covered / 400 <= 0.98


def test_an_empty_period_says_nothing() -> None:
    assert read((10, 0.5, 0, 0.0)) == ShiftShare(0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)


@settings(deadline=None)
@given(periods)
def test_the_parts_add_up_and_the_compiled_form_says_the_same(raters: list[tuple[int, float, int, float]]) -> None:
    said = shift_share(*columns(raters))
    assert said == pytest.approx(plain(shift_share)(*columns(raters)), rel=1e-9, abs=1e-12)
    assert said.within + said.mix == pytest.approx(said.change, abs=1e-9)
