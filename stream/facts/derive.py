"""A batch of outcomes to changes of daily rows: the same outcomes give the same changes, however they were cut."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream.facts.columns import KEPT
from stream.facts.days import days_in
from stream.facts.erasing import row_key
from stream.facts.port import DailyChange, Names
from stream.facts.standing import Day
from stream.quality.daily_sums import add_changes
from stream.quality.schema import COLUMNS
from stream.stages.raters_work import RaterWork

_GROUP = np.dtype([("day", "i8"), ("rater", "u8"), ("queue", "u8"), ("guideline", "u4"), ("terms", "u4")])


class Derived(NamedTuple):
    """The changes, and how many outcomes were passed over because their day is not kept."""

    changes: list[DailyChange]
    passed_over: int


def daily_changes(work: RaterWork, zone_of: Callable[[str], str], first_day: Day) -> Derived:
    """Changes by row, in no order that matters. `zone_of` answers a queue's time zone by its name."""
    days = _days(work, zone_of)
    kept = np.flatnonzero(days >= first_day)
    rows = work.rows[kept]
    groups, group_of_row = np.unique(_groups(rows, days[kept]), return_inverse=True)
    sums = np.zeros((len(groups), COLUMNS), "i8")
    add_changes(rows, group_of_row.astype(np.int64), sums)
    sums = sums[:, KEPT]
    named = _named(work, rows, group_of_row)
    changes = [
        DailyChange(day, row_key(rater, queue, guideline, terms), named.get(number), sums[number])
        for number, (day, rater, queue, guideline, terms) in enumerate(groups.tolist())
    ]
    return Derived(changes, len(work.rows) - len(kept))


def _days(work: RaterWork, zone_of: Callable[[str], str]) -> NDArray[np.int64]:
    zones = [zone_of(info.name) for _, info in work.queues]
    days = np.zeros(len(work.rows), np.int64)
    for zone in dict.fromkeys(zones):
        here = np.flatnonzero(np.isin(work.rows["queue_row"], [row for row, of in enumerate(zones) if of == zone]))
        days[here] = days_in(zone, work.rows["submitted_ms"][here])
    return days


def _groups(rows: NDArray[np.void], days: NDArray[np.int64]) -> NDArray[np.void]:
    groups = np.zeros(len(rows), _GROUP)
    groups["day"] = days
    for name in ("rater", "queue", "guideline", "terms"):
        groups[name] = rows[name]
    return groups


def _named(work: RaterWork, rows: NDArray[np.void], group_of_row: NDArray[np.intp]) -> dict[int, Names]:
    """The names of each group that has a first judgment, which alone carries them."""
    judged = np.flatnonzero(rows["profile"] >= 0)
    groups, first = np.unique(group_of_row[judged], return_index=True)
    return {group: _names(work, rows[at]) for group, at in zip(groups.tolist(), judged[first].tolist(), strict=True)}


def _names(work: RaterWork, row: np.void) -> Names:
    profile, (_, queue) = work.profiles[row["profile"]], work.queues[row["queue_row"]]
    return Names(
        profile.rater_id,
        queue.name,
        profile.vendor,
        work.guidelines.get(int(row["guideline"])),
        profile.locale,
        profile.currency,
        "production" if int(row["queue"]) == queue.key else "training",
    )
