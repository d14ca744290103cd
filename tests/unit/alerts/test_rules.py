"""Each alert fires and stays silent when it should, and says then what it ought to, word by word."""

import dataclasses
from pathlib import Path

import pytest

from tests.unit.alerts.cases.every import CASES
from tests.unit.alerts.promtool import ALERTS, PROMTOOL, run

pytestmark = pytest.mark.skipif(PROMTOOL.find() is None, reason="promtool is not installed")


@pytest.mark.parametrize("alert", sorted({case.alert for case in CASES}))
def test_an_alert_fires_and_stays_silent(alert: str, tmp_path: Path) -> None:
    assert run([case for case in CASES if case.alert == alert], tmp_path) == ""


def test_a_case_that_expects_another_text_fails(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.fires)
    other = dataclasses.replace(case.fires[0], summary="something else")
    assert "something else" in run([dataclasses.replace(case, fires=(other, *case.fires[1:]))], tmp_path)


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_every_alert_has_a_case_that_fires_and_one_that_is_silent(alert: str) -> None:
    mine = [case for case in CASES if case.alert == alert]
    assert {case.silent for case in mine} == {True, False} or (alert == "Watchdog" and mine)
