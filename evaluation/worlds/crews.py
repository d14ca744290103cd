"""The raters of a simulated crew as columns: what the generator needs to know of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.worlds.behaviours import HONEST, Behaviour, Otherwise
from evaluation.worlds.scene import Traits

_PACE_SD = 0.25  # of the raters' own pace, in log time


@dataclass(frozen=True, slots=True)
class Population:
    """How much honest raters differ: sd of the ability and of the lean towards each class, both in logits."""

    ability_sd: float
    bias_sd: float


def traits_of(
    crew: Sequence[Behaviour], population: Population, ability_logits: float, classes: int, seed: tuple[int, int]
) -> Traits:
    """Draws the raters of a crew; everybody, honest or not, has an own ability, bias and pace."""
    chance = np.random.default_rng(seed)
    raters = len(crew)
    bias = chance.normal(0.0, population.bias_sd, (raters, classes))
    bias[np.arange(raters), chance.integers(classes, size=raters)] += [one.bias_logits for one in crew]
    return Traits(
        ability=chance.normal(ability_logits, population.ability_sd, raters),
        bias=bias,
        read=np.array([one.read for one in crew]),
        otherwise=np.array([_answer(one.otherwise, classes) for one in crew]),
        honest_until=np.array([one.honest_until for one in crew]),
        as_anyone=np.array([one.as_anyone for one in crew]),
        knows_golds=np.array([one.knows_golds for one in crew]),
        minority=np.array([one.minority for one in crew]),
        pace=chance.normal(0.0, _PACE_SD, raters) + np.log([one.time_factor for one in crew]),
        partner=_partners(crew),
        copies=np.array([one.copies for one in crew]),
        honest=np.array([place for place, one in enumerate(crew) if one == HONEST] or range(raters)),
    )


def _answer(otherwise: Otherwise, classes: int) -> int:
    """A class where the answer is constant, else the negative code itself."""
    constant = {Otherwise.FIRST: 0, Otherwise.LAST: classes - 1}
    return constant.get(otherwise, int(otherwise))


def _partners(crew: Sequence[Behaviour]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    partner = np.full(len(crew), -1)
    copiers = [place for place, one in enumerate(crew) if one.copies > 0]
    for first, second in zip(copiers[::2], copiers[1::2], strict=True):
        partner[first], partner[second] = second, first
    return partner
