"""A rater's summary for weighing the own vote on an item: a skill and a label mix.

A rater of skill θ answers as the peers predict with probability θ, and otherwise from the own label mix: one number for
"looks at the item" (Dawid and Skene's model with one coin, the coin's tails being the rater's habits). θ is the mean of
its posterior on the grid SKILLS; before the first judgment most raters are taken to look (mean .62). The mix is the own
label counts with four pseudo-judgments of the queue's mix.

Read: 1 answers as well as peers can tell, 0 answers that have nothing to do with the items. It is corrected for chance:
a rater who always gives the usual answer has a skill near 0, however often that is right.

Reference: Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates; Hovy et al. (2013), MACE.
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.predictive import mix_share
from stream.quality.rank_sums import SKILL_FIRST, SKILLS
from stream.quality.schema import NAT

_USUAL = (2.0, 2.5, 5.5, 8.0, 5.0)  # weights of SKILLS: most people work, few at chance, few perfectly
MIX_PRIOR = 4.0  # pseudo-judgments of the queue's mix: Agresti and Coull's four


@compiled
def skill(sums: np.ndarray) -> float:
    """θ in [0, 1] from int64[RANK_SUMS]."""
    most = sums[SKILL_FIRST]
    for g in range(len(SKILLS)):
        most = max(most, sums[SKILL_FIRST + g])
    weight, total = 0.0, 0.0
    for g in range(len(SKILLS)):
        likelihood = _USUAL[g] * math.exp((sums[SKILL_FIRST + g] - most) / NAT)
        weight += likelihood
        total += likelihood * SKILLS[g]
    return total / weight


@compiled
def own_share(label: int, mix: np.ndarray, queue_mix: np.ndarray, scale: int) -> float:
    """f(k): a label's share in the rater's answers, drawn towards the queue's."""
    prior = MIX_PRIOR * mix_share(label, queue_mix, scale)
    return float((mix[label] + prior) / (mix.sum() + MIX_PRIOR))
