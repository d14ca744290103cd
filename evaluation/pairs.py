"""Copier pairs: how many the product finds after how many shared items, and how many honest pairs it names.

Crews of the design's worlds in which four of the honest are two pairs of copiers (nine answers in ten taken over from
the partner, whoever comes first), and one more world with three classes. A pair is found when either one's table names
it. Shared items are counted when the second of the two has judged; honest are the pairs of two honest raters, others
any pair that does not copy and has a rater of another behaviour in it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evaluation.run import Figures, Run
from evaluation.stages import CrewStages, Inbox, Played, take_outcome
from evaluation.worlds import MODERATE, OPEN_ITEMS, ROUGH, WORLDS, Population, World, judgments
from evaluation.worlds.behaviours import COPIER, CREW, HONEST
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints
from stream.quality.compiled import int64
from stream.quality.copying import copying_threshold
from stream.quality.copying_power import can_tell, shared_items_to_tell
from stream.quality.partners import MEETINGS, is_named, meet
from stream.quality.rater_rows import Raters

_COPIERS = 4
PAIRS_CREW = (*[COPIER] * _COPIERS, *CREW[_COPIERS:])
_MED3 = World("med3", (0.5, 0.3, 0.2), 2.0, 1.0)
_SHARED = (40, 60, 80, 120)
# Honest raters named in a week. The first names about one honest pair in a thousand, which no budget of tickets allows;
# the last is a tenth of ten tickets in 10,000 weeks.
_ALLOWANCES = (1.5e-2, 5e-3, 1e-3, 1e-4)
_WEEK = 2_500  # judgments
_NEVER = 1 << 30
_QUICK_CREWS = 6


@dataclass(frozen=True, slots=True)
class Named:
    """Shared items at which each pair was first named: [crew, threshold, rater, partner], a big number if never."""

    at: Ints
    shared: Ints  # [crew, rater, partner] in the end
    by_share: Ints  # the queues' meetings by what was expected of them


def section(run: Run) -> Figures:
    """Per world and population: pairs found by shared items, honest pairs and raters named, and whether it can tell."""
    crews = _QUICK_CREWS if run.quick else 60
    populations = {"moderate": MODERATE} if run.quick else {"moderate": MODERATE, "rough": ROUGH}
    figures: Figures = {}
    for name, population in populations.items():
        for world in (*WORLDS.values(), _MED3):
            run.say(f"copier pairs, {name} {world.name}")
            thresholds = np.array([copying_threshold(allowance) for allowance in _ALLOWANCES])
            named = follow(world, population, thresholds, seed=run.seed, crews=crews)
            figures[f"{name} {world.name}"] = {
                f"at {allowance:g}": _judged(named, place, world, float(thresholds[place]))
                for place, allowance in enumerate(_ALLOWANCES)
            }
    return figures


def follow(
    world: World,
    population: Population,
    thresholds: Floats,
    *,
    seed: int,
    crews: int,
    judgments_per_rater: int = _WEEK,
) -> Named:
    """Runs the crews, for a week each, and notes who is named when."""
    raters = len(PAIRS_CREW)
    at = np.full((crews, len(thresholds), raters, raters), _NEVER)
    shared, by_share, crew = np.zeros((crews, raters, raters), np.int64), np.zeros(MEETINGS, np.int64), -1
    stream = judgments(
        world, population, judgments_per_rater=judgments_per_rater, seed=seed, crew=PAIRS_CREW, crews=range(crews)
    )
    for chunk in stream:
        if chunk.crew != crew:
            crew, stages = chunk.crew, CrewStages(world, raters)
            seats = _Seats(np.full(OPEN_ITEMS, -1), np.zeros(OPEN_ITEMS, np.int64), _no_takers(world))
            stages.raters.by_share[raters] = by_share
        for played in stages.play(chunk):
            _meet_all(played, stages.raters, stages.inbox, world.classes, seats, shared[crew], thresholds, at[crew])
        by_share = stages.raters.by_share[raters].copy()
    return Named(at, shared, by_share)


class _Seats(NamedTuple):
    """Who has judged an item, by its place in the ring of open items."""

    item: Ints
    taken: Ints
    raters: Ints  # [place, seat]


def _no_takers(world: World) -> Ints:
    return np.zeros((OPEN_ITEMS, world.redundancy), np.int64)


@compiled
def _meet_all(
    played: Played,
    raters: Raters,
    inbox: Inbox,
    classes: int,
    seats: _Seats,
    shared: Ints,
    thresholds: Floats,
    at: Ints,
) -> None:
    queue, met = len(shared), 0
    for place in range(len(played.rows)):
        row, rater = played.rows[place], int64(played.places[place])
        if row["first"]:
            _share(int64(played.items[int64(row["judgment"]) - played.start]), rater, seats, shared)
        take_outcome(row, raters, rater, inbox)
        while met < len(played.meetings) and played.meetings[met]["row"] == place:
            meeting = played.meetings[met]
            met += 1
            entry = meet(
                meeting["key"], int64(meeting["label"]), int64(row["new"]["label"]), meeting["before"], row,
                raters.habit[rater], classes, raters.partners[rater], raters.met[rater], raters.by_share[queue],
            )  # fmt: skip
            for limit in range(len(thresholds)):
                if entry >= 0 and is_named(raters.partners[rater][entry], classes, thresholds[limit]):
                    other = _place_of(meeting["key"], raters)
                    at[limit, rater, other] = min(at[limit, rater, other], shared[rater, other])


@compiled
def _share(item: int, rater: int, seats: _Seats, shared: Ints) -> None:
    """Counts an item for the rater and for each who has judged it before."""
    slot = item % OPEN_ITEMS
    if seats.item[slot] != item:
        seats.item[slot], seats.taken[slot] = item, 0
    for seat in range(seats.taken[slot]):
        other = seats.raters[slot, seat]
        shared[rater, other] += 1
        shared[other, rater] += 1
    seats.raters[slot, seats.taken[slot]] = rater
    seats.taken[slot] += 1


@compiled
def _place_of(key: int, raters: Raters) -> int:
    place = 0
    while raters.hot[place]["rater"] != key:
        place += 1
    return place


def _judged(named: Named, limit: int, world: World, threshold: float) -> Figures:
    at, shared = np.minimum(named.at[:, limit], named.at[:, limit].transpose(0, 2, 1)), named.shared
    behaviours = np.array([one == HONEST for one in PAIRS_CREW])
    upper = np.triu(np.ones(at.shape[1:], bool), 1)
    honest = upper & behaviours[:, None] & behaviours[None, :]
    copying = np.zeros_like(honest)
    copying[range(0, _COPIERS, 2), range(1, _COPIERS, 2)] = True
    flagged = (at[:, behaviours][:, :, behaviours] < _NEVER).any(axis=2)
    return {
        "found": {
            f"{items} shared": round(float((at[:, copying] <= items)[shared[:, copying] >= items].mean()), 3)
            for items in _SHARED
        },
        "honest pairs": int(honest.sum()) * len(at),
        "honest pairs named": int((at[:, honest] < _NEVER).sum()),
        "honest raters named in 10,000 weeks": round(float(flagged.mean()) * 10_000, 1),
        "other pairs": int((upper & ~honest & ~copying).sum()) * len(at),
        "other pairs named": int((at[:, upper & ~honest & ~copying] < _NEVER).sum()),
        "can tell at 40": can_tell(named.by_share, world.classes, threshold, world.redundancy),
        "shared items to tell": _or_none(
            shared_items_to_tell(named.by_share, world.classes, threshold, world.redundancy)
        ),
    }


def _or_none(items: float) -> float | None:
    """JSON has no infinity."""
    return round(items) if items < _NEVER else None
