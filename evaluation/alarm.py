"""How early the alarm and the change detector find bad raters, and how many honest ones they flag: simulated worlds.

The product's kernels, at the thresholds that follow from the default policy, behind a small stage 1 (predictives.py).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import chi2

from evaluation.run import Figures, Run
from evaluation.stages import CrewStages, Inbox, Played, take_outcome
from evaluation.worlds import MODERATE, ROUGH, WORLDS, Population, World, judgments
from evaluation.worlds import behaviours as b
from evaluation.worlds.behaviours import Behaviour
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints
from stream.policy.declared import DeclaredPolicy
from stream.quality.alarm import alarm_nats
from stream.quality.budget import Thresholds
from stream.quality.change import change_nats
from stream.quality.compiled import int64
from stream.quality.detectability import expected_judgments
from stream.quality.rater_rows import Raters
from stream.quality.schema import Flag
from stream.stages.policies import derived

_NEVER = 1 << 40
_WEEK = 2_500  # judgments of a rater-week, as in the default policy
_POLICY = derived(DeclaredPolicy())
TICKET = Thresholds(_POLICY.alarm, _POLICY.change)
CRITICAL = Thresholds(_POLICY.alarm_critical, _POLICY.change_critical)
_GOLD = int(Flag.GOLD_SEEN)
_CHUNK = 20_000
_TURN = 250
_SOON = 60

_TURNING = (*[b.HONEST] * 28, *[b.degrading(_TURN, b.Otherwise.MIX)] * 6, *[b.degrading(_TURN, b.Otherwise.FIRST)] * 6)
_ODD = (
    *[b.HONEST] * 20,
    *[b.MINORITY] * 4,
    *[b.SLOW] * 4,
    *[b.FAST_BUT_RIGHT] * 4,
    *[b.GOLD_AWARE] * 4,
    *[b.RANDOM] * 4,
)


class Flagged(NamedTuple):
    """At which judgment of each rater a threshold was first reached: int64[rater, (ticket, critical)]; else _NEVER.

    by: the same shape, 0 by the alarm, 1 by the change detector.
    off_golds: the rater's judgments off the golds at the ticket. expected: see detectability.py.
    """

    names: np.ndarray
    at: Ints
    by: Ints
    off_golds: Ints
    expected: tuple[float, float, float]

    def share(self, name: str, within: int = _NEVER - 1, level: int = 0) -> float:
        """The share of a kind of rater flagged within so many judgments."""
        return float((self.at[self.names == name, level] <= within).mean())


class _Firsts(NamedTuple):
    """Of each rater of a crew: int64[rater, (ticket, critical)] as in Flagged, and judgments off the golds so far."""

    at: Ints
    by: Ints  # which test reached the threshold first: 0 the alarm, 1 the change detector
    off_golds: Ints  # [rater, (so far, at the ticket)]


def section(run: Run) -> Figures:
    """Recall, false alarms against the budget, delays after a change, and raters who are odd but good."""
    crews = 12 if run.quick else 120
    figures: Figures = {"ticket nats": TICKET._asdict(), "critical nats": CRITICAL._asdict()}
    for name, population in (("moderate", MODERATE), ("rough", ROUGH)):
        run.say(f"alarm, {name} worlds")
        figures[name] = {world.name: _recall(world, population, run.seed, crews) for world in WORLDS.values()}
        figures[name]["mean"] = _means(list(figures[name].values()))
    run.say("alarm, the budget over many judgments")
    weeks = (4, _WEEK) if run.quick else (crews, 4 * _WEEK)
    figures["budget"] = {world.name: _budget(world, run.seed + 1, *weeks) for world in WORLDS.values()}
    run.say("change after good work")
    figures["change"] = {world.name: _delays(world, run.seed + 2, crews // 4) for world in WORLDS.values()}
    run.say("odd but good, and good on golds only")
    figures["odd"] = {world.name: _odd(world, run.seed + 3, crews // 4) for world in WORLDS.values()}
    return figures


def flagged(
    world: World, population: Population, crew: Sequence[Behaviour], *, seed: int, crews: int, judgments_per_rater: int
) -> Flagged:
    """Runs crews through both detectors."""
    stream = judgments(
        world,
        population,
        judgments_per_rater=judgments_per_rater,
        seed=seed,
        crew=crew,
        crews=range(crews),
        chunk_judgments=_CHUNK,
    )
    firsts: list[_Firsts] = []
    information = []
    levels = np.array([TICKET, CRITICAL])
    for chunk in stream:
        if chunk.crew == len(firsts):
            stages = CrewStages(world, len(crew))
            firsts.append(_firsts(len(crew)))
            information.append(stages.raters.tells[len(crew)])
        for played in stages.play(chunk):
            _follow(played, stages.raters, stages.inbox, levels, world.classes, firsts[-1])
    return Flagged(
        np.tile([one.name for one in crew], len(firsts)),
        np.concatenate([one.at for one in firsts]),
        np.concatenate([one.by for one in firsts]),
        np.concatenate([one.off_golds[:, 1] for one in firsts]),
        expected_judgments(np.sum(information, 0), TICKET.alarm),
    )


def _recall(world: World, population: Population, seed: int, crews: int) -> Figures:
    found = flagged(world, population, b.CREW, seed=seed, crews=crews, judgments_per_rater=500)
    figures: Figures = {f"{kind} at 60": round(found.share(kind, _SOON), 4) for kind in ("random", "inverted")}
    figures["constant at 60"] = round(
        (found.share("constant major", _SOON) + found.share("constant minor", _SOON)) / 2, 4
    )
    for kind in ("honest", "boundary", "biased", "lazy"):
        figures[f"{kind} ticketed in 500"] = round(found.share(kind), 5)
    figures["honest critical in 500"] = round(found.share("honest", level=1), 5)
    figures["expected judgments"] = [_whole(one) for one in found.expected]
    return figures


def _budget(world: World, seed: int, crews: int, each: int) -> Figures:
    """Honest raters flagged per 10,000 rater-weeks, with the upper end of the one-sided 95 % interval (Poisson)."""
    found = flagged(world, MODERATE, b.CREW, seed=seed, crews=crews, judgments_per_rater=each)
    honest = found.at[found.names == "honest"]
    weeks = len(honest) * each / _WEEK
    figures: Figures = {"rater-weeks": weeks}
    for level, name in enumerate(("ticketed", "critical")):
        mine = honest[:, level] < _NEVER
        count, by_change = int(mine.sum()), int(found.by[found.names == "honest", level][mine].sum())
        upper = chi2.ppf(0.95, 2 * count + 2) / 2
        rates = {"per 10,000": 1e4 * count / weeks, "upper 95 %": 1e4 * upper / weeks}
        figures[name] = {"raters": count, "by change": by_change, **rates}
    return figures


def _delays(world: World, seed: int, crews: int) -> Figures:
    found = flagged(world, MODERATE, _TURNING, seed=seed, crews=max(crews, 1), judgments_per_rater=600)
    figures: Figures = {}
    for kind in ("mix", "first"):
        delay = found.at[found.names == f"degrading to {kind}", 0] - _TURN
        delay = delay[delay > 0]
        figures[f"to {kind}"] = {"median": _whole(float(np.median(delay))), "in 60": float((delay <= _SOON).mean())}
    return figures


def _odd(world: World, seed: int, crews: int) -> Figures:
    with_golds = replace(world, gold_share=0.1)
    found = flagged(with_golds, MODERATE, _ODD, seed=seed, crews=max(crews, 1), judgments_per_rater=500)
    figures: Figures = {
        one.name: round(found.share(one.name), 4) for one in (b.HONEST, b.SLOW, b.FAST_BUT_RIGHT, b.MINORITY)
    }
    aware = np.where(found.at[:, 0] < _NEVER, found.off_golds, _NEVER)[found.names == b.GOLD_AWARE.name]
    figures["gold aware, judgments off the golds"] = _whole(float(np.median(aware)))
    return figures


def _means(worlds: list[Any]) -> Figures:
    return {key: round(float(np.mean([one[key] for one in worlds])), 4) for key in worlds[0] if "at 60" in key}


def _whole(number: float) -> int | None:
    """None for what never comes: JSON has no infinity."""
    return round(number) if math.isfinite(number) and number < _NEVER / 2 else None


def _firsts(raters: int) -> _Firsts:
    return _Firsts(np.full((raters, 2), _NEVER), np.zeros((raters, 2), np.int64), np.zeros((raters, 2), np.int64))


@compiled
def _follow(played: Played, raters: Raters, inbox: Inbox, levels: Floats, classes: int, to: _Firsts) -> None:
    for place in range(len(played.rows)):
        row, rater = played.rows[place], int64(played.places[place])
        if row["first"] and not int64(row["new"]["flags"]) & _GOLD:
            to.off_golds[rater, 0] += 1
        if not take_outcome(row, raters, rater, inbox):
            continue
        found, since = alarm_nats(raters.alarm[rater], classes), change_nats(raters.change[rater], classes)
        for level in range(2):
            if to.at[rater, level] == _NEVER and (found >= levels[level, 0] or since >= levels[level, 1]):
                to.at[rater, level] = raters.hot[rater]["seen"]
                to.by[rater, level] = found < levels[level, 0]
                if level == 0:
                    to.off_golds[rater, 1] = to.off_golds[rater, 0]
