from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from stream.telemetry.board import Board
from stream.telemetry.instruments import Instruments
from stream.telemetry.options import BoardOptions, RaterSeries
from stream.telemetry.render import Scope
from tests.unit.telemetry.crowd import NOW_MS, Crowd

MakeBoard = Callable[..., Board]


class Clock:
    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_board(clock: Clock) -> MakeBoard:
    def make(mode: RaterSeries = "all", cap: int = 1000, **options: Any) -> Board:
        return Board(Scope(mode, cap, replace(BoardOptions(), **options)), Instruments(), clock)

    return make


@pytest.fixture
def crowd() -> Crowd:
    crowd = Crowd()
    crowd.work(wrong=2)
    return crowd
