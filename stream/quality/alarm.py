"""The alarm: how much better a rater's answers are explained by not reading the items than by reading them honestly.

Idea. Two families of models bet on each answer before it is seen, given what the peers say of the item. The ratio of
what they have won is an e-process: were the rater honest, it would ever reach 1/α with probability α at most, however
often we look (Ville's inequality). So it may be looked at after each judgment, and 1/α is the threshold.

Formula. a(k) is the peers' predictive, ã(k) the same for a rater with the habits seen so far (leaning.py), m the
queue's label mix, K labels, x the answer. Each model multiplies up its probability of x; a family is a weighted mean:
- honest: reads, with the habits seen so far and one of several skills, as far apart as the queue makes honest raters
  differ (honest_models.py); or reads one class for another, steadily (misreading.py).
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
from stream.quality.misreading import (
    MISREADS,
    add_known_misreading,
    add_misreading,
    can_be_misread,
    misreading_length,
    misreading_nats,
)
from stream.quality.predictive import log_add, log_mean, mix_share, nats
from stream.quality.schema import NAT, SHARE

# Places in the row of sums, int64[alarm_length(K)], all zero at the start of an episode. The honest models come first.
RANDOM, UNIFORM, OWN_MIX, LOW, INVERTED, CONSTANT = range(HONEST_MODELS, HONEST_MODELS + 6)
SCORED, KNOWN = HONEST_MODELS + 6, HONEST_MODELS + 7  # answers counted against peers, and against known answers
SLIPS = HONEST_MODELS + 8  # share of slips, and its information, see leaning.py
# Then four of K: what CONSTANT lacks for each answer; answers; lean; its information. At the end the misreadings.
BLOCKS = HONEST_MODELS + 10

LOW_SKILL = 0.25  # share of answers that follow the item
_REPEATS = 0.9  # share of a constant rater's answers
# Of RANDOM … CONSTANT. Random and inverted answers take longest to tell; the others can spare a factor.
RANDOM_PRIOR, INVERTED_PRIOR, CONSTANT_PRIOR = 0.50, 0.30, 0.15
_PRIOR = (RANDOM_PRIOR, 0.01, 0.02, 0.02, INVERTED_PRIOR, CONSTANT_PRIOR)
# How common each is among those whom the alarm meets, for the finding's name: many of them read, only weakly.
_COMMON = (0.40, 0.01, 0.02, 0.20, 0.22, 0.15)
_LOG_2 = math.log(2.0)
_READS_RIGHT, _READS_OTHERWISE = math.log(1.0 - MISREADS), math.log(MISREADS)


@compiled
def alarm_length(scale: int) -> int:
    """The length of the row for so many declared labels."""
    return BLOCKS + 4 * scale + misreading_length(scale)


@compiled
def add_scored(label: int, said: Any, queue_counts: np.ndarray, scale: int, spread: float, sums: np.ndarray) -> None:
    """Counts an answer against its peers, once; `said` as in predictive.py, `queue_counts` int64[>= scale], `spread` of
    the queue as in honest_models.py."""
    a, m = said["own"] / SHARE, mix_share(label, queue_counts, scale)
    answers, lean = sums[BLOCKS + scale : BLOCKS + 2 * scale], sums[BLOCKS + 2 * scale : BLOCKS + 3 * scale]
    add_honest(leaning_share(label, a, said, lean, scale), m, scale, spread, 1, sums)
    add_misreading(label, a, said, scale, _misreadings(sums, scale))
    _add_careless(a, m, scale, 1, sums)
    sums[OWN_MIX] += nats((answers[label] + 0.5) / (sums[SCORED] + 0.5 * scale))
    other = nats((1.0 - _REPEATS) * a)
    sums[CONSTANT] += other
    sums[BLOCKS + label] += nats(_REPEATS + (1.0 - _REPEATS) * a) - other
    learn_lean(label, said, lean, sums[BLOCKS + 3 * scale : BLOCKS + 4 * scale], sums[SLIPS : SLIPS + 2], scale)
    answers[label] += 1
    sums[SCORED] += 1


@compiled
def add_known(label: int, truth: int, hit: float, share: float, scale: int, sign: int, sums: np.ndarray) -> None:
    """Counts (sign 1) or takes back (sign -1) an answer with a known right one, `truth`.

    hit: the queue's accuracy on known answers; share: the label's in the queue; both as of then, in [0, 1].
    """
    a = hit if label == truth else (1.0 - hit) / (scale - 1)
    add_honest(a, share, scale, KNOWN_SPREAD, sign, sums)
    add_known_misreading(label, truth, hit, scale, sign, _misreadings(sums, scale))
    _add_careless(a, share, scale, sign, sums)
    sums[OWN_MIX] += sign * nats(share)
    sums[CONSTANT] += sign * nats(a)
    sums[KNOWN] += sign


@compiled
def alarm_nats(sums: np.ndarray, scale: int) -> float:
    """The log of E: above log(1/α) an honest rater is with probability α at most, ever."""
    honest = log_mean(sums, 0, HONEST_WEIGHTS)
    if can_be_misread(scale):
        misread = misreading_nats(_misreadings(sums, scale), scale)
        honest = log_add(honest + _READS_RIGHT, misread + _READS_OTHERWISE)
    return otherwise_nats(sums, scale) - honest


@compiled
def unusual_nats(sums: np.ndarray, scale: int) -> float:
    """The log of what those models have won that do not read as the peers do, the mean of careless and misreading."""
    otherwise = otherwise_nats(sums, scale)
    if not can_be_misread(scale):
        return otherwise
    return log_add(otherwise, misreading_nats(_misreadings(sums, scale), scale)) - _LOG_2


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
    most, total = -math.inf, 0.0
    for place in range(len(_COMMON)):
        out[place] = _log_constant(sums, scale) if RANDOM + place == CONSTANT else sums[RANDOM + place] / NAT
        most = max(most, out[place])
    for place in range(len(_COMMON)):
        out[place] = _COMMON[place] * math.exp(out[place] - most)
        total += out[place]
    for place in range(len(_COMMON)):
        out[place] /= total


@compiled
def constant_label(sums: np.ndarray, scale: int) -> int:
    """The answer that a constant rater would be giving."""
    return int64(np.argmax(sums[BLOCKS : BLOCKS + scale]))


@compiled
def _misreadings(sums: np.ndarray, scale: int) -> np.ndarray:
    """The row's part that misreading.py keeps."""
    return sums[BLOCKS + 4 * scale :]


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
