import asyncio
import shutil
from typing import Any

import numpy as np
import pytest

from stream.quality import suspicion
from stream.quality.columns import COLUMNS
from stream.quality.compiled import plain
from stream.quality.measures import measure
from stream.quality.policy import State
from stream.quality.windows import Window, window_sums
from stream.telemetry.kernels import columns_of
from stream.telemetry.metrics import METRICS
from tests.unit.telemetry.boards import exported, rater
from tests.unit.telemetry.conftest import Clock, MakeBoard
from tests.unit.telemetry.crowd import NOW_MS, Crowd, name
from tests.unit.telemetry.reading import Exported


async def test_a_raters_series_are_the_measures_of_the_row(crowd: Crowd, make_board: MakeBoard) -> None:
    page = await exported(make_board(), crowd)
    [table] = crowd.raters.tables.values()
    for slot in table.slot_of.values():
        profile = table.profiles[slot]
        if not profile.rater_id:
            continue
        labels = {"rater": profile.rater_id, "queue": profile.queue, "vendor": profile.vendor}
        sums, mix = columns_of(table.rows, np.array([slot]), Window.LAST_50, NOW_MS)[0], table.rows.mix[slot]
        tolds: list[tuple[str, Any]] = [("last50", measure(sums, mix)), ("7d", measure(table.rows.life[slot], mix))]
        for window, told in tolds:
            expected = {
                "rater_judgments": told.judgments,
                "rater_agreement_ratio": told.agreement.value,
                "rater_skill_ratio": told.chance_corrected.value,
                "rater_skill_low_ratio": told.chance_corrected.low,
                "rater_skill_high_ratio": told.chance_corrected.high,
                "rater_gold_accuracy_ratio": told.gold_accuracy.value,
                "rater_gold_accuracy_low_ratio": told.gold_accuracy.low,
                "rater_gold_accuracy_high_ratio": told.gold_accuracy.high,
                "rater_duration_seconds": told.typical_duration_ms / 1000,
            }
            found = {metric: page.get(metric, **labels, window=window) for metric in expected}
            assert found == pytest.approx(expected, abs=5.1e-5), window
        state = State(table.rows.hot["state"][slot])
        assert page.get("rater_state", **labels) == state
        assert page.get("rater_suspicion_ratio", **labels) == pytest.approx(
            suspicion.suspicion(table.rows, slot), abs=5.1e-5
        )


async def test_windows_are_those_of_the_wall_clock(crowd: Crowd, make_board: MakeBoard, clock: Clock) -> None:
    board = make_board()
    page = await exported(board, crowd)
    assert page.get("quality_judgments", vendor="acme", queue="toxicity", window="1h") == 120
    clock.now_ms += 2 * 3_600_000
    await board.refresh()
    page = Exported.of(board)
    windows = {w: page.get("quality_judgments", vendor="acme", queue="toxicity", window=w) for w in ("1h", "24h", "7d")}
    assert windows == {"1h": 0, "24h": 120, "7d": 120}
    clock.now_ms += 9 * 86_400_000
    await board.refresh()
    page = Exported.of(board)
    assert page.get("rater_judgments", **rater(0, window="7d")) == 0
    assert page.get("rater_agreement_ratio", **rater(0, window="7d")) is None
    assert page.get("quality_judgments", vendor="acme", queue="toxicity", window="lifetime") == 120


async def test_what_is_unknown_is_absent_and_its_reason_counted(make_board: MakeBoard) -> None:
    crowd = Crowd()
    for n in range(12):
        crowd.judge(0, f"alone-{n}", "yes")
        crowd.judge(1, f"known-{n}", "yes", gold="yes")
    crowd.judge(2, "once", "no", duration_ms=None)
    crowd.apply()
    page = await exported(make_board(), crowd)
    assert page.named("rater_state") == []
    assert page.get("rater_judgments", **rater(0, window="last50")) == 12
    assert page.get("rater_gold_accuracy_ratio", **rater(1, window="last50")) == 1
    for metric in ("agreement", "skill", "skill_low", "skill_high", "gold_accuracy"):
        assert page.get(f"rater_{metric}_ratio", **rater(0, window="last50")) is None
    assert page.get("rater_duration_seconds", **rater(2, window="last50")) is None
    assert page.named("quality_agreed_judgments") == page.named("quality_cost") == []
    counts = {
        reason: page.get("unknown_raters", vendor="acme", queue="toxicity", reason=reason)
        for reason in ("few_judgments", "no_peers", "no_peers_no_gold")
    }
    assert counts == {"few_judgments": 1, "no_peers": 1, "no_peers_no_gold": 1}
    assert page.get("raters", vendor="acme", queue="toxicity", state="unknown") == 3


async def test_a_row_that_goes_between_two_steps_is_left_out(crowd: Crowd, make_board: MakeBoard) -> None:
    board = make_board()
    board.enter("outcomes:0", crowd.raters)
    [table] = crowd.raters.tables.values()
    real = table.slot_of
    asked: list[bytes] = []

    class Going(dict[bytes, int]):
        def get(self, key: bytes, default: Any = None) -> Any:
            asked.append(key)
            # The first look sees every row; by the second one the cache has let one go.
            return real.get(key) if len(asked) <= len(real) or table.profiles[real[key]].rater_id != name(1) else None

    table.slot_of = Going(real)
    await board.refresh()
    assert {labels["rater"] for labels in Exported.of(board).named("rater_state")} == {name(0), name(2)}


async def test_the_cap_is_counted(crowd: Crowd, make_board: MakeBoard) -> None:
    page = await exported(make_board(cap=1), crowd)
    assert {labels["rater"] for labels in page.named("rater_suspicion_ratio")} == {name(2)}
    assert (page.get("rater_series_raters"), page.get("rater_series_cut_raters")) == (1, 3), "a finding of two too"


async def test_without_rater_series_no_rater_is_named_anywhere(crowd: Crowd, make_board: MakeBoard) -> None:
    board = make_board("none")
    page = await exported(board, crowd)
    assert page.get("flagged_raters", vendor="acme", queue="toxicity") == 1
    assert not any("rater" in dict(labels) for _, labels in page.all)


async def test_a_shard_is_loading_until_a_page_shows_it(crowd: Crowd, make_board: MakeBoard) -> None:
    board = make_board()
    board.enter("outcomes:0", crowd.raters)
    assert board.loading == {"outcomes:0"}
    await board.refresh()
    assert board.loading == frozenset()
    board.enter("outcomes:0", Crowd().raters)
    assert board.loading == {"outcomes:0"}


async def test_the_last_50_and_the_buckets_are_those_of_the_pure_core(make_board: MakeBoard) -> None:
    crowd = Crowd()
    crowd.work(70)
    [table] = crowd.raters.tables.values()
    slots = np.array([slot for slot in table.slot_of.values() if table.profiles[slot].rater_id])
    assert (columns_of(table.rows, slots, Window.LAST_50, NOW_MS)[:, 0] == 50).all()
    for window in (Window.HOUR, Window.WEEK, Window.LIFETIME):
        for slot, found in zip(slots, columns_of(table.rows, slots, window, NOW_MS), strict=True):
            sums = np.zeros(COLUMNS, "i8")
            plain(window_sums)(table.rows, slot, int(window), NOW_MS, sums, np.zeros(table.width, "i8"))
            assert found.tolist() == sums.tolist()


async def test_every_line_belongs_to_a_declared_metric_with_its_labels(crowd: Crowd, make_board: MakeBoard) -> None:
    page = await exported(make_board(), crowd)
    for found, labels in page.all:
        assert set(METRICS[found].labels) == set(dict(labels)), found


async def test_promtool_has_no_complaint(crowd: Crowd, make_board: MakeBoard) -> None:
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed: it comes with Debian's package prometheus")
    board = make_board()
    await exported(board, crowd)
    pipe = asyncio.subprocess.PIPE
    check = await asyncio.create_subprocess_exec(promtool, "check", "metrics", stdin=pipe, stdout=pipe, stderr=pipe)
    assert await check.communicate(b"".join(board.page.blocks)) == (b"", b"")
    assert check.returncode == 0
