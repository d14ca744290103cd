import numpy as np
import pytest

from stream.quality.columns import COLUMNS, Column
from stream.quality.measures import Interval, measure
from stream.quality.schema import UNIT
from stream.telemetry.readings import Readings, read_columns


def windows(count: int) -> np.ndarray:
    random = np.random.default_rng(7)
    sums = np.zeros((count, COLUMNS), "i8")
    sums[:, Column.JUDGMENTS] = random.integers(0, 60, count)
    for n, *parts in (
        (Column.SCORED, Column.AGREEMENT, Column.EXPECTED),
        (Column.GOLD_SEEN, Column.GOLD_RIGHT),
    ):
        sums[:, n] = random.integers(0, 4, count) * random.integers(0, 20, count)
        for part in parts:
            sums[:, part] = (sums[:, n] * UNIT * random.choice([0.0, 0.5, random.random(), 1.0], count)).astype("i8")
    sums[:, Column.TIMED] = sums[:, Column.JUDGMENTS]
    sums[:, Column.LOG_TIME] = (sums[:, Column.TIMED] * random.normal(9, 1, count) * UNIT).astype("i8")
    return sums


def expected(sums: np.ndarray) -> list[float | None]:
    told = measure(sums, np.zeros(2, "i8"))
    agreement = told.agreement.value if told.agreement else None
    duration_s = told.typical_duration_ms / 1000 if told.typical_duration_ms is not None else None
    return [told.judgments, agreement, *ends(told.chance_corrected), *ends(told.gold_accuracy), duration_s]


def ends(interval: Interval | None) -> tuple[float | None, ...]:
    return (interval.value, interval.low, interval.high) if interval else (None, None, None)


def test_readings_of_many_raters_are_the_measures_of_each() -> None:
    sums = windows(500)
    readings = read_columns(sums)
    for i in range(len(sums)):
        for field, told in zip(Readings._fields, expected(sums[i]), strict=True):
            value = getattr(readings, field)[i]
            assert np.isnan(value) if told is None else value == pytest.approx(told, abs=1e-12), (field, i)


def test_without_peers_golds_and_times_everything_but_the_count_is_unknown() -> None:
    readings = read_columns(np.zeros((1, COLUMNS), "i8"))
    assert readings.judgments[0] == 0
    assert all(np.isnan(values[0]) for values in readings[1:])
