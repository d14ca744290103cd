"""How early can anybody find a random clicker? The likelihood-ratio test that knows the world it is in.

Idea. By Neyman and Pearson no test with the same false alarms finds more than the likelihood ratio of the two truths:
a random clicker draws labels from the prior of the truth, an honest rater reads items. A detector's recall is best read
as a share of what this test reaches; where that is little, the queue is at fault and not the detector.

What "exact" means here. The test knows the world's generative model and its population: how items are drawn, how crews
are composed, how honest raters of any ability and lean read items. It does not know the rater's own ability and lean,
which it integrates out; of an item it knows what the product's alarm knows at the same moment (peer_labels.py): the
labels of at most three peers, not who gave them. A detector that also learns which peers are reliable could do better
than this, in principle. It needs no warm-up, and it follows the maximum of the ratio since the rater's first judgment;
Neyman and Pearson's optimum is for a fixed number of judgments, which costs a per cent or two of recall at most.

Formula. With c the peers' labels, P_m(k | c) as in reading_model.py and profiles m = 1 … M drawn from the population,
    ratio_n = Π prior(k_i) / (1/M Σ_m Π P_m(k_i | c_i)),   alarm when the ratio reaches the threshold.
The threshold is set on fresh honest raters, so that a given share of them ever alarms within a given number of
judgments. "Pooled" is the simpler test with Π (1/M Σ_m P_m(k_i | c_i)) below: all honest raters taken to be the same.
"""

import math
from typing import NamedTuple

import numpy as np

from evaluation.peer_labels import Looks, looks
from evaluation.reading_model import ReadingModel, learn
from evaluation.run import Figures, Run
from evaluation.worlds import MODERATE, ROUGH, WORLDS, judgments
from evaluation.worlds.behaviours import HONEST, RANDOM
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Flags, Floats

FALSE_ALARM_RATES = (0.01, 0.001)
EXACT, POOLED = 0, 1
# With fewer honest raters than this above it, a threshold is read off the tail's shape and not off the sample.
_ENOUGH_ABOVE = 10
_TAIL = 0.05


class Highest(NamedTuple):
    """The highest log ratio that each rater reached: [rater, exact or pooled test]."""

    honest: Floats
    random: Floats


class _Running(NamedTuple):
    sums: Floats  # [rater, profile] log of P_m over prior, the pooled test's in the last column
    early: Floats  # [rater, test] highest log ratio within the early judgments
    ever: Floats  # [rater, test] highest log ratio within all that count


def section(run: Run) -> Figures:
    """Recall of random raters at their 60th judgment, by world, population and share of honest raters ever alarmed."""
    crews = 60 if run.quick else 400
    populations = {"moderate": MODERATE} if run.quick else {"moderate": MODERATE, "rough": ROUGH}
    figures: Figures = {}
    for name, population in populations.items():
        run.say(f"exact test, {name} worlds")
        for world in WORLDS.values():
            reached = highest(learn(world, population, seed=run.seed), seed=run.seed + 1, crews=crews)
            figures[f"{name} {world.name}"] = {f"at {rate:g}": _both(reached, rate) for rate in FALSE_ALARM_RATES}
        of_worlds = [figures[f"{name} {world}"] for world in WORLDS]
        figures[f"{name} mean"] = {
            at: {test: round(float(np.mean([one[at][test] for one in of_worlds])), 4) for test in ("exact", "pooled")}
            for at in of_worlds[0]
        }
    return figures


def recall(reached: Highest, rate: float, test: int = EXACT) -> float:
    """The share of random raters found early, where a share `rate` of honest raters ever alarms."""
    limit = threshold(reached.honest[:, test], rate)
    return float((reached.random[:, test] >= limit).mean())


def highest(model: ReadingModel, *, seed: int, crews: int, early: int = 60, within: int = 500) -> Highest:
    """Runs the test on crews of another seed: random raters to their `early`-th judgment, honest ones `within` many."""
    honest = np.array([one == HONEST for one in model.crew])
    random = np.array([one == RANDOM for one in model.crew])
    log_ratios = np.log(np.concatenate([model.chances, model.chances.mean(0)[None]]) / np.array(model.world.prior))
    found: list[_Running] = []
    stream = judgments(
        model.world, model.population, judgments_per_rater=within, seed=seed, crew=model.crew, crews=range(crews)
    )
    for number, seen in looks(stream, len(model.crew), model.world.redundancy):
        if number == len(found):
            found.append(_start(len(model.crew), len(log_ratios)))
        _follow(seen, log_ratios, honest | random, found[-1], (early, within))
    return Highest(
        honest=np.concatenate([one.ever[honest] for one in found]),
        random=np.concatenate([one.early[random] for one in found]),
    )


def threshold(honest: Floats, rate: float) -> float:
    """The log ratio that a share `rate` of honest raters ever reaches; `honest` holds the highest of each.

    Where fewer than ten of the sample would lie above, the tail beyond the highest 5 % is taken to be exponential with
    their mean excess, as the maximum of a random walk with negative drift has it.
    """
    if rate * len(honest) >= _ENOUGH_ABOVE:
        return float(np.quantile(honest, 1.0 - rate))
    begin = float(np.quantile(honest, 1.0 - _TAIL))
    return begin + float((honest[honest > begin] - begin).mean()) * math.log(_TAIL / rate)


def _both(reached: Highest, rate: float) -> dict[str, float]:
    return {name: round(recall(reached, rate, test), 4) for name, test in (("exact", EXACT), ("pooled", POOLED))}


def _start(raters: int, profiles: int) -> _Running:
    return _Running(np.zeros((raters, profiles)), np.full((raters, 2), -np.inf), np.full((raters, 2), -np.inf))


@compiled
def _follow(seen: Looks, log_ratios: Floats, tested: Flags, running: _Running, until: tuple[int, int]) -> None:
    early, within = until
    for look in range(len(seen.item)):
        rater = seen.rater[look]
        if tested[rater] and seen.judged[look] <= within:
            sums = running.sums[rater]
            for profile in range(len(sums)):
                sums[profile] += log_ratios[profile, seen.peers[look], seen.label[look]]
            for test, ratio in enumerate((-_log_mean(sums[:-1]), -sums[-1])):
                running.ever[rater, test] = max(running.ever[rater, test], ratio)
                if seen.judged[look] <= early:
                    running.early[rater, test] = max(running.early[rater, test], ratio)


@compiled
def _log_mean(logs: Floats) -> float:
    """The log of the mean of what these are the logs of."""
    top, total = logs.max(), 0.0
    for one in logs:
        total += math.exp(one - top)
    return float(top) + math.log(total / len(logs))
