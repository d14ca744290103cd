"""Metronomic work: are a rater's times far more regular than anybody's who reads the items?

The own variance s² of a rater's z (pace.py) is held against the queue's usual own spread σ, which is the geometric mean
over its raters. With n - 1 degrees of freedom the ratio of two chi-square densities, a ninth of σ against a third of σ,

    nats = .4 (n - 1) (ln 3 - 4 s² / (σ/3)²)

says how much better "a clock" explains the times than "the most regular person". The factor .4 = 1 / (1 + γ/2) is Box's
correction for times with excess kurtosis γ = 3 (seen: 2 to 4 on timed crowds). At every look e^nats averages 1 at most
over raters whose own spread is a third of the usual or more.

Read: supporting only. Where everybody's times are regular (one time for a page of items) σ is small and nothing is
said; nor of raters at the ends of the scale, where clipping makes times look alike.

Reference: Box (1953), Non-normality and tests on variances; Ville (1939).
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.pace import PACE_UNIT
from stream.quality.schema import NAT
from stream.quality.speed import PACE, PACE_SQUARED, TIMED, add_pace

# Columns of a queue's row, int64[USUAL_SPREAD]: over its raters, weighted by their degrees of freedom.
DEGREES = 0  # Σ (n - 1)
LOG_VARIANCE = 1  # Σ (n - 1) ln(s² + .0025), units of 1 / NAT
USUAL_SPREAD = 2

_LEAST_VARIANCE = 0.0025  # equal times are a coarse clock's doing before they are a rater's
_LEAST_DEGREES = 500  # before a queue's usual spread is a yardstick
_LEAST_SPREAD = 0.3  # of z: below it everybody's times are regular
_ENDS = 2.5  # of z: beyond it clipped values look alike
_NARROW = 3.0
_ROBUST = 0.4


class Metronomic(NamedTuple):
    """How regular a rater's times are on a queue; all 0 where nothing can be told."""

    nats: float  # log likelihood ratio of a clock against the most regular person
    judgments: float
    own_spread: float  # standard deviation of z
    usual_spread: float  # of the queue's raters


@compiled
def add_own_pace(pace: int, sign: int, sums: np.ndarray, usual: np.ndarray) -> None:
    """Adds or takes back a pace in a rater's int64[PACE_SUMS] and in the queue's int64[USUAL_SPREAD]."""
    _weigh_spread(sums, -1, usual)
    add_pace(pace, sign, sums)
    _weigh_spread(sums, 1, usual)


@compiled
def metronomic(sums: np.ndarray, usual: np.ndarray) -> Metronomic:
    """From a rater's int64[PACE_SUMS] and the queue's int64[USUAL_SPREAD]."""
    degrees = float(sums[TIMED] - 1)
    if degrees < 1.0 or usual[DEGREES] < _LEAST_DEGREES:
        return Metronomic(0.0, 0.0, 0.0, 0.0)
    usual_variance = math.exp(usual[LOG_VARIANCE] / (NAT * usual[DEGREES])) - _LEAST_VARIANCE
    if usual_variance < _LEAST_SPREAD**2 or abs(sums[PACE]) > _ENDS * PACE_UNIT * sums[TIMED]:
        return Metronomic(0.0, 0.0, 0.0, 0.0)
    variance = _own_variance(sums)
    boundary = usual_variance / _NARROW**2
    nats = _ROBUST * degrees * (math.log(_NARROW) - 0.5 * (_NARROW**2 - 1.0) * variance / boundary)
    return Metronomic(nats, degrees + 1.0, math.sqrt(variance), math.sqrt(usual_variance))


@compiled
def _weigh_spread(sums: np.ndarray, sign: int, usual: np.ndarray) -> None:
    degrees = sums[TIMED] - 1
    if degrees >= 1:
        usual[DEGREES] += sign * degrees
        weighed = degrees * math.log(_own_variance(sums) + _LEAST_VARIANCE)
        usual[LOG_VARIANCE] += sign * int64(np.rint(NAT * weighed))


@compiled
def _own_variance(sums: np.ndarray) -> float:
    """The unbiased variance of z; the numerator is a whole number, hence exact under retraction."""
    n = sums[TIMED]
    squares = n * sums[PACE_SQUARED] - sums[PACE] * sums[PACE]
    return float(squares / (n * (n - 1.0)) / PACE_UNIT**2)
