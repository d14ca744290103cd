import numpy as np

from stream.quality.policy import State
from stream.quality.rater_table import RaterTable
from stream.quality.schema import HOT
from stream.telemetry.choice import choose
from stream.telemetry.options import RaterSeries
from stream.telemetry.roster import Roster

UNKNOWN, OK, WATCH, SUSPECT = State


def roster(*raters: tuple[State, float], queue: int = 1) -> Roster:
    hot = np.zeros(len(raters), HOT)
    hot["state"] = [state for state, _ in raters]
    hot["open"] = hot["state"] == SUSPECT
    hot["queue"] = queue
    keys = [bytes([n]) * 16 for n in range(len(raters))]
    return Roster(RaterTable(2), keys, np.arange(len(raters)), hot, np.array([value for _, value in raters]))


def chosen(
    *rosters: Roster, mode: RaterSeries = "findings", worst: int = 0, cap: int = 99
) -> tuple[list[list[int]], int]:
    places, cut = choose(rosters, mode, worst, cap)
    return [found.tolist() for found in places], cut


def test_findings_and_watched_raters_are_shown() -> None:
    assert chosen(roster((OK, 0.9), (SUSPECT, 0.1), (WATCH, 0.2), (UNKNOWN, 0.5))) == ([[1, 2]], 0)


def test_the_worst_of_each_queue_are_shown_over_all_shards_and_nobody_unknown() -> None:
    shards = roster((OK, 0.3), (UNKNOWN, 0.9), (OK, 0.5)), roster((OK, 0.4), (OK, 0.6)), roster((OK, 0.1), queue=2)
    assert chosen(*shards, worst=2) == ([[2], [1], [0]], 0)


def test_the_cap_cuts_the_least_suspicious_and_counts_them() -> None:
    shards = roster((OK, 0.9), (WATCH, 0.2), (WATCH, 0.3)), roster((SUSPECT, 0.0), (OK, 0.95))
    assert chosen(*shards, mode="all", cap=3) == ([[1, 2], [0]], 2)
    assert chosen(*shards, mode="all", cap=4) == ([[1, 2], [0, 1]], 1)


def test_all_means_all_and_none_means_none() -> None:
    assert chosen(roster((OK, 0.0), (UNKNOWN, 0.0)), mode="all") == ([[0, 1]], 0)
    assert chosen(roster((SUSPECT, 1.0)), mode="none", worst=5) == ([[]], 0)
    assert chosen(mode="all") == ([], 0)
