"""What an item is, and what a rater of some behaviour answers to it.

An honest rater's log odds of class k on an item of truth z: own lean to k, plus (ability - difficulty) if k is z, plus
a common pull if k is the item's distractor (beyond two classes). Items carry no state: they are drawn anew when asked.
"""

import math

import numpy as np

from evaluation.worlds.chance import below, normal, uniform
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import OPEN_ITEMS, Floats, Progress, Scene, Traits

_MIX, _UNIFORM, _ANOTHER = -1, -2, -3  # behaviours.Otherwise, as plain numbers for the compiler
_SLIP = 0.03  # of constant answers
_DISTRACTION = math.exp(0.7)  # on the odds of the label to which an item misleads everybody
_GOLD_CARE = 2.5  # logits that a rater who recognises a gold gains on it

# What a draw is for. Draws of an item are indexed by the item, draws of an answer by item and seat.
_TRUTH, _DIFFICULTY, _DISTRACTOR, _GOLD, _OPEN = 1, 2, 3, 4, 5
_COPY, _READ, _LENDER, _READING, _STAND_IN, _SLIPS = 11, 12, 13, 14, 15, 16


@compiled
def truth_of(scene: Scene, item: int) -> int:
    """The class that the guideline asks for."""
    return _from_prior(scene, uniform(scene.key, _TRUTH, item))


@compiled
def known_answer(scene: Scene, item: int) -> int:
    """The truth of an item with a known answer, -1 of any other."""
    return truth_of(scene, item) if uniform(scene.key, _GOLD, item) < scene.gold_share else -1


@compiled
def answer(scene: Scene, traits: Traits, progress: Progress, item: int, rater: int) -> int:
    """The rater's label, given who has judged the item before."""
    draw = item * scene.redundancy + progress.taken[item % OPEN_ITEMS]
    if traits.copies[rater] > 0.0 and uniform(scene.key, _COPY, draw) < traits.copies[rater]:
        copied = label_of(progress, item, traits.partner[rater])
        if copied >= 0:
            return copied
    honest = progress.judged[rater] <= traits.honest_until[rater]
    on_gold = traits.knows_golds[rater] and known_answer(scene, item) >= 0
    if honest or on_gold or uniform(scene.key, _READ, draw) < traits.read[rater]:
        return _reading(scene, traits, item, rater, draw)
    if traits.otherwise[rater] == _ANOTHER:
        return _another(scene, _STAND_IN, draw, _reading(scene, traits, item, rater, draw))
    return _stand_in(scene, traits.otherwise[rater], draw)


@compiled
def label_of(progress: Progress, item: int, rater: int) -> int:
    """What a rater has already answered to the item, -1 if nothing."""
    row = item % OPEN_ITEMS
    for seat in range(progress.taken[row]):
        if progress.raters[row, seat] == rater:
            return int(progress.labels[row, seat])
    return -1


@compiled
def _reading(scene: Scene, traits: Traits, item: int, rater: int, draw: int) -> int:
    """The label of somebody who looks at the item."""
    truth, classes = truth_of(scene, item), len(scene.cumulative)
    if traits.minority[rater] and uniform(scene.key, _OPEN, item) < scene.open_share:
        truth = (truth + 1) % classes
    reader = rater
    if traits.as_anyone[rater]:
        reader = traits.honest[below(scene.key, _LENDER, draw, len(traits.honest))]
    ability = traits.ability[reader]
    if traits.knows_golds[rater] and known_answer(scene, item) >= 0:
        ability += _GOLD_CARE
    weights = np.empty(classes)
    reading_weights(scene, item, truth, ability, traits.bias[reader], weights)
    left = uniform(scene.key, _READING, draw) * weights.sum()
    for label in range(classes - 1):
        left -= weights[label]
        if left < 0.0:
            return label
    return classes - 1


@compiled
def reading_weights(scene: Scene, item: int, truth: int, ability: float, bias: Floats, weights: Floats) -> None:
    """Sets how likely each label is, up to their sum, for a reader who looks for this truth."""
    clarity = ability - scene.difficulty_sd * normal(scene.key, _DIFFICULTY, item)
    for label in range(len(weights)):
        weights[label] = math.exp(bias[label] + (clarity if label == truth else 0.0))
    if len(weights) > 2:  # noqa: PLR2004
        weights[_another(scene, _DISTRACTOR, item, truth_of(scene, item))] *= _DISTRACTION


@compiled
def _stand_in(scene: Scene, otherwise: int, draw: int) -> int:
    """The label of somebody who does not look at the item."""
    chance, classes = uniform(scene.key, _STAND_IN, draw), len(scene.cumulative)
    if otherwise == _MIX:
        return _from_prior(scene, chance)
    if otherwise == _UNIFORM or uniform(scene.key, _SLIPS, draw) < _SLIP:
        return int(chance * classes)
    return otherwise


@compiled
def _another(scene: Scene, purpose: int, index: int, label: int) -> int:
    other = below(scene.key, purpose, index, len(scene.cumulative) - 1)
    return other if other < label else other + 1


@compiled
def _from_prior(scene: Scene, chance: float) -> int:
    label = 0
    while chance >= scene.cumulative[label] and label < len(scene.cumulative) - 1:
        label += 1
    return label
