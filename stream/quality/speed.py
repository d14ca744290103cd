"""Implausibly fast work: does a rater's mean pace look like those who hurry or like the usual rater's?

Careful people differ: their mean z (pace.py) spreads by about .7 around 0. Those who do not read come out near -1.25.
With n timed judgments of mean z̄ and the noise of one judgment at most 1,

    nats = log N(z̄; -1.25, .25 + 1/n) - log N(z̄; 0, .49 + 1/n)

is the log of how much better the second kind explains them. e^nats averages 1 over usual raters at any moment one looks
(a Bayes factor), so 1 in 20 of them at most ever reaches ln 20.

Read: supporting only. Over eight timed crowds speed did not rank accuracy at all, and on one the slower were worse; so
what it may add to other evidence is capped to [-1.5, 2], and it never opens a finding.

Reference: Kass and Raftery (1995), Bayes factors; Ville (1939) for looking at any time; Wise and Kong (2005), Response
time effort.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.pace import PACE_UNIT, UNKNOWN_PACE

# Columns of the sums, int64[PACE_SUMS].
TIMED = 0
PACE = 1  # Σ z, units of 1 / PACE_UNIT
PACE_SQUARED = 2  # Σ z², units of 1 / PACE_UNIT²
PACE_SUMS = 3

_HURRIED, _HURRIED_VARIANCE = -1.25, 0.25
_USUAL_VARIANCE = 0.49
_IN_FAVOUR, _AGAINST = -1.5, 2.0  # nats that speed may add to other evidence
_Z95 = 1.959964


class Speed(NamedTuple):
    """A rater's pace on a queue; the interval is at 95 %, for one look."""

    nats: float  # log likelihood ratio of hurried against usual
    support: float  # the same, capped: what it may add to other evidence
    judgments: float  # timed, while the usual time was known
    mean_z: float
    low: float
    high: float
    slower_share: float  # of the queue's answers: how many take longer than this rater's typical one


@compiled
def add_pace(pace: int, sign: int, sums: np.ndarray) -> None:
    """Adds (sign 1) or takes back (sign -1) a judgment's pace; an unknown one is no judgment here."""
    if pace == UNKNOWN_PACE:
        return
    sums[TIMED] += sign
    sums[PACE] += sign * pace
    sums[PACE_SQUARED] += sign * pace * pace


@compiled
def speed(sums: np.ndarray) -> Speed:
    """From int64[PACE_SUMS]; all 0 with nothing timed."""
    n = float(sums[TIMED])
    if n < 1.0:
        return Speed(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    mean = sums[PACE] / (n * PACE_UNIT)
    nats = _log_normal(mean, _HURRIED, _HURRIED_VARIANCE + 1.0 / n) - _log_normal(mean, 0.0, _USUAL_VARIANCE + 1.0 / n)
    half = _Z95 / math.sqrt(n)
    slower_share = 0.5 * math.erfc(mean / math.sqrt(2.0))
    return Speed(nats, min(max(nats, _IN_FAVOUR), _AGAINST), n, mean, mean - half, mean + half, slower_share)


@compiled
def _log_normal(x: float, mean: float, variance: float) -> float:
    return -0.5 * ((x - mean) ** 2 / variance + math.log(2.0 * math.pi * variance))
