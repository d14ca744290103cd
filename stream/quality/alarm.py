"""The alarm: how much better a rater's answers are explained by not reading the items than by reading them honestly.

Idea. Two families of models bet on each answer before it is seen, given what the peers say of the item. The ratio of
what they have won is an e-process: were the rater honest, it would ever reach 1/α with probability α at most, however
often we look (Ville's inequality). So it may be looked at after each judgment, and 1/α is the threshold.

Formula. a(k) is the peers' predictive, ã(k) the same for a rater with the habits seen so far (leaning.py), m the
queue's label mix, K labels, x the answer. Each model multiplies up its probability of x; a family is a weighted mean:
- honest (honest_models.py): reads, with the habits seen so far and one of several skills, as far apart as the queue
  makes honest raters differ.
- otherwise: the queue's mix m; 1/K; the own mix so far (Krichevsky and Trofimov's estimate); one constant answer,
  .9·1[k = c] + .1·a(k), the mean over c; low skill, .25·a + .75·m; inverted, .8·(1-a(k))/(K-1) + .2·a(k).
    E = Σ_otherwise w Π p(x) / Σ_honest w Π p(x).
An answer with a known right one counts the same way, with a the queue's accuracy on known answers; the constant model
is taken to be honest there, since tests can be recognised. Its term is a function of the outcome alone, so that a known
answer that turns out wrong takes back exactly what it had added.

Reference: Ville (1939); Grünwald, de Heide and Koolen (2024), Safe testing; Krichevsky and Trofimov (1981).
Read: log E in nats. Below 0 the rater looks honest; 6.9 happens to 1 honest rater in 1,000, ever. It bounds mistakes
about the peers, not about the truth: where peers answer badly, a good rater looks odd.
"""

import math
from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.honest_models import HONEST_MODELS, HONEST_WEIGHTS, KNOWN_SPREAD, add_honest
from stream.quality.leaning import leaning_share, learn_lean
from stream.quality.predictive import log_mean, mix_share, nats
from stream.quality.schema import NAT, SHARE

# Places in the row of sums, int64[alarm_length(K)], all zero at the start of an episode. The honest models come first.
RANDOM, UNIFORM, OWN_MIX, LOW, INVERTED, CONSTANT = range(HONEST_MODELS, HONEST_MODELS + 6)
SCORED, KNOWN = HONEST_MODELS + 6, HONEST_MODELS + 7  # answers counted against peers, and against known answers
BLOCKS = HONEST_MODELS + 8  # then four of K: what CONSTANT lacks for each answer; answers; lean; its information

LOW_SKILL = 0.25  # share of answers that follow the item
_REPEATS = 0.9  # share of a constant rater's answers
# Of RANDOM … CONSTANT. Random and inverted answers take longest to tell; the others can spare a factor.
RANDOM_PRIOR, INVERTED_PRIOR, CONSTANT_PRIOR = 0.50, 0.30, 0.15
_PRIOR = (RANDOM_PRIOR, 0.01, 0.02, 0.02, INVERTED_PRIOR, CONSTANT_PRIOR)


@compiled
def alarm_length(scale: int) -> int:
    """The length of the row for so many declared labels."""
    return BLOCKS + 4 * scale


@compiled
def add_scored(label: int, said: Any, queue_counts: np.ndarray, scale: int, spread: float, sums: np.ndarray) -> None:
    """Counts an answer against its peers, once; `said` as in predictive.py, `queue_counts` int64[>= scale], `spread` of
    the queue as in honest_models.py."""
    a, m = said["own"] / SHARE, mix_share(label, queue_counts, scale)
    answers, lean = sums[BLOCKS + scale : BLOCKS + 2 * scale], sums[BLOCKS + 2 * scale : BLOCKS + 3 * scale]
    add_honest(leaning_share(label, a, said, lean, scale), scale, spread, 1, sums)
    _add_careless(a, m, scale, 1, sums)
    sums[OWN_MIX] += nats((answers[label] + 0.5) / (sums[SCORED] + 0.5 * scale))
    other = nats((1.0 - _REPEATS) * a)
    sums[CONSTANT] += other
    sums[BLOCKS + label] += nats(_REPEATS + (1.0 - _REPEATS) * a) - other
    learn_lean(label, said, lean, sums[BLOCKS + 3 * scale : BLOCKS + 4 * scale], scale)
    answers[label] += 1
    sums[SCORED] += 1


@compiled
def add_known(right: bool, hit: float, expected: float, scale: int, sign: int, sums: np.ndarray) -> None:
    """Counts (sign 1) or takes back (sign -1) an answer with a known right one.

    hit: the queue's accuracy on known answers; expected: the label's share in the queue; both as of then, in [0, 1].
    """
    a = hit if right else (1.0 - hit) / (scale - 1)
    add_honest(a, scale, KNOWN_SPREAD, sign, sums)
    _add_careless(a, expected, scale, sign, sums)
    sums[OWN_MIX] += sign * nats(expected)
    sums[CONSTANT] += sign * nats(a)
    sums[KNOWN] += sign


@compiled
def alarm_nats(sums: np.ndarray, scale: int) -> float:
    """The log of E: above log(1/α) an honest rater is with probability α at most, ever."""
    return otherwise_nats(sums, scale) - log_mean(sums, 0, HONEST_WEIGHTS)


@compiled
def otherwise_nats(sums: np.ndarray, scale: int) -> float:
    """The log of what the models other than honest have won together."""
    constant = _log_constant(sums, scale)
    most = constant
    for place in range(RANDOM, CONSTANT):
        most = max(most, sums[place] / NAT)
    total = _PRIOR[CONSTANT - RANDOM] * math.exp(constant - most)
    for place in range(RANDOM, CONSTANT):
        total += _PRIOR[place - RANDOM] * math.exp(sums[place] / NAT - most)
    return most + math.log(total)


@compiled
def shares_otherwise(sums: np.ndarray, scale: int, out: np.ndarray) -> None:
    """How the models other than honest share the evidence, float64[6] in the order RANDOM … CONSTANT; they sum to 1."""
    whole = otherwise_nats(sums, scale)
    for place in range(len(_PRIOR)):
        one = _log_constant(sums, scale) if RANDOM + place == CONSTANT else sums[RANDOM + place] / NAT
        out[place] = _PRIOR[place] * math.exp(one - whole)


@compiled
def constant_label(sums: np.ndarray, scale: int) -> int:
    """The answer that a constant rater would be giving."""
    return int64(np.argmax(sums[BLOCKS : BLOCKS + scale]))


@compiled
def _add_careless(a: float, m: float, scale: int, sign: int, sums: np.ndarray) -> None:
    """The terms that are the same with and without a known answer."""
    sums[RANDOM] += sign * nats(m)
    sums[UNIFORM] += sign * nats(1.0 / scale)
    sums[LOW] += sign * nats(LOW_SKILL * a + (1.0 - LOW_SKILL) * m)
    sums[INVERTED] += sign * nats(0.8 * (1.0 - a) / (scale - 1) + 0.2 * a)


@compiled
def _log_constant(sums: np.ndarray, scale: int) -> float:
    """The mean over the answer that is repeated."""
    most = sums[BLOCKS]
    for k in range(scale):
        most = max(most, sums[BLOCKS + k])
    total = 0.0
    for k in range(scale):
        total += math.exp((sums[BLOCKS + k] - most) / NAT)
    return float((sums[CONSTANT] + most) / NAT + math.log(total / scale))
