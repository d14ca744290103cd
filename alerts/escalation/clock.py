"""The time as a function that returns milliseconds since the epoch, so that tests hand in their own."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def wall_clock() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000_000
