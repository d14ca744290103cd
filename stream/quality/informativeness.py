"""How much a rater's answers tell about the items, beyond what the rater answers anyway.

Two accounts of the same answers are compared: they follow the items (each has the probability that the peers predict),
or they come from a fixed habit (a label mix of the rater's own, unknown beforehand). Per judgment,

    I = (Σ log(.9 fit + .1 share) - log DirMult(own label counts; .1)) / (n + 4)

which estimates the mutual information between the rater's answers and the peers' prediction. Positive: the items are
visible in the answers. Zero or below: a habit explains them as well or better, so they tell nothing, however often they
are right: a constant answer on a skewed queue is accurate and worthless. The habit's weight .1 a label favours habits
of few labels; the four pseudo-judgments draw short histories to 0.

Reference: Minka (2000), Estimating a Dirichlet distribution (the multinomial's evidence); Cover and Thomas, ch. 2.
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.rank_sums import FOLLOWS_A, FOLLOWS_B, JUDGED
from stream.quality.schema import NAT

_HABIT = 0.1  # Dirichlet weight of a label
_PRIOR = 4.0  # judgments that tell nothing


@compiled
def informativeness(sums: np.ndarray, mix: np.ndarray, scale: int) -> float:
    """I in nats per judgment, mean of both posteriors; 0 with no judgment.

    `sums` int64[RANK_SUMS], `mix` int64[width] the label counts of the same judgments, `scale` the declared labels.
    """
    follows = (sums[FOLLOWS_A] + sums[FOLLOWS_B]) / (2.0 * NAT)
    return float((follows - log_habit(mix, scale)) / (sums[JUDGED] + _PRIOR))


@compiled
def log_habit(mix: np.ndarray, scale: int) -> float:
    """Log probability of int64[labels] answers that come from one habit, unknown beforehand (DirMult)."""
    total = _HABIT * scale
    log_evidence = math.lgamma(total) - math.lgamma(total + mix.sum())
    for count in mix:
        if count > 0:
            log_evidence += math.lgamma(_HABIT + count) - math.lgamma(_HABIT)
    return log_evidence
