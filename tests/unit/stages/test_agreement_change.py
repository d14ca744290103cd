import numpy as np
import pytest

from stream.quality.schema import COLUMNS, UNIT, Column
from stream.quality.windows import Window
from stream.stages.agreement_change import LEAST_SCORED, agreement_change


def vendor(day: tuple[int, float], before: tuple[int, float]) -> dict[Window, np.ndarray]:
    """Judgments with peers and their mean agreement, in the last day and in the six before."""
    sums = {window: np.zeros(COLUMNS, "i8") for window in (Window.DAY, Window.WEEK)}
    for windows, (n, mean) in (((Window.DAY, Window.WEEK), day), ((Window.WEEK,), before)):
        for window in windows:
            sums[window][Column.SCORED] += n
            sums[window][Column.AGREEMENT] += round(n * mean * UNIT)
    return sums


def test_a_drop_at_every_vendor_is_their_own() -> None:
    told = agreement_change({"one": vendor((500, 0.6), (3000, 0.8)), "two": vendor((500, 0.6), (3000, 0.8))})
    assert told is not None
    assert (told.change, told.within, told.mix) == pytest.approx((-0.2, -0.2, 0.0), abs=1e-6)
    assert told.within_low < told.within < told.within_high < 0
    assert told.sentence.params == {"change": "-20.0", "within": "-20.0", "mix": "+0.0"}
    assert (told.stayed, told.came_or_went, told.n, told.before_n) == (2, 0, 1000, 6000)


def test_a_weaker_vendor_who_takes_over_the_work_is_a_matter_of_who_does_it() -> None:
    told = agreement_change({"strong": vendor((100, 0.9), (3000, 0.9)), "weak": vendor((900, 0.5), (600, 0.5))})
    assert told is not None
    assert told.within == pytest.approx(0.0, abs=1e-6)
    assert told.mix == pytest.approx(told.change)
    assert told.change < -0.25


@pytest.mark.parametrize(("day", "before"), [(LEAST_SCORED - 1, 500), (500, LEAST_SCORED - 1), (0, 0)])
def test_with_too_little_in_either_period_nothing_is_told(day: int, before: int) -> None:
    assert agreement_change({"one": vendor((day, 0.5), (before, 0.9))}) is None
    assert agreement_change({}) is None
