"""What the others' answers on an item say about its true answer, and with it about each answer given.

The posterior of the true answer z is a weighted vote: log q(z) = log prior(z) + sum of the weights of those who gave z.
Reading A takes every rater for the queue's usual one; reading B weighs each by its summary (`votes.py`). Each fails on
other crowds, which is why both are kept. A known answer votes too, with the odds of GOLD_VOTE.

`fit` is the probability that a good rater gives this answer, from the others alone (leave one out); `belief` is the
probability that the answer is right with its own vote counted. Reference: Dawid and Skene (1979), one pass.
"""

import math
from typing import Any

import numpy as np

from stream.quality.agreement import label_share
from stream.quality.compiled import compiled, int64
from stream.quality.item_rows import Queues
from stream.quality.near_misses import corrected_rest, count_miss
from stream.quality.rank_sums import follows
from stream.quality.reference import (
    ABAR,
    BELIEF_A,
    BELIEF_B,
    BIN_ALL,
    BIN_HIT,
    BINS,
    FOLLOWS_A,
    FOLLOWS_B,
    LIKELY,
    TOP_ALL,
    TOP_HIT,
    WEIGHED,
    as_share,
    calibrated,
    counted,
    in_good_standing,
    odds_bin,
)
from stream.quality.schema import NO_LABEL, PREDICTED, SHARE
from stream.quality.votes import stale_skill

GOLD_VOTE = math.log(99.0)  # a known answer is taken to be right 99 times in 100
WARM_UP = 100.0  # judgments weighed in a queue before its calibration is trusted


@compiled
def normalise(logs: np.ndarray, classes: int) -> None:
    """Turns float64[classes] of log weights into probabilities, in place."""
    most = logs[0]
    for z in range(1, classes):
        most = max(most, logs[z])
    total = 0.0
    for z in range(classes):
        logs[z] = math.exp(logs[z] - most)
        total += logs[z]
    for z in range(classes):
        logs[z] /= total


@compiled
def fit_of(likely: float, good: float, classes: int) -> int:
    """The share of good raters who give an answer that is right with probability `likely`."""
    return as_share(likely * good + (1.0 - likely) * (1.0 - good) / max(classes - 1, 1))


@compiled
def belief_of(likely: float, own_vote: float) -> int:
    """The probability that the answer is right, its own vote of so many nats counted."""
    odds = likely * math.exp(own_vote)
    return as_share(odds / (odds + 1.0 - likely))


@compiled
def predict(row: Any, q: np.ndarray, p: np.ndarray, queue: int, known: Queues) -> None:
    """Writes into an OUTCOME what the others led one to expect of this answer, and counts it for the calibration.

    `q` float64[classes] is the leave-one-out posterior, `p` working memory of the same size. The four likeliest answers
    travel; the rest is spread evenly.
    """
    classes = int64(known.queues[queue]["classes"])
    abar = known.values[queue, ABAR]
    label = int64(row["new"]["label"])
    top = 0
    for z in range(classes):
        if q[z] > q[top]:
            top = z
    b = odds_bin(q[top])
    if counted(queue, WEIGHED, known) >= WARM_UP:
        model = q[top] * abar + (1.0 - q[top]) * (1.0 - abar) / (classes - 1)
        hit = calibrated(queue, top, b, model, known)
        corrected_rest(q, top, queue, known, p)
        for z in range(classes):
            p[z] *= 1.0 - hit
        p[top] = hit
        row["weighed"] = 1
        _write(row, p, top, label, classes)
    known.own[queue, WEIGHED] += 1
    known.own[queue, LIKELY] += int64(q[label] * SHARE + 0.5)
    known.own[queue, BELIEF_A] += int64(row["new"]["belief_a"])
    known.own[queue, BELIEF_B] += int64(row["new"]["belief_b"])
    known.own[queue, FOLLOWS_A] += follows(row["new"]["fit_a"] / SHARE, label_share(row["new"]))
    known.own[queue, FOLLOWS_B] += follows(row["new"]["fit_b"] / SHARE, label_share(row["new"]))
    skill = stale_skill(known.vote_keys, known.vote_weights, row["rater"], known.queues[queue]["key"])
    if in_good_standing(skill, queue, known):
        known.own[queue, BIN_ALL + b] += 1
        known.own[queue, TOP_ALL + top * BINS + b] += 1
        if label == top:
            known.own[queue, BIN_HIT + b] += 1
            known.own[queue, TOP_HIT + top * BINS + b] += 1
        else:
            count_miss(label, q, top, queue, known, p)
    known.queues[queue]["dirty"] = 1


@compiled
def _write(row: Any, p: np.ndarray, top: int, label: int, classes: int) -> None:
    """The answer that the peers make likeliest first, then the others in the order of falling share, then label."""
    last, before = 2.0, -1
    for place in range(PREDICTED):
        best = top if place == 0 else -1
        if place > 0:
            for z in range(classes):
                behind = p[z] < last or (p[z] == last and z > before)
                if z != top and behind and (best < 0 or p[z] > p[best]):
                    best = z
            if best >= 0:
                last, before = p[best], best
        row["labels"][place] = best if best >= 0 else NO_LABEL
        row["shares"][place] = as_share(p[best]) if best >= 0 else 0
    row["own"] = as_share(p[label])
