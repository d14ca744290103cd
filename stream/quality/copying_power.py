"""How many shared items it takes to tell a copier from an honest rater on a queue, if it can be told at all.

Where everybody gives the usual answer, agreeing tells nothing: an easy queue hides its copiers, and with two labels two
honest raters who err, err alike. So the product says beforehand what it could see.

Formula. With the queue's meetings by the expected share p of agreeing (16 bins), a copier's evidence against an honest
model m grows by e_m a meeting, the Kullback-Leibler divergence of c + (1-c)p from p_m, give or take s_m (its standard
deviation). After n meetings four copiers in five have
    log E >= -log Σ w_m exp(-(n e_m - .84 s_m √n)).
Before that the pair's entry must open, by a minority answer: after log 5 / μ meetings in four cases of five, μ their
share. And of R judgments an item, a rater's own table sees a part ½ + ½ min(1, 6 / R(R-1)) of the items shared with a
partner: all where both are among the first three, else only those on which the partner came before.

Reference: Wald (1947), Sequential analysis: the expected sample size is the threshold over the divergence.
Read: items that a copier of nine answers in ten must share with the partner, as an order of size. In simulated crews
with a third of careless raters four pairs in five were found some 20 % later than it says; in the easy one, where the
careless give most of the minority answers, twice as late. Infinite: not on this queue.
"""

import math

import numpy as np

from stream.quality.copying import CLOSER, COPIED, LEAST_LABELS, LEAST_MEETINGS, WEIGHTS
from stream.quality.partners import MINORITY, SHARE_BINS

SHARED_ITEMS = 40  # what the product promises anything about
_FOUR_IN_FIVE = 0.8416  # standard deviations
_MOST = 2_000  # meetings: more of one pair are rare
_BEYOND = 600.0  # nats: more is no surer, and its exponential is no number


def can_tell(by_share: np.ndarray, scale: int, threshold: float, redundancy: int, items: int = SHARED_ITEMS) -> bool:
    """Whether four copiers in five would stand out after so many shared items; see shared_items_to_tell."""
    return shared_items_to_tell(by_share, scale, threshold, redundancy) <= items


def shared_items_to_tell(by_share: np.ndarray, scale: int, threshold: float, redundancy: int) -> float:
    """From a queue's int64[MEETINGS] of partners.py, its declared labels, the threshold in nats and judgments an item.

    Infinite with two labels, without meetings, and where more than 2,000 meetings would be needed.
    """
    kinds = by_share.reshape(2, SHARE_BINS).sum(axis=1)
    if scale < LEAST_LABELS or kinds[MINORITY] == 0:
        return math.inf
    opening = math.log(5.0) * kinds.sum() / kinds[MINORITY]
    return float((opening + _meetings_to_tell(by_share, threshold)) / _seen(redundancy))


def _meetings_to_tell(by_share: np.ndarray, threshold: float) -> float:
    growth, spread = _a_meeting(by_share.reshape(2, SHARE_BINS).sum(axis=0))
    meetings = np.arange(LEAST_MEETINGS, _MOST + 1)[:, None]
    evidence = np.clip(meetings * growth - _FOUR_IN_FIVE * spread * np.sqrt(meetings), -_BEYOND, _BEYOND)
    weights = np.array(WEIGHTS[: len(CLOSER)])
    reached = np.nonzero(-np.log((weights * np.exp(-evidence)).sum(axis=1)) >= threshold)[0]
    return float(meetings[reached[0], 0]) if len(reached) else math.inf


def _a_meeting(by_share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of a copier's evidence a meeting, against each closeness of honest pairs."""
    share = ((np.arange(SHARE_BINS) + 0.5) / SHARE_BINS)[:, None]
    weight = (by_share / by_share.sum())[:, None]
    copied = COPIED + (1.0 - COPIED) * share
    odds = share / (1.0 - share) * np.exp(CLOSER)
    honest = odds / (1.0 + odds)
    agree, differ = np.log(copied / honest), np.log((1.0 - copied) / (1.0 - honest))
    growth = (weight * (copied * agree + (1.0 - copied) * differ)).sum(axis=0)
    square = (weight * (copied * agree**2 + (1.0 - copied) * differ**2)).sum(axis=0)
    return growth, np.sqrt(square - growth**2)


def _seen(redundancy: int) -> float:
    pairs = redundancy * (redundancy - 1) / 2.0
    return 0.5 + 0.5 * min(1.0, 3.0 / max(pairs, 1.0))
