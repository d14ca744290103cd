import pytest

from stream.errors import ShardHalted
from stream.telemetry.board import Board
from stream.telemetry.health import Health
from stream.telemetry.live import Live
from stream.transport.port import Partition
from tests.unit.telemetry.conftest import MakeBoard
from tests.unit.telemetry.crowd import Crowd


class Runner:
    def __init__(self, state: str = "running", halt: ShardHalted | None = None) -> None:
        self.state, self.halt = state, halt


class Shards:
    def __init__(self) -> None:
        self.runners: dict[Partition, Runner] = {}


@pytest.fixture
def shards() -> Shards:
    return Shards()


@pytest.fixture
def board(make_board: MakeBoard) -> Board:
    return make_board()


@pytest.fixture
def health(shards: Shards, board: Board) -> Health:
    return Health(Live(shards), board)


def test_a_worker_without_partitions_is_alive_and_not_ready(health: Health) -> None:
    assert health.alive().good
    assert not health.ready().good
    assert "no partitions are assigned" in health.ready().body["why"][0]


@pytest.mark.parametrize("state", ["claiming", "fenced", "halted", "stopped"])
def test_every_shard_must_run(health: Health, shards: Shards, state: str) -> None:
    shards.runners[Partition("outcomes", 0)] = Runner()
    assert health.ready().good
    shards.runners[Partition("judgments", 1)] = Runner(state)
    answer = health.ready()
    assert not answer.good
    assert answer.body["why"] == [f"judgments:1 is {state}"]
    assert answer.body["shards"] == {"judgments:1": state, "outcomes:0": "running"}


def test_a_halted_shard_is_named_with_its_remedy_and_the_process_lives_on(health: Health, shards: Shards) -> None:
    halt = ShardHalted("judgments:2", "too many rejects", "See `raterwatch rejects list`")
    shards.runners[Partition("judgments", 2)] = Runner("halted", halt)
    assert health.ready().body["why"] == ["judgments:2 halted: too many rejects. See `raterwatch rejects list`"]
    assert health.alive().good


async def test_a_restored_shard_is_not_ready_before_its_findings_are_shown(
    health: Health, shards: Shards, board: Board
) -> None:
    shards.runners[Partition("outcomes", 0)] = Runner()
    board.enter("outcomes:0", Crowd().raters)
    assert health.ready().body["why"] == ["outcomes:0 is restored, its findings are not shown yet"]
    await board.refresh()
    assert health.ready().good


def test_who_gave_up_is_neither_alive_nor_ready_and_says_why(health: Health, shards: Shards) -> None:
    shards.runners[Partition("outcomes", 0)] = Runner()
    health.give_up("outcomes:0: nothing was fetched for 120 s")
    health.give_up("and more")
    assert not health.alive().good
    assert health.alive().body["why"] == ["outcomes:0: nothing was fetched for 120 s"]
    assert not health.ready().good
