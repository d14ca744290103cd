"""What a rater's own past predicts of the next answer, from a past that takes its time to sink in.

Idea. The alarm's models, weighed by what each has won so far, predict a rater's next answer about as well as anybody
could. But a past that learns at once from the latest answers excuses a change with the very answers that show it: a
weak honest reader, ruled out by hundreds of answers, comes back into question within tens of careless ones. So what
each model has won counts late: by an exponential mean over about the last SINKS_IN answers, the time that a change may
take to show. Nothing is lost by it, since the past of an unchanged rater stays true.

Formula. With W_i(n) what honest model i has won after n answers, W_o(n) what all others together, and v the weights of
the honest models, the past holds V(n) = V(n-1) + (W(n) - V(n-1))/SINKS_IN, and predicts the n-th answer with
    p(x_n) = Σ v_i e^{V_i(n-1)} e^{W_i(n) - W_i(n-1)} / Σ v_i e^{V_i(n-1)},    the others as one more model of weight 1.

Reference: Dawid (1984), The prequential approach; Shiryaev (1963) for the past that is known exactly.
"""

import math

import numpy as np

from stream.quality.alarm import unusual_nats
from stream.quality.compiled import compiled, int64
from stream.quality.honest_models import HONEST_MODELS, HONEST_WEIGHTS
from stream.quality.schema import NAT

SINKS_IN = 128.0  # scored answers: half of what was won counts after 89
PAST = HONEST_MODELS + 1  # places of a past, int64[PAST] in units of 1 / NAT: the honest models, then all others


@compiled
def won_so_far(alarm: np.ndarray, scale: int, won: np.ndarray) -> None:
    """Writes int64[PAST] from the alarm's row."""
    for place in range(HONEST_MODELS):
        won[place] = alarm[place]
    won[HONEST_MODELS] = int64(np.rint(NAT * unusual_nats(alarm, scale)))


@compiled
def predicted_nats(past: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """The log of the probability that the past gave to an answer, from what had been won before and after it."""
    most = past[HONEST_MODELS]
    for place in range(HONEST_MODELS):
        most = max(most, past[place])
    weight = math.exp((past[HONEST_MODELS] - most) / NAT)
    whole, won = weight, weight * math.exp((after[HONEST_MODELS] - before[HONEST_MODELS]) / NAT)
    for place in range(HONEST_MODELS):
        weight = HONEST_WEIGHTS[place] * math.exp((past[place] - most) / NAT)
        whole += weight
        won += weight * math.exp((after[place] - before[place]) / NAT)
    return math.log(won / whole)


@compiled
def sink_in(won: np.ndarray, past: np.ndarray) -> None:
    """One more answer belongs to the past."""
    for place in range(PAST):
        past[place] += int64(np.rint((won[place] - past[place]) / SINKS_IN))
