"""What the kernels of a simulated world share: its settings, its crew, its progress and its judgments, as columns."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A seat stays open for more than 4,096 items with probability e**-164 at the usual window of 25 items.
OPEN_ITEMS = 4_096


class Scene(NamedTuple):
    """One crew's queue: World in plain numbers, with the key of its draws and the number of its items."""

    key: int
    items: int
    cumulative: Floats  # of the prior
    difficulty_sd: float
    redundancy: int
    window_items: float
    gold_share: float
    open_share: float
    median_ms: float


class Traits(NamedTuple):
    """The crew: a row a rater. `otherwise` is a class for constant answers, else a code of behaviours.Otherwise."""

    ability: Floats
    bias: Floats
    read: Floats
    otherwise: Ints
    honest_until: Ints
    as_anyone: Flags
    knows_golds: Flags
    minority: Flags
    pace: Floats
    partner: Ints
    copies: Floats
    honest: Ints  # places of the honest, from whom as_anyone borrows


class Progress(NamedTuple):
    """All that a stream carries from one chunk to the next."""

    counts: Ints  # items opened, seats waiting, turns taken, steps made
    clock: Floats  # time since the last item opened
    seats: Ints  # open seats, in no order: the item's number
    raters: Ints  # [item % OPEN_ITEMS, seat] who has judged it
    labels: Ints  # [item % OPEN_ITEMS, seat] and how
    taken: Ints  # [item % OPEN_ITEMS] seats taken
    turns: Ints  # the round's order of raters
    judged: Ints  # judgments of each rater so far


class Columns(NamedTuple):
    """Judgments, written by `advance`."""

    item: Ints
    rater: Ints
    label: Ints
    truth: Ints
    known: Ints
    duration_ms: Ints


def begin(raters: int, scene: Scene) -> Progress:
    """The progress of a world in which nothing has happened yet."""
    rows = (OPEN_ITEMS, scene.redundancy)
    return Progress(
        counts=np.zeros(4, np.int64),
        clock=np.zeros(1),
        seats=np.zeros(OPEN_ITEMS * scene.redundancy, np.int64),
        raters=np.zeros(rows, np.int64),
        labels=np.zeros(rows, np.int64),
        taken=np.zeros(OPEN_ITEMS, np.int64),
        turns=np.arange(raters),
        judged=np.zeros(raters, np.int64),
    )


def columns(length: int) -> Columns:
    """Room for so many judgments."""
    return Columns(*(np.zeros(length, np.int64) for _ in Columns._fields))
