from collections import Counter

import pytest
import xxhash

from stream.quality.outcome_message import PersonNote
from tests.unit.telemetry.boards import exported, flagged, forgive
from tests.unit.telemetry.conftest import Clock, MakeBoard
from tests.unit.telemetry.crowd import NOW_MS, Crowd, name
from tests.unit.telemetry.reading import Exported


async def test_a_finding_is_1_then_0_for_the_look_back_then_gone(
    crowd: Crowd, make_board: MakeBoard, clock: Clock
) -> None:
    board = make_board("findings", worst_per_queue=0, cleared_for_s=600)
    page = await exported(board, crowd)
    assert page.get("rater_suspect", **flagged(2)) == 1
    assert page.get("findings_open", vendor="acme", queue="toxicity", detector="known_answers") == 1
    assert page.get("rater_suspect", **flagged(2, "inverted")) == 1
    assert page.get("flagged_raters", vendor="acme", queue="toxicity") == 1
    assert {labels["rater"] for labels in page.named("rater_suspicion_ratio")} == {name(2)}
    forgive(crowd)
    for passed_s, told in ((0, 0), (599, 0), (601, None)):
        clock.now_ms = NOW_MS + 1000 * passed_s
        await board.refresh()
        assert Exported.of(board).get("rater_suspect", **flagged(2)) == told, passed_s


async def test_a_finding_says_at_which_site_the_rater_works(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for n in range(60):
        for number in range(3):
            crowd.judge(number, f"item-{n}", "yes" if number else "no", gold="yes", site="" if number else "manila")
    crowd.apply()
    page = await exported(make_board("findings"), crowd)
    assert page.get("rater_suspect", **flagged(0, site="manila")) == 1
    assert {labels["site"] for labels in page.named("rater_critical")} == {"manila"}


async def test_a_finding_that_closes_before_the_first_page_is_still_told_as_closed(
    crowd: Crowd, make_board: MakeBoard
) -> None:
    board = make_board()
    board.enter("outcomes:0", crowd.raters)
    forgive(crowd)
    await board.refresh()
    assert Exported.of(board).get("rater_suspect", **flagged(2)) == 0


async def test_a_finding_is_told_although_the_cache_let_the_row_go(crowd: Crowd, make_board: MakeBoard) -> None:
    [table] = crowd.raters.tables.values()
    keys = [key for key, slot in table.slot_of.items() if table.profiles[slot].rater_id]
    for key in keys:
        del table.slot_of[key]
    page = await exported(make_board("findings"), crowd)
    assert page.get("rater_suspect", **flagged(2)) == 1
    assert page.named("rater_state") == []


@pytest.mark.parametrize("order", ["restrict", "forget"])
async def test_of_a_withheld_rater_nothing_is_exported(crowd: Crowd, make_board: MakeBoard, order: str) -> None:
    board = make_board("all")
    assert (await exported(board, crowd)).get("rater_suspect", **flagged(2)) == 1
    key = xxhash.xxh3_64_intdigest(name(2).encode())
    # Of the two sources one has said so: the rater is silent at once.
    stage = crowd.raters
    stage._withholding._sources = 2
    stage._withholding.take(PersonNote(1, NOW_MS, 0, key, order, 1), Counter())
    await board.refresh()
    page = Exported.of(board)
    told = [
        labels
        for metric in ("rater_state", "rater_suspicion_ratio", "rater_judgments")
        for labels in page.named(metric)
    ]
    assert name(2) not in {labels["rater"] for labels in told}
    assert {name(0), name(1)} <= {labels["rater"] for labels in told}
    assert page.get("rater_suspect", **flagged(2)) == 0, "so that the alert ends"
    assert page.get("findings_open", vendor="acme", queue="toxicity", detector="known_answers") in (None, 0)


async def test_training_is_measured_and_never_exported_as_a_finding(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for n in range(60):
        for number in range(3):
            label = "yes" if number else "no"
            crowd.judge(number, f"item-{n}", label, gold="yes", stage="training", sensitivity="severe")
    crowd.judge(1, "item-0", "yes", gold="yes")
    crowd.apply()
    page = await exported(make_board(), crowd)
    assert page.get("training_raters", vendor="acme", queue="toxicity") == 3
    assert page.named("rater_suspect") == page.named("findings_open") == []
    assert {labels["rater"] for labels in page.named("rater_judgments")} == {name(1)}
    assert page.get("quality_judgments", vendor="acme", queue="toxicity", window="lifetime") == 1


async def test_findings_beyond_the_cap_are_counted_too(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for wrong in (2, 3):
        crowd.work(judgments=150, raters=4, wrong=wrong)
    page = await exported(make_board("findings", cap=1, worst_per_queue=0), crowd)
    assert len(page.named("rater_suspect")) == 1
    assert page.get("rater_series_cut_raters") >= 1


async def test_a_shard_that_left_takes_its_numbers_along_but_hands_its_findings_over(
    crowd: Crowd, make_board: MakeBoard, clock: Clock
) -> None:
    board = make_board(handover_s=30)
    await exported(board, crowd)
    board.leave("outcomes:0")
    await board.refresh()
    page = Exported.of(board)
    assert page.named("quality_judgments") == page.named("rater_state") == page.named("findings_open") == []
    assert page.get("rater_suspect", **flagged(2)) == 1
    clock.now_ms += 30_000
    await board.refresh()
    assert Exported.of(board).get("rater_suspect", **flagged(2)) is None


@pytest.mark.parametrize("judgments", [15, 40])
async def test_a_finding_is_told_as_critical_while_it_is_and_as_0_once_it_closed(
    make_board: MakeBoard, judgments: int
) -> None:
    crowd = Crowd()
    crowd.work(judgments, wrong=2)
    board = make_board("findings")
    page = await exported(board, crowd)
    levels = {found.detector: found.state for found in crowd.raters.findings.values()}
    assert levels["known_answers"] == ("suspect" if judgments == 15 else "critical")
    for detector, state in levels.items():
        assert page.get("rater_critical", **flagged(2, detector)) == (1 if state == "critical" else None)
    forgive(crowd)
    await board.refresh()
    told = Exported.of(board).get("rater_critical", **flagged(2))
    assert told == (None if judgments == 15 else 0)


async def test_a_raters_judgments_are_counted_over_the_hour_and_the_day_too(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for n, ago_ms in enumerate((60_000, 120_000, 5 * 3_600_000, 3 * 86_400_000)):
        crowd.judge(0, f"item-{n}", "yes", ago_ms=ago_ms)
    crowd.apply()
    page = await exported(make_board(), crowd)
    labels = {"rater": name(0), "queue": "toxicity", "vendor": "acme"}
    counted = {window: page.get("rater_judgments", window=window, **labels) for window in ("1h", "24h", "7d", "last50")}
    assert counted == {"1h": 2, "24h": 3, "7d": 4, "last50": 4}
    assert page.get("rater_agreement_ratio", window="24h", **labels) is None
