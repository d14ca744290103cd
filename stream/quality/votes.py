"""How much a rater's answer says about an item's true answer, from a summary of that rater that lags behind.

Stage 2 knows how skilled a rater is and which labels it prefers; a summary (skill, label mix) comes back to stage 1 as
a control record in its own log. With skill t, label mix f and a good rater's hit rate g, the rater gives the true
answer k with probability t g + (1 - t) f_k, and gives k although another is true with t (1 - g) / (K - 1) +
(1 - t) f_k. The log ratio of the two is the answer's weight in nats; a rater who gives k whatever is true weighs
nothing. Weights are kept as thousandths of a nat in an open-addressed table, looked up by rater and queue; before them
stands the skill itself, in thousandths, for whoever asks how good an answerer is rather than what an answer says.
"""

import math

import numpy as np

from stream.quality.compiled import compiled, int64, uint64
from stream.quality.schema import SHARE

NAT = 1000
SKILL, WEIGHTS = 0, 1  # columns of a rater's row: the skill, then a weight for each label
SKILL_UNIT = 1000  # a skill of 1
UNKNOWN = -1  # the skill of a rater of whom nothing is known
_NOBODY = np.uint64(0)


@compiled
def vote_key(rater: int, queue: int) -> int:
    """What stands for a rater on a queue; never 0. Both keys are hashes, so that mixing them needs no more."""
    turned = (uint64(queue) << np.uint64(17)) | (uint64(queue) >> np.uint64(47))
    return uint64(uint64(rater) ^ turned | uint64(1))


@compiled
def place_of(keys: np.ndarray, key: int) -> int:
    """Where the key stands in uint64[2^n], or the free place where it belongs."""
    mask = uint64(len(keys) - 1)
    at = (uint64(key) >> np.uint64(20)) & mask
    while keys[at] != _NOBODY and keys[at] != uint64(key):
        at = (at + np.uint64(1)) & mask
    return int64(at)


@compiled
def vote(keys: np.ndarray, weights: np.ndarray, rater: int, queue: int, label: int, usual: float) -> float:
    """Nats that the rater's answer adds to its label; `usual` where nothing is known of the rater."""
    key = vote_key(rater, queue)
    at = place_of(keys, key)
    return weights[at, WEIGHTS + label] / NAT if keys[at] == uint64(key) else usual


@compiled
def stale_skill(keys: np.ndarray, weights: np.ndarray, rater: int, queue: int) -> int:
    """The rater's skill as last told, 0 to SKILL_UNIT, or UNKNOWN."""
    key = vote_key(rater, queue)
    at = place_of(keys, key)
    return int64(weights[at, SKILL]) if keys[at] == uint64(key) else UNKNOWN


@compiled
def weigh_rater(skill: int, mix: np.ndarray, good: float, classes: int, weights: np.ndarray) -> None:
    """Fills int16[WEIGHTS + labels] from a skill and a label mix in SHAREs."""
    t = skill / SHARE
    weights[SKILL] = int64(math.floor(t * SKILL_UNIT + 0.5))
    for k in range(classes):
        guess = (1.0 - t) * mix[k] / SHARE + 1e-6
        hit, miss = t * good + guess, t * (1.0 - good) / max(classes - 1, 1) + guess
        weights[WEIGHTS + k] = int64(math.floor(math.log(hit / miss) * NAT + 0.5))


@compiled
def weigh_raters(
    summaries: np.ndarray, rows: np.ndarray, good: np.ndarray, classes: np.ndarray, keys: np.ndarray, found: np.ndarray
) -> int:
    """Fills uint64[n] and int16[n, WEIGHTS + LABELS_MAX] with what SUMMARY[n] say of raters; answers of how many.

    `rows` int64[n] are their queues' rows, -1 for a queue that is not known; `good` and `classes` are by row.
    """
    count = 0
    for i in range(len(summaries)):
        row = rows[i]
        if row < 0:
            continue
        summary = summaries[i]
        keys[count] = vote_key(summary["rater"], summary["queue"])
        found[count] = 0
        weigh_rater(int64(summary["skill"]), summary["mix"], good[row], classes[row], found[count])
        count += 1
    return count


@compiled
def put_votes(
    keys: np.ndarray, weights: np.ndarray, room: int, new: np.ndarray, found: np.ndarray, taken: np.ndarray
) -> int:
    """Puts weights of the keys `new`, one after another, into a table with `room` for so many further keys.

    `taken` bool[n] says of which keys; answers how many were not in the table before.
    """
    added = 0
    for i in range(len(new)):
        at = place_of(keys, new[i])
        taken[i] = keys[at] != _NOBODY or added < room
        if taken[i]:
            if keys[at] == _NOBODY:
                keys[at] = new[i]
                added += 1
            weights[at] = found[i]
    return added


@compiled
def find_votes(keys: np.ndarray, weights: np.ndarray, wanted: np.ndarray, found: np.ndarray, used: np.ndarray) -> None:
    """Fills int16[n, …] with the weights of keys that are in the table, `used` with how many come before only zeros."""
    for i in range(len(wanted)):
        at = place_of(keys, wanted[i])
        used[i] = 0
        for k in range(weights.shape[1]):
            found[i, k] = weights[at, k]
            if weights[at, k] != 0:
                used[i] = k + 1
