import numpy as np
from numpy.typing import NDArray

from stream.simulate.labels import Codes
from stream.simulate.scene import Scene

DECOY_MEMBER = 1.0  # logits by which the doubtful member of a set item is harder than the others
STEP = 0.6  # share of the ease that each step of an ordinal scale away from the truth costs


def perceive(scene: Scene, rng: np.random.Generator) -> Codes:
    """What each rater sees when they look: the label code by a Rasch-like model, ease = ability + skill - difficulty.

    Nominal: the truth gains `ease` logits, the decoy the queue's distraction; ordinal: a level loses 0.6 ease for each
    step from the truth; set: each member is told with probability sigmoid(ease). Own leanings come on top.
    """
    work, items = scene.work, scene.items
    ease = np.float32(scene.queue.ability) + scene.crowd.skill[work.rater] - items.difficulty[work.item]
    if scene.labels.kind == "set":
        return _members(scene, ease, rng)
    truth = items.truth[work.item]
    # exp(-logit) of each label; the least of exponential times divided by odds is a draw in proportion to the odds.
    against = scene.crowd.against[work.rater, : scene.labels.size]
    rows = np.arange(len(work))
    if scene.labels.kind == "ordinal":
        steps = np.abs(np.arange(scene.labels.size, dtype=np.float32) - truth[:, None].astype(np.float32))
        against = against * np.exp(np.minimum(STEP * ease[:, None] * steps, np.float32(60)))
    else:
        against[rows, truth] *= np.exp(-ease)
        if scene.labels.size > 2:  # noqa: PLR2004  (with two labels the decoy is the only wrong one)
            against[rows, items.decoy[work.item]] *= np.float32(np.exp(-scene.queue.distraction))
    return np.asarray(np.argmin(against * rng.standard_exponential(against.shape, np.float32), axis=1), np.int64)


def _members(scene: Scene, ease: NDArray[np.float32], rng: np.random.Generator) -> Codes:
    items, members = scene.work.item, np.arange(scene.labels.size)
    ease_by_member = ease[:, None] - np.float32(DECOY_MEMBER) * (scene.items.decoy[items][:, None] == members)
    slips = rng.random((len(items), scene.labels.size), np.float32) * (1 + np.exp(ease_by_member)) < 1
    return scene.labels.never_empty(scene.items.truth[items] ^ scene.labels.mask(slips))
