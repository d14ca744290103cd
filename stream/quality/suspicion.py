"""One number to rank a queue's raters by: how probable it is that the rater's skill there is below half the queue's.

Skill is chance-corrected (1 perfect, 0 chance), estimated from peers over the lifetime and over the last 50 judgments
and from known answers, each shrunk towards the queue's mean by a few pseudo-judgments. The normal probability that it
lies below half of the queue's is taken for each; the worst of the two peer figures and the known answers' combine as
independent reasons. The first policy's figure: it ranks, it decides nothing.
"""

import math

import numpy as np

from stream.quality.columns import AGREEMENT, EXPECTED, GOLD_RIGHT, GOLD_SEEN, SCORED
from stream.quality.compiled import compiled
from stream.quality.evidence import episode_agreement, recent_agreement
from stream.quality.rater_rows import Raters
from stream.quality.schema import UNIT

_PRIOR = 4.0  # judgments of the queue's mean that every rater starts with
_UNSURE = 0.05  # of skill: no estimate is taken for surer than this


@compiled
def suspicion(raters: Raters, slot: int) -> float:
    """0 (no sign) to 1; with no evidence at all about what the queue's mean rater has."""
    parts = np.zeros(4)
    return suspicion_parts(raters, slot, parts)


@compiled
def suspicion_parts(raters: Raters, slot: int, parts: np.ndarray) -> float:
    """The same, and float64[4]: by lifetime peers, by the last 50, by known answers, and the queue's skill."""
    queue = raters.life[raters.hot[slot]["queue_row"]]
    chance = (queue[EXPECTED] / UNIT + 10.0) / (queue[SCORED] + 20.0)
    usual = (queue[AGREEMENT] / UNIT + 16.0) / (queue[SCORED] + 20.0)
    skill = max((usual - chance) / (1.0 - chance), 0.05)
    n, agreement, expected = episode_agreement(raters, slot)
    parts[0] = _below_half(n, agreement, expected, usual, chance, skill)
    n, agreement, expected = recent_agreement(raters, slot, 0)
    parts[1] = _below_half(n, agreement, expected, usual, chance, skill)
    guess = 1.0 / max(raters.hot[slot]["scale"], 2)
    right_usual = (queue[GOLD_RIGHT] / UNIT + 17.0) / (queue[GOLD_SEEN] + 20.0)
    seen = float(raters.life[slot, GOLD_SEEN])
    right = raters.life[slot, GOLD_RIGHT] / UNIT
    known_skill = max((right_usual - guess) / (1.0 - guess), 0.05)
    parts[2] = _below_half(seen, right, seen * guess, right_usual, guess, known_skill)
    parts[3] = skill
    apart = float(max(parts[0], parts[1]))
    return 1.0 - (1.0 - apart) * (1.0 - float(parts[2])) if seen > 0 else apart


@compiled
def _below_half(n: float, agreement: float, expected: float, usual: float, chance: float, skill: float) -> float:
    possible = n - expected + _PRIOR * (1.0 - chance)
    estimate = (agreement - expected + _PRIOR * (usual - chance)) / possible
    p = (agreement + _PRIOR * usual) / (n + _PRIOR)
    error = math.sqrt(max(p * (1.0 - p), 0.01) * (n + _PRIOR)) / possible
    z = (skill / 2.0 - estimate) / math.sqrt(error * error + _UNSURE * _UNSURE)
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
