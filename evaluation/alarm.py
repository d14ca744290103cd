"""How early the alarm and the change detector find bad raters, and how many honest ones they flag: simulated worlds.

The product's kernels, at the thresholds that follow from the default policy, behind a small stage 1 (predictives.py).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import chi2

from evaluation.predictives import Scored, first, predict, reference, room
from evaluation.run import Figures, Run
from evaluation.worlds import MODERATE, ROUGH, WORLDS, Population, World, judgments
from evaluation.worlds import behaviours as b
from evaluation.worlds.behaviours import Behaviour
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints
from stream.quality.alarm import SCORED, add_known, add_scored, alarm_length, alarm_nats, explained_nats
from stream.quality.budget import thresholds
from stream.quality.change import AFTER, add_change, change_length, change_nats
from stream.quality.detectability import INFORMATION_SUMS, add_information, expected_judgments
from stream.quality.predictive import mix_share

_NEVER = 1 << 40
_WEEK = 2_500  # judgments of a rater-week, as in the default policy
_TICKET, _CRITICAL = 10e-4, 1e-4  # honest raters flagged, a rater-week
_ALARM_SHARE, _CHANGE_SHARE = 0.60, 0.20  # of the budget: the sums of the default policy's shares of these detectors
TICKET = thresholds(_ALARM_SHARE * _TICKET, _CHANGE_SHARE * _TICKET, _WEEK)
CRITICAL = thresholds(_ALARM_SHARE * _CRITICAL, _CHANGE_SHARE * _CRITICAL, _WEEK)
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

    off_golds: the rater's judgments off the golds at the ticket. expected: see detectability.py.
    """

    names: np.ndarray
    at: Ints
    off_golds: Ints
    expected: tuple[float, float, float]

    def share(self, name: str, within: int = _NEVER - 1, level: int = 0) -> float:
        """The share of a kind of rater flagged within so many judgments."""
        return float((self.at[self.names == name, level] <= within).mean())


class _Detectors(NamedTuple):
    alarms: Ints  # [rater, place]
    changes: Ints  # [rater, place]
    information: Ints
    at: Ints  # [rater, level]
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
    K, raters = world.classes, len(crew)
    stream = judgments(
        world,
        population,
        judgments_per_rater=judgments_per_rater,
        seed=seed,
        crew=crew,
        crews=range(crews),
        chunk_judgments=_CHUNK,
    )
    out, found, number = room(_CHUNK, K, world.redundancy), [_detectors(raters, K)], 0
    seen = reference(raters, K, world.redundancy)
    levels = np.array([TICKET, CRITICAL])
    for chunk in stream:
        if chunk.crew != number:
            number = chunk.crew
            seen = reference(raters, K, world.redundancy)
            found.append(_detectors(raters, K))
        made = predict(chunk.item, chunk.rater, chunk.label, chunk.known, seen, out)
        _follow(first(made, out), found[-1], levels, K)
    expected = expected_judgments(np.sum([one.information for one in found], 0), TICKET.alarm)
    return Flagged(
        np.tile([one.name for one in crew], len(found)),
        np.concatenate([one.at for one in found]),
        np.concatenate([one.off_golds[:, 1] for one in found]),
        expected,
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
        count = int((honest[:, level] < _NEVER).sum())
        upper = chi2.ppf(0.95, 2 * count + 2) / 2
        figures[name] = {"raters": count, "per 10,000": 1e4 * count / weeks, "upper 95 %": 1e4 * upper / weeks}
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


def _detectors(raters: int, K: int) -> _Detectors:
    return _Detectors(
        np.zeros((raters, alarm_length(K)), np.int64),
        np.zeros((raters, change_length(K)), np.int64),
        np.zeros(INFORMATION_SUMS, np.int64),
        np.full((raters, 2), _NEVER),
        np.zeros((raters, 2), np.int64),
    )


@compiled
def _follow(scored: Scored, to: _Detectors, levels: Floats, K: int) -> None:
    for place in range(len(scored.rater)):
        rater, label, counts = scored.rater[place], scored.label[place], scored.counts[place]
        alarm, change = to.alarms[rater], to.changes[rater]
        if scored.known[place] >= 0:
            right, expected = label == scored.known[place], mix_share(label, counts, K)
            add_known(right, scored.hit[place], expected, K, 1, alarm)
        else:
            before = explained_nats(alarm, K)
            add_scored(label, scored.said[place], counts, K, alarm)
            if alarm[SCORED] > AFTER:
                add_change(label, scored.said[place], counts, K, explained_nats(alarm, K) - before, change)
            add_information(scored.said[place], counts, K, to.information)
            to.off_golds[rater, 0] += 1
        found, since = alarm_nats(alarm, K), change_nats(change, K)
        for level in range(2):
            if to.at[rater, level] == _NEVER and (found >= levels[level, 0] or since >= levels[level, 1]):
                to.at[rater, level] = scored.judged[place]
                if level == 0:
                    to.off_golds[rater, 1] = to.off_golds[rater, 0]
