"""The compiled loops of the board: the columns of a window and the suspicion of many rows in one call."""

import numpy as np

from stream.quality.columns import COLUMNS
from stream.quality.compiled import compiled
from stream.quality.contributions import contribute
from stream.quality.rater_rows import Raters, make_raters
from stream.quality.schema import RING, WINDOW_JUDGMENTS
from stream.quality.suspicion import suspicion
from stream.quality.windows import Window, window_sums

_LAST_50, _RING, _WINDOW_JUDGMENTS = int(Window.LAST_50), RING, WINDOW_JUDGMENTS


@compiled
def window_columns(
    raters: Raters, slots: np.ndarray, window: int, now_ms: int, sums: np.ndarray, mix: np.ndarray
) -> None:
    """Writes a window's int64[slots, COLUMNS] as of `now_ms`; `mix` int64[width] is scratch."""
    for i in range(len(slots)):
        slot = slots[i]
        if window == _LAST_50:
            sums[i] = 0
            hot = raters.hot[slot]
            for place in range(max(0, hot["ring_length"] - _WINDOW_JUDGMENTS), hot["ring_length"]):
                contribute(raters.ring[slot, (hot["ring_start"] + place) % _RING]["score"], 1, sums[i])
        else:
            window_sums(raters, slot, window, now_ms, sums[i], mix)


@compiled
def suspicions(raters: Raters, slots: np.ndarray, found: np.ndarray) -> None:
    """Writes float64[slots]: the number a queue's raters are ranked by."""
    for i in range(len(slots)):
        found[i] = suspicion(raters, slots[i])


def columns_of(raters: Raters, slots: np.ndarray, window: Window, now_ms: int) -> np.ndarray:
    """int64[slots, COLUMNS] of a window as of `now_ms`."""
    sums = np.zeros((len(slots), COLUMNS), "i8")
    window_columns(raters, slots, int(window), now_ms, sums, np.zeros(raters.mix.shape[1], "i8"))
    return sums


def mixes_of(raters: Raters, slot: int, window: Window, now_ms: int) -> np.ndarray:
    """int64[width]: how often a group's raters gave each label in a window as of `now_ms`."""
    mix = np.zeros(raters.mix.shape[1], "i8")
    window_columns(raters, np.array([slot], "i8"), int(window), now_ms, np.zeros((1, COLUMNS), "i8"), mix)
    return mix


def suspicions_of(raters: Raters, slots: np.ndarray) -> np.ndarray:
    """float64[slots], 0 (no sign) to 1."""
    found = np.zeros(len(slots))
    suspicions(raters, slots, found)
    return found


def compile_board() -> None:
    """Compiles the loops, so that no shard waits for the compiler once it is at work."""
    raters, slots = make_raters(1, 2), np.zeros(1, "i8")
    columns_of(raters, slots, Window.WEEK, 0)
    suspicions_of(raters, slots)
