import math

import pytest

from stream.quality.budget import stays_open, thresholds


def test_the_default_budget_gives_these_thresholds() -> None:
    found = thresholds(0.6 * 10e-4, 0.2 * 10e-4, 2_500)
    assert found.alarm == pytest.approx(math.log(1 / 0.0006))
    assert found.change == pytest.approx(math.log(2_500 / 0.0002))


def test_a_tenth_of_the_budget_costs_the_log_of_ten_more() -> None:
    ticket, critical = thresholds(6e-4, 2e-4, 2_500), thresholds(6e-5, 2e-5, 2_500)
    assert critical.alarm - ticket.alarm == pytest.approx(math.log(10))
    assert critical.change - ticket.change == pytest.approx(math.log(10))


def test_more_judgments_to_look_at_ask_for_more_evidence_of_a_change_only() -> None:
    short, long = thresholds(6e-4, 2e-4, 2_500), thresholds(6e-4, 2e-4, 5_000)
    assert long.alarm == short.alarm
    assert long.change - short.change == pytest.approx(math.log(2))


def test_without_a_budget_nothing_is_flagged() -> None:
    assert thresholds(0.0, 0.0, 2_500) == (math.inf, math.inf)


def test_a_finding_closes_only_well_below_its_threshold() -> None:
    assert stays_open(7.0, 8.0, 0.5)
    assert stays_open(4.0, 8.0, 0.5)
    assert not stays_open(3.9, 8.0, 0.5)
