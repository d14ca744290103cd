"""What one score adds to the sums that a rater's rank on a queue is read from: eleven integers, in any order.

A score says of a judgment how well its label fits what the peers make of the item. `fit` is the probability of the
label predicted from the other labels, `belief` the probability that it is right with the own vote counted; each by two
posteriors, A (everybody weighs alike) and B (by the rater's stale summary). `share` is the label's share in the
queue when it arrived. Every term is rounded to a whole number before it is added, so a score that is taken back leaves
exactly what was there before.
"""

import math
from typing import Any

import numpy as np

from stream.quality.agreement import label_share
from stream.quality.compiled import compiled, int64
from stream.quality.schema import NAT, SHARE

# Columns of the sums, int64[RANK_SUMS]. A queue's row holds the same sums over all of its raters.
JUDGED = 0  # judgments
SCORED = 1  # those with a peer
BELIEF_A = 2  # Σ belief_a, units of 1 / SHARE
BELIEF_B = 3
FOLLOWS_A = 4  # Σ log(.9 fit_a + .1 share), units of 1 / NAT: the answer explained by the item
FOLLOWS_B = 5
SKILL_FIRST = 6  # Σ log(g fit_b + (1 - g) share + 1e-4) for each g of SKILLS
SKILLS = (0.0, 0.25, 0.5, 0.75, 1.0)
RANK_SUMS = SKILL_FIRST + len(SKILLS)

_FLOOR = 1e-4  # no single answer may rule a skill out for good


@compiled
def add_rank(score: Any, sign: int, sums: np.ndarray) -> None:
    """Adds (sign 1) or takes back (sign -1) a record with fit_a, fit_b, belief_a, belief_b, share and peers.

    Not for judgments that stay out of the label mix: skipped or repeated ones, and those on items with a known answer.
    """
    share = max(label_share(score), _FLOOR)
    sums[JUDGED] += sign
    if int64(score["peers"]) == 0:
        alone = sign * _nats(share)
        sums[FOLLOWS_A] += alone
        sums[FOLLOWS_B] += alone
        return
    fit_a, fit_b = score["fit_a"] / SHARE, score["fit_b"] / SHARE
    sums[SCORED] += sign
    sums[BELIEF_A] += sign * int64(score["belief_a"])
    sums[BELIEF_B] += sign * int64(score["belief_b"])
    sums[FOLLOWS_A] += sign * follows(fit_a, share)
    sums[FOLLOWS_B] += sign * follows(fit_b, share)
    for g in range(len(SKILLS)):
        sums[SKILL_FIRST + g] += sign * _nats(SKILLS[g] * fit_b + (1.0 - SKILLS[g]) * share + _FLOOR)


@compiled
def follows(fit: float, share: float) -> int:
    """Nats (in units of 1 / NAT) of an answer that is explained by its item, or else by the label mix."""
    return _nats(0.9 * fit + 0.1 * max(share, _FLOOR))


@compiled
def _nats(p: float) -> int:
    return int64(np.rint(NAT * math.log(p)))
