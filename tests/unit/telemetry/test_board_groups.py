from typing import Any

import numpy as np
import pytest

from stream.quality.measures import measure
from tests.unit.telemetry.boards import exported
from tests.unit.telemetry.conftest import MakeBoard
from tests.unit.telemetry.crowd import Crowd


async def test_a_vendors_sums_are_those_of_its_raters_over_all_shards(make_board: MakeBoard) -> None:
    crowds = [Crowd(), Crowd()]
    for crowd in crowds:
        crowd.work(wrong=2)
        crowd.judge(7, "item-0", "yes", vendor="other", cost="0.25", currency="EUR")
        crowd.judge(8, "item-1", None, outcome="skipped")
        crowd.apply()
    board = make_board("none")
    board.enter("outcomes:1", crowds[1].raters)
    page = await exported(board, crowds[0])
    life = sum(
        table.rows.life[slot]
        for crowd in crowds
        for table in crowd.raters.tables.values()
        for slot in table.slot_of.values()
        if table.profiles[slot].rater_id and table.profiles[slot].vendor == "acme"
    )
    told: Any = measure(life, np.zeros(2, "i8"))
    acme = {"vendor": "acme", "queue": "toxicity", "window": "lifetime"}
    total = {metric: page.get(f"quality_{metric}", **acme) for metric in ("agreed_judgments", "gold_right_judgments")}
    scored, gold, timed = (page.get(f"quality_{n}_judgments", **acme) for n in ("scored", "gold", "timed"))
    assert page.get("quality_judgments", **acme) == told.judgments == 240
    assert page.get("quality_skipped_judgments", **acme) == 2
    assert {labels["vendor"] for labels in page.named("quality_judgments")} == {"acme", "other"}
    assert total["agreed_judgments"] / scored == pytest.approx(told.agreement.value)
    assert total["gold_right_judgments"] / gold == pytest.approx(told.gold_accuracy.value)
    chance = page.get("quality_expected_agreed_judgments", **acme)
    skill = (total["agreed_judgments"] - chance) / (scored - chance)
    assert skill == pytest.approx(told.chance_corrected.value)
    mean = page.get("quality_log_time", **acme) / timed
    spread = page.get("quality_log_time_squared", **acme) / timed - mean**2
    assert 2.718281828459045**mean == pytest.approx(told.typical_duration_ms / 1000)
    assert max(spread, 0) ** 0.5 == pytest.approx(told.duration_spread, abs=1e-4)
    assert page.get("quality_cost", vendor="other", queue="toxicity", window="24h") == 0.5


async def test_active_raters_are_those_of_the_window(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for number, ago_ms in enumerate((60_000, 7_200_000, 3 * 86_400_000, 9 * 86_400_000)):
        crowd.judge(number, f"item-{number}", "yes", ago_ms=ago_ms)
    crowd.apply()
    page = await exported(make_board(), crowd)
    active = {w: page.get("active_raters", vendor="acme", queue="toxicity", window=w) for w in ("1h", "24h", "7d")}
    assert active == {"1h": 1, "24h": 2, "7d": 3}


async def test_a_site_counts_whoever_worked_there_today(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for number, (site, ago_ms) in enumerate(
        (("manila", 60_000), ("manila", 7_200_000), ("cebu", 60_000), (None, 60_000))
    ):
        crowd.judge(number, f"item-{number}", "yes", ago_ms=ago_ms, site=site)
    crowd.judge(9, "item-9", "yes", ago_ms=2 * 86_400_000, site="manila")
    crowd.apply()
    page = await exported(make_board("none"), crowd)
    assert page.named("site_active_raters") == [
        {"vendor": "acme", "queue": "toxicity", "site": site} for site in ("manila", "cebu")
    ]
    assert page.get("site_active_raters", vendor="acme", queue="toxicity", site="manila") == 2
    assert page.get("site_active_raters", vendor="acme", queue="toxicity", site="cebu") == 1


async def test_of_many_sites_the_largest_are_told(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for number in range(60):
        crowd.judge(number, f"item-{number}", "yes", site=f"site-{number}")
    crowd.judge(60, "item-60", "yes", site="site-59")
    crowd.apply()
    told = (await exported(make_board("none"), crowd)).named("site_active_raters")
    assert len(told) == 50
    assert told[0]["site"] == "site-59"


async def test_exposure_is_summed_over_queues_and_names_nobody(make_board: MakeBoard) -> None:
    crowd = Crowd("toxicity", "violence")
    for n in range(8):
        more: dict[str, Any] = {"duration_ms": 1_800_000, "sensitivity": "severe", "ago_ms": 3_600_000 * (n + 1)}
        crowd.judge(0, f"a{n}", "yes", **more)  # four hours here
        crowd.judge(1, f"b{n}", "yes", **more | {"duration_ms": 1_000_000})  # 2.2 hours here
        crowd.judge(1, f"c{n}", "yes", **more | {"duration_ms": 600_000, "queue": "violence"})  # and 1.3 there
        crowd.judge(4, f"f{n}", "yes", **more | {"stage": "training"})  # four hours in training
        crowd.judge(2, f"d{n}", "yes", **more | {"sensitivity": "none"})
        crowd.judge(3, f"e{n}", "yes", **more | {"ago_ms": 40 * 3_600_000})
    crowd.apply()
    page = await exported(make_board("none"), crowd)
    assert page.get("care_raters", vendor="acme", queue="toxicity", level="over") == 2
    assert page.get("care_raters", vendor="acme", queue="toxicity", level="near") == 1
    assert len(page.named("care_raters")) == 2
    exposed = {"vendor": "acme", "queue": "violence", "window": "24h", "sensitivity": "severe"}
    assert page.get("care_exposure_seconds", **exposed) == 4800
    assert not any("rater" in labels for labels in page.named("care_raters") + page.named("care_exposure_seconds"))


async def test_a_change_of_agreement_is_split_into_its_vendors_own_and_who_does_the_work(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for n in range(60):
        for rater, vendor in ((1, "acme"), (2, "acme"), (3, "other"), (4, "other")):
            crowd.judge(rater, f"then-{n}", "yes", vendor=vendor, ago_ms=3 * 86_400_000)
            crowd.judge(rater, f"now-{n}", "yes" if rater < 4 or n % 2 else "no", vendor=vendor)
    crowd.apply()
    page = await exported(make_board("none"), crowd)
    whole, within, mix = (
        page.get("queue_agreement_change_ratio", queue="toxicity", part=part) for part in ("whole", "within", "mix")
    )
    assert whole < -0.2
    assert within + mix == pytest.approx(whole, abs=1e-6)
    assert within == pytest.approx(whole, abs=0.01), "both vendors do as much as before"
    assert page.get("queue_agreement_change_vendors", queue="toxicity", part="stayed") == 2
    assert page.get("queue_agreement_change_vendors", queue="toxicity", part="moved") == 0


async def test_with_too_little_work_no_change_is_told(make_board: MakeBoard) -> None:
    crowd = Crowd()
    crowd.work()
    page = await exported(make_board("none"), crowd)
    assert page.named("queue_agreement_change_ratio") == []
