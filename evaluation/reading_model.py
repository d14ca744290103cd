"""How honest raters of a population answer, given the labels of their peers: the table under the exact test.

P_m(k | c) is the chance that an honest rater of profile m (own ability and lean to each class) answers k on an item on
which the peers' labels are c. No label of an honest rater is counted for it: on each item that a crew has judged in a
learning run, the world's own formula says how likely each label is for each profile, and the mean over the items with
the same peers' labels is P_m(k | c). Profiles are a Sobol sequence of the population (Owen's scrambling), so that 128
of them cover it evenly; 12 crews of 1,000 judgments a rater make some 300,000 looks at items.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from evaluation.peer_labels import looks, peer_codes
from evaluation.worlds import Population, World, judgments
from evaluation.worlds.answers import reading_weights, truth_of
from evaluation.worlds.behaviours import CREW, HONEST, Behaviour
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints, Scene
from evaluation.worlds.stream import scene_of

_PROFILES = 128  # a power of two keeps a Sobol sequence balanced
_CREWS, _JUDGMENTS_PER_RATER = 12, 1_000


@dataclass(frozen=True, slots=True)
class ReadingModel:
    """What an honest rater of a population answers in a world, and in a crew of which composition.

    chances: [profile, peers' labels as in Looks.peers, own label], each row a distribution.
    """

    world: World
    population: Population
    crew: tuple[Behaviour, ...]
    chances: Floats


def learn(
    world: World, population: Population, *, seed: int, crew: Sequence[Behaviour] = CREW, crews: int = _CREWS
) -> ReadingModel:
    """Runs the world once and takes P_m(k | c) from its items."""
    ability, bias = _profiles(world, population, seed)
    honest = np.array([one == HONEST for one in crew])
    weight = np.zeros(peer_codes(world.classes))
    chances = np.zeros((_PROFILES, len(weight), world.classes))
    stream = judgments(
        world, population, judgments_per_rater=_JUDGMENTS_PER_RATER, seed=seed, crew=crew, crews=range(crews)
    )
    for number, seen in looks(stream, len(crew), world.redundancy):
        mine = honest[seen.rater]
        _add(scene_of(world, 0, (seed, number)), seen.item[mine], seen.peers[mine], (ability, bias), (chances, weight))
    # One look's weight of the prior: peers' labels that were never seen then say nothing about an honest rater.
    return ReadingModel(world, population, tuple(crew), (chances + np.array(world.prior)) / (weight[:, None] + 1.0))


def _profiles(world: World, population: Population, seed: int) -> tuple[Floats, Floats]:
    sd = np.array([population.ability_sd] + [population.bias_sd] * world.classes)
    drawn = qmc.MultivariateNormalQMC(np.zeros(len(sd)), rng=seed).random(_PROFILES) * sd
    return world.ability_logits + drawn[:, 0], np.ascontiguousarray(drawn[:, 1:])


@compiled
def _add(scene: Scene, items: Ints, peers: Ints, profiles: tuple[Floats, Floats], sums: tuple[Floats, Floats]) -> None:
    (ability, bias), (chances, weight) = profiles, sums
    weights = np.empty(chances.shape[2])
    for look in range(len(items)):
        truth, code = truth_of(scene, items[look]), peers[look]
        weight[code] += 1.0
        for profile in range(len(ability)):
            reading_weights(scene, items[look], truth, ability[profile], bias[profile], weights)
            total = weights.sum()
            for label in range(len(weights)):
                chances[profile, code, label] += weights[label] / total
