import math

import pytest

from stream.quality.alarm import CONSTANT_PRIOR
from stream.quality.policy import DEFAULT_POLICY
from tests.unit.telemetry.boards import exported
from tests.unit.telemetry.conftest import MakeBoard
from tests.unit.telemetry.crowd import Crowd


async def test_answers_are_counted_by_label_and_window_over_all_shards(make_board: MakeBoard) -> None:
    crowds = [Crowd(), Crowd()]
    for crowd in crowds:
        crowd.judge(1, "a", "yes")
        crowd.judge(2, "a", "no")
        crowd.judge(1, "b", "yes", ago_ms=2 * 3_600_000)
        crowd.judge(1, "c", None, outcome="skipped")
        crowd.apply()
    board = make_board("none")
    board.enter("outcomes:1", crowds[1].raters)
    page = await exported(board, crowds[0])
    given = {
        (labels["label"], labels["window"]): page.get("queue_answers", **labels)
        for labels in page.named("queue_answers")
    }
    assert given == {
        ("yes", "1h"): 2,
        ("no", "1h"): 2,
        **{(label, window): n for window in ("24h", "7d", "lifetime") for label, n in (("yes", 4), ("no", 2))},
    }


async def test_a_queue_tells_how_much_it_learns_of_each_kind_of_rater(make_board: MakeBoard) -> None:
    crowd = Crowd()
    crowd.work(judgments=60, raters=4, known=False)
    page = await exported(make_board("none"), crowd)
    [table] = crowd.raters.tables.values()
    judgments = page.get("queue_told_judgments", queue="toxicity")
    assert judgments == sum(int(table.rows.tells[slot][0]) for slot in table.slot_of.values()) > 0
    for kind in ("random", "constant", "inverted"):
        assert page.get("queue_told_nats", queue="toxicity", kind=kind) > 0
    needed = page.get("queue_needed_nats", queue="toxicity", kind="constant")
    assert needed == pytest.approx(DEFAULT_POLICY.alarm - math.log(CONSTANT_PRIOR))


async def test_a_queue_without_peers_tells_nothing_rather_than_0(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for n in range(30):
        crowd.judge(1, f"alone-{n}", "yes")
    crowd.apply()
    page = await exported(make_board("none"), crowd)
    assert page.named("queue_told_judgments") == page.named("queue_told_nats") == page.named("queue_needed_nats") == []


async def test_judgments_of_flagged_raters_stand_beside_all_judgments(make_board: MakeBoard, crowd: Crowd) -> None:
    page = await exported(make_board("none"), crowd)
    place = {"vendor": "acme", "queue": "toxicity"}
    assert page.get("quality_flagged_judgments", **place, window="7d") == 40
    assert page.get("quality_judgments", **place, window="7d") == 120


async def test_nobody_flagged_is_absent(make_board: MakeBoard) -> None:
    crowd = Crowd()
    crowd.work()
    page = await exported(make_board("none"), crowd)
    assert page.named("quality_flagged_judgments") == []
