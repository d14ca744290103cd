"""Which raters get series of their own: those with a finding or on watch, then the worst of each queue, up to a cap."""

from collections.abc import Sequence

import numpy as np

from stream.quality.policy import State
from stream.telemetry.options import RaterSeries
from stream.telemetry.roster import Roster


def choose(
    rosters: Sequence[Roster], mode: RaterSeries, worst_per_queue: int, cap: int
) -> tuple[list[np.ndarray], int]:
    """For each roster the chosen places in ascending order, and how many raters the cap cut off.

    What is cut is always the least suspicious; a finding goes before a watch, a watch before everything else.
    """
    if mode == "none" or not rosters:
        return [np.zeros(0, "i8") for _ in rosters], 0
    owner = np.concatenate([np.full(len(roster.keys), i) for i, roster in enumerate(rosters)])
    place = np.concatenate([np.arange(len(roster.keys)) for roster in rosters])
    state = np.concatenate([roster.hot["state"] for roster in rosters])
    flagged = np.concatenate([(roster.hot["open"] != 0) for roster in rosters])
    suspicion = np.concatenate([roster.suspicion for roster in rosters])
    queue = np.concatenate([roster.hot["queue"] for roster in rosters])
    rank = np.where(flagged, 2, np.where(state == State.WATCH, 1, 0))
    wanted = np.flatnonzero((rank > 0) | (mode == "all") | _among_worst(queue, suspicion, state, worst_per_queue))
    order = wanted[np.lexsort((-suspicion[wanted], -rank[wanted]))]
    kept = order[:cap]
    return [np.sort(place[kept[owner[kept] == i]]) for i in range(len(rosters))], len(order) - len(kept)


def _among_worst(queue: np.ndarray, suspicion: np.ndarray, state: np.ndarray, count: int) -> np.ndarray:
    """Whether a rater is one of the `count` most suspicious of its queue. Of unknown ones nothing can be said."""
    among = np.zeros(len(queue), "?")
    known = np.flatnonzero(state != State.UNKNOWN)
    order = known[np.lexsort((-suspicion[known], queue[known]))]
    if len(order):
        starts = np.flatnonzero(np.r_[True, queue[order][1:] != queue[order][:-1]])
        position = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
        among[order[position < count]] = True
    return among
