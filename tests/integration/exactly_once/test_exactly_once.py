"""The promise, on real Kafka and Redis with the real stages: each judgment counts once, whatever dies."""

import random
import signal
from pathlib import Path

import pytest

from stream.demo.account import Account
from stream.transport.faults import Point
from tests.integration.exactly_once.scene import Scene, scene

pytestmark = pytest.mark.timeout(600)
KILLS = 20


def assert_exact(at: Scene, account: Account) -> None:
    assert (account.lost, account.counted_twice, account.differing_rows) == (0, 0, 0)
    assert account.judgments > 0
    assert at.differing_rows() == []


def test_twenty_workers_killed_at_seeded_points_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20)
    points = [point for point in Point if point is not Point.BEFORE_REJECTS]
    with scene(tmp_path, judgments=15_000, raters=120, seed=5) as at:
        at.start_sending(per_second=250)
        killed = 0
        while killed < KILLS:
            topic = rng.choice(("judgments", "outcomes"))
            point = points[killed % len(points)]
            if point in {Point.BEFORE_ACKNOWLEDGEMENT, Point.AFTER_ACKNOWLEDGEMENT}:
                topic = "judgments"
            worker = at.worker(f"KILL@{point}:{rng.randint(1, 4)}:{topic}")
            if not worker.ended_within(15):
                worker.send(signal.SIGKILL)
                assert worker.ended_within(5)
            killed += 1
        at.worker()
        assert_exact(at, at.finish())


def test_a_worker_frozen_between_compute_and_commit_is_fenced(tmp_path: Path) -> None:
    with scene(tmp_path, judgments=8_000, raters=60, seed=6) as at:
        zombie = at.worker(f"STOP@{Point.BEFORE_COMMIT}:3:judgments")
        at.start_sending(per_second=1_500)
        at.wait_until(lambda: zombie.stopped, "the freeze")
        before = at.applied()
        at.worker()
        at.wait_until(lambda: at.applied() > before + 1_000, "the take-over")
        zombie.send(signal.SIGCONT)
        at.wait_until(lambda: zombie.counted("raterwatch_commits_total", result="fenced") > 0, "the refusal")
        assert_exact(at, at.finish())


def test_redis_that_lost_its_tail_is_replayed(tmp_path: Path) -> None:
    with scene(tmp_path, judgments=8_000, raters=60, seed=7) as at:
        worker = at.worker()
        at.start_sending(per_second=1_500)
        at.wait_until(lambda: at.applied() > 4_000, "the first half")
        redis = at.deployment.stack.redis
        redis.kill()
        redis.cut_aof(redis.aof_size() // 3)
        redis.start()
        account = at.finish()
        assert worker.counted("raterwatch_regressions_total") > 0
        assert_exact(at, account)


def test_a_rolling_restart_and_a_clean_stop_lose_and_double_nothing(tmp_path: Path) -> None:
    with scene(tmp_path, judgments=9_000, raters=60, seed=8) as at:
        first = at.worker()
        at.start_sending(per_second=1_200)
        at.wait_until(lambda: at.applied() > 1_000, "the start")
        second = at.worker()
        at.wait_until(lambda: at.applied() > 4_000, "two at work")
        first.send(signal.SIGTERM)
        assert first.ended_within(10)
        account = at.finish()
        second.send(signal.SIGTERM)
        assert second.ended_within(10)
        assert_exact(at, account)
