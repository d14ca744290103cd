import numpy as np
import pytest

from stream.quality.measures import Interval, measure
from stream.quality.schema import COLUMNS, UNIT, Column


def sums(**columns: float) -> np.ndarray:
    made = np.zeros(COLUMNS, "i8")
    for name, value in columns.items():
        made[Column[name]] = round(value)
    return made


def value(interval: Interval | None) -> float:
    assert interval is not None
    return interval.value


def test_nothing_known_is_unknown_with_its_why_and_never_zero() -> None:
    found = measure(sums(JUDGMENTS=3), np.array([2, 1]))
    unknown = {
        "agreement": "no judgment has a peer yet",
        "gold_accuracy": "no item with a known answer yet",
        "duration": "the producer sends no durations",
        "cost": "the producer sends no cost",
        "overturned": "nothing was adjudicated",
        "overturned_at_random": "nothing was adjudicated at random",
        "self_consistency": "no item was judged twice",
    }
    assert found.why == unknown
    for name in (
        "agreement",
        "chance_corrected",
        "gold_accuracy",
        "overturned",
        "fast_share",
        "cost",
        "cost_per_correct",
    ):
        assert getattr(found, name) is None
    assert (found.judgments, found.label_mix) == (3, [2, 1])


def test_a_window_reads_as_shares_seconds_and_money() -> None:
    found = measure(
        sums(
            JUDGMENTS=10,
            SCORED=8,
            PEERS=16,
            AGREEMENT=6 * UNIT,
            EXPECTED=4 * UNIT,
            GOLD_SEEN=4,
            GOLD_RIGHT=3 * UNIT,
            TIMED=10,
            LOG_TIME=10 * np.log(2000) * UNIT,
            LOG_TIME_SQUARED=10 * np.log(2000) ** 2 * UNIT,
            FAST_KNOWN=5,
            FAST=1,
            EXPOSURE_NONE_MS=10_000,
            EXPOSURE_SEVERE_MS=8_000,
            COST_MICRO=2_000_000,
            COSTED=10,
            REPEATS=2,
            REPEATS_SAME=UNIT,
            AUDITED=2,
            OVERTURNED=UNIT,
        ),
        np.array([4, 6]),
    )
    assert (value(found.agreement), found.expected_agreement, found.peers_per_judgment) == (0.75, 0.5, 2)
    assert value(found.chance_corrected) == pytest.approx(0.5)
    assert (value(found.gold_accuracy), value(found.overturned), value(found.self_consistency)) == (0.75, 0.5, 0.5)
    assert found.typical_duration_ms == pytest.approx(2000)
    assert found.duration_spread == pytest.approx(0, abs=1e-3)
    assert (found.fast_share, found.exposure_seconds) == (0.2, {"none": 10, "sensitive": 0, "severe": 8})
    assert found.judgments_per_active_hour == pytest.approx(2000)
    assert found.cost == 2.0
    assert found.cost_per_correct == pytest.approx(2 / 7.5)
    assert found.why == {"overturned_at_random": "nothing was adjudicated at random"}


def test_time_is_known_but_not_whether_it_is_fast_while_the_queues_usual_time_is_unknown() -> None:
    found = measure(sums(JUDGMENTS=1, TIMED=1, LOG_TIME=UNIT), np.array([1, 0]))
    assert found.why["fast_share"] == "the queue's usual time is not known yet"
    assert found.typical_duration_ms == pytest.approx(np.e)


def test_cost_per_correct_needs_a_known_answer() -> None:
    found = measure(sums(JUDGMENTS=1, COSTED=1, COST_MICRO=50_000), np.array([1, 0]))
    assert (found.cost, found.cost_per_correct) == (0.05, None)
    assert found.why["cost_per_correct"] == "needs answers on items with a known answer"
