"""Whether the process lives, and whether it does its work: what /healthz and /readyz answer."""

from typing import Any, NamedTuple

from stream.errors import ShardHalted
from stream.telemetry.board import Board
from stream.telemetry.live import Live, Runner
from stream.transport.port import Partition

_RUNNING = "running"


class Answer(NamedTuple):
    """Good or not, and the JSON that says why."""

    good: bool
    body: dict[str, Any]


class Health:
    """Alive: the event loop answers and nothing gave up. Ready: every shard that the group gave us is at work."""

    def __init__(self, live: Live, board: Board) -> None:
        self._live, self._board = live, board
        self._trouble: str | None = None

    def give_up(self, why: str) -> None:
        """From now on the process asks to be started again."""
        self._trouble = self._trouble or why

    def alive(self) -> Answer:
        """Whether to leave the process running."""
        return Answer(self._trouble is None, {"alive": self._trouble is None, "why": _some(self._trouble)})

    def ready(self) -> Answer:
        """Whether all of this worker's part is being done. A halted shard waits for its operator: the others go on."""
        runners = self._live.shards.runners if self._live.shards else {}
        why = _some(self._trouble) if self._trouble else []
        if not runners:
            why.append("no partitions are assigned: the group is forming, or has more workers than partitions")
        why += [_unready(partition, runner) for partition, runner in runners.items() if runner.state != _RUNNING]
        why += [f"{shard} is restored, its findings are not shown yet" for shard in sorted(self._board.loading)]
        shards = {str(partition): str(runner.state) for partition, runner in sorted(runners.items())}
        return Answer(not why, {"ready": not why, "why": why, "shards": shards})


def _unready(partition: Partition, runner: Runner) -> str:
    halt: ShardHalted | None = runner.halt
    return str(halt) if halt is not None else f"{partition} is {runner.state}"


def _some(sentence: str | None) -> list[str]:
    return [] if sentence is None else [sentence]
