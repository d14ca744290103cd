from dataclasses import dataclass

from stream.errors import Unavailable
from stream.transport.limits import RunnerLimits
from stream.transport.observer import SilentObserver
from stream.transport.port import Partition
from stream.transport.watchdog import Watchdog

PLACE = Partition("judgments", 0)


@dataclass
class Runner:
    committed: int | None = 5
    expected: int | None = 5
    stuck_for_s: float = 0.0
    has_room: bool = True

    def room(self) -> bool:
        return self.has_room


class Shards:
    def __init__(self, runner: Runner) -> None:
        self.runners = {PLACE: runner}


@dataclass
class Source:
    end: int = 5
    at: int | None = 5
    away: bool = False

    async def bounds(self, partition):
        if self.away:
            raise Unavailable("away")
        return 0, self.end

    async def position(self, partition):
        return self.at


class Lag(SilentObserver):
    def __init__(self) -> None:
        self.records: list[int] = []

    def lag(self, shard: str, records: int) -> None:
        self.records.append(records)


def watching(runner: Runner, source: Source) -> tuple[Watchdog, list[str], Lag]:
    reasons: list[str] = []
    lag = Lag()
    return Watchdog(source, Shards(runner), lag, RunnerLimits(stuck_s=60.0), reasons.append), reasons, lag


async def looks(dog: Watchdog, *at_s: float) -> None:
    for now_s in at_s:
        await dog.look(now_s)


async def test_work_that_is_not_committed_for_too_long_ends_the_process():
    dog, reasons, _ = watching(Runner(stuck_for_s=61.0), Source())
    await looks(dog, 0.0)
    assert "were not committed for 61 s" in reasons[0]


async def test_a_position_that_stands_still_below_the_logs_end_ends_the_process():
    dog, reasons, _ = watching(Runner(), Source(end=9))
    await looks(dog, 0.0, 30.0, 59.0)
    assert not reasons
    await looks(dog, 61.0)
    assert "the log goes to 9" in reasons[0]


async def test_a_position_at_the_logs_end_may_stand_still_though_the_commit_is_below_it():
    """Transaction markers at the end are passed by the position and never committed."""
    dog, reasons, _ = watching(Runner(committed=5, expected=5), Source(end=7, at=7))
    await looks(dog, 0.0, 100.0, 200.0)
    assert not reasons


async def test_a_position_that_moves_starts_the_clock_again():
    source = Source(end=90)
    dog, reasons, _ = watching(Runner(), source)
    for now_s in range(0, 300, 30):
        source.at = now_s
        await looks(dog, float(now_s))
        source.end = now_s + 90
    assert not reasons


async def test_a_shard_without_room_and_a_broker_that_is_away_are_known_reasons():
    runner, source = Runner(has_room=False), Source(end=9)
    dog, reasons, _ = watching(runner, source)
    await looks(dog, 0.0, 100.0)
    runner.has_room, source.away = True, True
    await looks(dog, 200.0, 300.0)
    source.away = False
    await looks(dog, 400.0, 430.0)
    assert not reasons


async def test_lag_counts_what_is_not_committed_and_forgives_markers_that_were_passed():
    runner, source = Runner(committed=5, expected=5), Source(end=9)
    dog, _, lag = watching(runner, source)
    await looks(dog, 0.0)
    runner.expected = 9
    await looks(dog, 1.0)
    assert lag.records == [4, 0]
