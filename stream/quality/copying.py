"""Copying: does a rater agree with one partner more than two honest raters who read the same items would?

Idea. Naive agreement finds raters who give the usual answer, not copiers. So each shared item is a bet: how probable
was the partner's label as this rater's own answer, from all peers' labels (the partner's among them) and from how this
rater does with everybody else? Agreement that had to be expected says next to nothing; agreement on an answer that
nobody else gives says much; a disagreement says that nothing was copied there.

Formula. p is the share that the predictive gives the partner's label, its odds multiplied by how much more often than
predicted the rater agrees with the other partners (apart for the likeliest label and for minority answers, twenty
pseudo-meetings drawing it to 1, never below 1). A copier agrees with probability c + (1-c)p, c = .9. Honest pairs:
- p with its odds times e^d, d = 0, .5, 1, 1.5: some pairs are closer than the predictive knows (both sharp, both of one
  reading); the weights fall about like a normal law of sd .25;
- the rater's own label mix, whatever the item: two raters with one constant answer do not copy from each other.
With L the log likelihood of copying less that of an honest model, the evidence is log E = -log Σ w exp(-L): against the
mixture of honest pairs an e-process, so it may be looked at after each meeting.

Threshold. T = log(PARTNERS / α), α the honest raters named in a week. This is calibrated, not proved: an entry reaches
T with probability e^-T at most, and a table opens some 200 entries in 2,500 judgments, but nearly all end at the first
disagreements. In worlds of 3 and 4 classes, 13,200 weeks of honest raters, it named 14 (T = 9), 3 (10), 1.5 (11) and 0
(12) in 10,000. Do not ask for α above .001: on an easy queue more than α are named then.

Reference: Ville (1939); Robbins (1970), the method of mixtures; Wollack (1997), answer copying judged by the likelihood
of each shared answer.
Read: nats; 0 and below: no closer than honest pairs. It says that two raters' answers are not independent, not that
anything improper happened: answers that were talked over look the same. A rater whose agreeing answers came before the
partner's, but for LEAST_LATER of them, is not named: whoever is copied agrees as closely, and did nothing. Three and
more who all answer alike are each other's majority, and not seen here.
"""

import math
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.schema import NAT

PARTNERS = 16  # that a rater's table holds
COPIED = 0.9  # share of answers that a copier takes over
CLOSER = (0.0, 0.5, 1.0, 1.5)  # nats on the odds of agreeing: honest pairs
MODELS = len(CLOSER) + 1  # and the own label mix, the last
WEIGHTS = (0.83, 0.115, 0.0045, 0.0005, 0.05)
LEAST_MEETINGS = 20  # before a pair is named, whatever its evidence
LEAST_LABELS = 3
LEAST_LATER = 0.25  # of the agreements: who nearly always answers before the partner has not copied there

_FACTORS = tuple(math.exp(nats) for nats in CLOSER)
_MOST = 1 << 30  # of the evidence, 16,384 nats: 32 bits hold it


class Pair(NamedTuple):
    """What one entry of a rater's table says; meetings are items that both judged and that were weighed."""

    nats: float
    meetings: int
    agreements: int
    minority_agreements: int  # on answers that the other peers did not make the likeliest
    expected: float  # agreements of an honest pair


@compiled
def add_meeting(agreed: bool, share: float, habit: float, evidence: np.ndarray) -> int:
    """Adds a meeting to int32[MODELS] and returns what it says against the plain honest model, the first.

    share and habit are the probabilities of agreeing by the item and by the rater's label mix, within (0, 1).
    """
    plain_gain = gain(agreed, share, share)
    for model in range(MODELS):
        honest = closer_share(share, _FACTORS[model]) if model < len(CLOSER) else habit
        more = gain(agreed, share, honest) if model > 0 else plain_gain
        evidence[model] = min(max(int64(evidence[model]) + more, -_MOST), _MOST)
    return plain_gain


@compiled
def gain(agreed: bool, share: float, honest: float) -> int:
    """What a meeting says for copying against one honest model, in units of 1 / NAT."""
    copied = COPIED + (1.0 - COPIED) * share
    ratio = copied / honest if agreed else (1.0 - copied) / (1.0 - honest)
    return int64(np.rint(NAT * math.log(ratio)))


@compiled
def closer_share(share: float, factor: float) -> float:
    """A share with its odds times a factor."""
    odds = share * factor
    return odds / (odds + 1.0 - share)


@compiled
def copying_nats(evidence: np.ndarray) -> float:
    """The evidence, log E, of int32[MODELS]."""
    least = int64(evidence[0])
    for model in range(MODELS):
        least = min(least, int64(evidence[model]))
    total = 0.0
    for model in range(MODELS):
        total += WEIGHTS[model] * math.exp((least - int64(evidence[model])) / NAT)
    return float(least / NAT - math.log(total))


@compiled
def stands_out(evidence: np.ndarray, meetings: int, scale: int, threshold: float) -> bool:
    """Whether a pair is to be named. Never with two labels: who errs together there, gives the same answer."""
    if scale < LEAST_LABELS or meetings < LEAST_MEETINGS:
        return False
    # The mixture adds less than a nat to the first model's evidence, so most meetings need no exponentials.
    return evidence[0] >= (threshold - 1.0) * NAT and copying_nats(evidence) >= threshold


def copying_threshold(allowance: float) -> float:
    """The evidence at which a pair is named; allowance: honest raters named in a week, in (0, .001], 0 for never."""
    return math.log(PARTNERS / allowance) if allowance > 0.0 else math.inf
