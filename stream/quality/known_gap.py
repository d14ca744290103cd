"""Known answers against the rest: right where it is checked, and something else where it is not.

Two accounts of one rater's answers on a queue. One way of working: the same skill θ serves on items with a known answer
and on the others, or the same habit. Two ways: a skill of a half or more on known answers, and elsewhere a skill lower
by a half or more, or a fixed habit.

    one = ½ Σ_θ w_θ G(θ) R(θ) + ½ D(all labels; .1)
    two = Σ_θ≥½ w_θ G(θ) · ½ (mean_{φ ≤ θ - ½} R(φ) + D(labels elsewhere; .1))          nats = log two - log one

G(θ) is the likelihood of the labels on known items, p = θ u + (1 - θ) / K for the right one (u the queue's usual share
of right answers there) and the rest evenly; R that of the answers elsewhere given what peers make of the items (the
sums of rank_sums.py); D the Dirichlet-multinomial of a label mix of the rater's own.

Read: 4, the cap, is fifty to one. Known items that are easier than the rest do not suffice, a skill must fall by a
half; who is weak or constant on both is no case for this. A rater who met one class only, in a sorted queue, may look
like a habit.

Reference: Kass and Raftery (1995), Bayes factors; Minka (2000), Estimating a Dirichlet distribution.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.informativeness import log_habit
from stream.quality.rank_sums import JUDGED, SCORED, SKILL_FIRST, SKILLS
from stream.quality.schema import NAT

_USUAL = (2.0, 2.5, 5.5, 8.0, 5.0)  # weights of SKILLS, as for a skill (skill.py)
_APART = 0.5  # how far a skill must fall
_IN_FAVOUR, _AGAINST = -2.0, 4.0  # nats that this may add to other evidence
_NEVER = -1e300
_HALF = math.log(0.5)


class KnownWork(NamedTuple):
    """A rater's answers on items with a known answer."""

    mix: np.ndarray  # int64[width]: labels given there
    right: float  # sum of credits
    usual: float  # the queue's share of right answers there


class KnownGap(NamedTuple):
    """How much better two ways of working explain a rater than one; 0 nats without answers of both kinds."""

    nats: float
    support: float  # the same, capped: what it may add to other evidence
    known: float  # answers on items with a known answer
    right_share: float
    rest: float  # answers elsewhere
    label: int  # the label most given elsewhere
    label_share: float
    habit: float  # 0 to 1: how much of the evidence is a fixed habit rather than answers unrelated to peers


@compiled
def known_gap(known: KnownWork, rank_sums: np.ndarray, rest_mix: np.ndarray, scale: int) -> KnownGap:
    """From a rater's int64[RANK_SUMS] and int64[width] label counts, both off the known items."""
    golds, rest = float(known.mix.sum()), float(rest_mix.sum())
    label = int(np.argmax(rest_mix))
    if golds < 1.0 or rest < 1.0:
        return KnownGap(0.0, 0.0, golds, 0.0, rest, label, 0.0, 0.0)
    # Peers weigh the scored answers only, so a habit's likelihood is taken for as many.
    scored = rank_sums[SCORED] / max(rank_sums[JUDGED], 1.0)
    on_known = log_habit(known.mix, scale)
    habit_everywhere = on_known + scored * (log_habit(known.mix + rest_mix, scale) - on_known)
    habit_elsewhere = scored * log_habit(rest_mix, scale)
    same, lower, fixed = _NEVER, _NEVER, _NEVER
    all_weights, high_weights = 0.0, 0.0
    for g in range(len(SKILLS)):
        known_part = math.log(_USUAL[g]) + _log_known(known, golds, SKILLS[g], scale)
        same = _log_add(same, known_part + rank_sums[SKILL_FIRST + g] / NAT)
        all_weights += _USUAL[g]
        if SKILLS[g] >= _APART:
            lower = _log_add(lower, known_part + _log_lower(rank_sums, g))
            fixed = _log_add(fixed, known_part + habit_elsewhere)
            high_weights += _USUAL[g]
    one = _HALF + _log_add(same - math.log(all_weights), habit_everywhere)
    two = _HALF + _log_add(lower, fixed) - math.log(high_weights)
    nats = two - one
    support = min(max(nats, _IN_FAVOUR), _AGAINST)
    habit = 1.0 / (1.0 + math.exp(min(lower - fixed, 700.0)))
    return KnownGap(nats, support, golds, known.right / golds, rest, label, rest_mix[label] / rest, habit)


@compiled
def _log_known(known: KnownWork, golds: float, skill: float, scale: int) -> float:
    usual = min(max(known.usual, 1.0 / scale + 0.05), 0.98)
    p = skill * usual + (1.0 - skill) / scale
    return known.right * math.log(p) + (golds - known.right) * math.log((1.0 - p) / (scale - 1.0))


@compiled
def _log_lower(rank_sums: np.ndarray, g: int) -> float:
    """Log of the mean likelihood elsewhere of the skills that lie _APART or more below the g-th."""
    total, count = _NEVER, 0
    for low in range(len(SKILLS)):
        if SKILLS[low] <= SKILLS[g] - _APART:
            total = _log_add(total, rank_sums[SKILL_FIRST + low] / NAT)
            count += 1
    return total - math.log(count)


@compiled
def _log_add(x: float, y: float) -> float:
    most = max(x, y)
    return most + math.log(math.exp(x - most) + math.exp(y - most))
