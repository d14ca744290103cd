"""How far a rater leans towards each label, learned along the way: what makes an honest rater differ from the peers.

Idea. Honest raters read the same items with other thresholds: one says "toxic" a little sooner than most. That is a
habit and not a fault, so the honest models of the alarm must know it, or the longer someone leans the surer they alarm.

Formula. With a(k) the peers' predictive, the leaning rater reads p(k) = a(k) exp(b_k) / Σ_y a(y) exp(b_y), and a share
s of the answers are slips towards any label: r(k) = (1 - s) p(k) + s/K. After an answer x both move by one step of the
natural gradient, with the Fisher information gathered so far:
    F_k += p(k)(1 - p(k)),    b_k += (K - 1)/K · ρ (1[k = x] - p(k)) / (F_k + 1/LEAN_SD²),    |b_k| <= LEAN_MOST,
    G += Σ_k (1/K - p(k))²/r(k),    s += (1/K - p(x))/r(x) / (G + 1/SLIPS_SD²),    0 <= s <= SLIPS_MOST,
where ρ = (1 - s) p(x)/r(x) is how probably x was read and no slip. Without the slips a weak reader's errors count as a
lean: where most items are of one class, they look like a love of the others, and the rare class is then expected from
somebody who misses it as often. The starts at 0 with 1/LEAN_SD² are normal priors: an honest lean of more than a factor
exp(LEAN_SD) is rare. The bound keeps a rater who always gives one answer from passing for someone who leans.

Reference: Amari (1998), Natural gradient works efficiently in learning; Dawid (1984), The prequential approach.
Read: 0 as the peers; .7 gives the label at twice the peers' odds.
"""

import math
from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.predictive import LEAST_SHARE, share_of, unnamed_share
from stream.quality.schema import NAT, PREDICTED, SHARE

LEAN_SD = 0.3  # nats of odds; a rater whose odds for a label are 1.35 times the peers' is one in six on either side
SLIPS_SD = 0.15  # share of an honest rater's answers: most slip on few
SLIPS_MOST = 0.9
LEAN_MOST = 1.5  # nats of odds: five prior standard deviations


@compiled
def leaning_share(label: int, own: float, said: Any, lean: np.ndarray, scale: int) -> float:
    """The probability of the label that was given, whose predictive share is `own`; `lean` as int64[scale]."""
    return own * math.exp(lean[label] / NAT) / lean_total(said, lean, scale)


@compiled
def lean_total(said: Any, lean: np.ndarray, scale: int) -> float:
    """Σ_y a(y) exp(b_y), by the labels that are named and the rest."""
    rest = unnamed_share(said, scale)
    total = 0.0
    if rest > 0.0:
        for k in range(scale):
            total += rest * math.exp(lean[k] / NAT)
    for place in range(min(PREDICTED, scale)):
        more = said["shares"][place] / SHARE - rest
        total += more * math.exp(lean[int64(said["labels"][place])] / NAT)
    return max(total, 1e-6)


@compiled
def learn_lean(label: int, said: Any, lean: np.ndarray, information: np.ndarray, slips: np.ndarray, scale: int) -> None:
    """Takes in one answer; lean and information are int64[scale], slips int64[2] is s and its information, all in units
    of 1 / NAT and zero at the start."""
    total, slip, even = lean_total(said, lean, scale), slips[0] / NAT, 1.0 / scale
    own = min(share_of(label, said, scale) * math.exp(lean[label] / NAT) / total, 1.0)
    given = max((1.0 - slip) * own + slip * even, LEAST_SHARE)
    read, told = (1.0 - slip) * own / given, 0.0
    most = int64(LEAN_MOST * NAT)
    for k in range(scale):
        p = min(share_of(k, said, scale) * math.exp(lean[k] / NAT) / total, 1.0)
        information[k] += int64(np.rint(NAT * p * (1.0 - p)))
        told += (even - p) ** 2 / max((1.0 - slip) * p + slip * even, LEAST_SHARE)
        surprise = read * ((1.0 if k == label else 0.0) - p)
        step = (scale - 1.0) / scale * surprise / (information[k] / NAT + 1.0 / (LEAN_SD * LEAN_SD))
        lean[k] = min(max(lean[k] + int64(np.rint(NAT * step)), -most), most)
    slips[1] += int64(np.rint(NAT * told))
    step = (even - own) / given / (slips[1] / NAT + 1.0 / (SLIPS_SD * SLIPS_SD))
    slips[0] = min(max(slips[0] + int64(np.rint(NAT * step)), 0), int64(SLIPS_MOST * NAT))
