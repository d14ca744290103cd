"""Copier pairs: how many the product finds after how many shared items, and how many honest pairs it names.

Crews of the design's worlds in which four of the honest are two pairs of copiers (nine answers in ten taken over from
the partner, whoever comes first), and one more world with three classes. A pair is found when either one's table names
it. Shared items are counted when the second of the two has judged; honest are the pairs of two honest raters, others
any pair that does not copy and has a rater of another behaviour in it.
"""

from dataclasses import dataclass

import numpy as np

from evaluation.run import Figures, Run
from evaluation.weighed import weighed
from evaluation.worlds import MODERATE, ROUGH, WORLDS, Population, World, judgments
from evaluation.worlds.behaviours import COPIER, CREW, HONEST
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints
from stream.quality.copying import PARTNERS, copying_threshold
from stream.quality.copying_power import can_tell, shared_items_to_tell
from stream.quality.partners import MEETINGS, PARTNER, TOTALS, is_named, meet

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
    raters, classes = len(PAIRS_CREW), world.classes
    at = np.full((crews, len(thresholds), raters, raters), _NEVER)
    shared, by_share, crew = np.zeros((crews, raters, raters), np.int64), np.zeros(MEETINGS, np.int64), -1
    stream = judgments(
        world, population, judgments_per_rater=judgments_per_rater, seed=seed, crew=PAIRS_CREW, crews=range(crews)
    )
    for number, rows in weighed(stream, raters, classes, world.redundancy):
        if number != crew:
            crew, tables = number, np.zeros((raters, PARTNERS), PARTNER)
            totals, mixes = np.zeros((raters, TOTALS), np.int64), np.zeros((raters, classes), np.int64)
        _meet_all(rows, tables, totals, mixes, by_share, shared[number], thresholds, at[number])
    return Named(at, shared, by_share)


@compiled
def _meet_all(
    rows: np.ndarray,
    tables: np.ndarray,
    totals: Ints,
    mixes: Ints,
    by_share: Ints,
    shared: Ints,
    thresholds: Floats,
    at: Ints,
) -> None:
    classes = mixes.shape[1]
    for row in range(len(rows)):
        one = rows[row]
        rater = one["rater"]
        for seat in range(one["peers"]):
            other = one["peer"][seat]
            if seat < one["before"]:
                shared[rater, other] += 1
                shared[other, rater] += 1
            key = np.uint64(other + 1)
            place = meet(
                key, one["peer_label"][seat], one["label"], one, mixes[rater], classes, tables[rater], totals[rater],
                by_share,
            )  # fmt: skip
            for limit in range(len(thresholds)):
                if place >= 0 and is_named(tables[rater][place], classes, thresholds[limit]):
                    at[limit, rater, other] = min(at[limit, rater, other], shared[rater, other])
        mixes[rater, one["label"]] += 1


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
