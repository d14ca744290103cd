"""One number to rank a queue's raters by, from a row and its queue's row; see below_midpoint.py for its meaning."""

import numpy as np

from stream.quality.below_midpoint import KnownAnswers, Suspicion, below_midpoint
from stream.quality.columns import GOLD_RIGHT, GOLD_SEEN
from stream.quality.compiled import compiled
from stream.quality.ranking import Ranking, rank
from stream.quality.rater_rows import Raters
from stream.quality.schema import UNIT

PARTS = 6


@compiled
def suspicion(raters: Raters, slot: int) -> float:
    """0 (no sign) to 1: probability that the accuracy lies below the midpoint of chance and the queue's usual one."""
    return float(weighed(raters, slot).probability)


@compiled
def suspicion_parts(raters: Raters, slot: int, parts: np.ndarray) -> float:
    """The same, and float64[PARTS]: log odds as usual, by accuracy, by label mix, by known answers; accuracy, and
    informativeness in bits a judgment."""
    found = weighed(raters, slot)
    standing = ranked(raters, slot)
    parts[0] = found.as_usual
    parts[1] = found.by_accuracy
    parts[2] = found.by_label_mix
    parts[3] = found.by_known_answers
    parts[4] = standing.accuracy
    parts[5] = standing.informativeness_bits
    return float(found.probability)


@compiled
def ranked(raters: Raters, slot: int) -> Ranking:
    """Accuracy, informativeness and the score to sort by."""
    queue = raters.hot[slot]["queue_row"]
    scale = max(min(raters.hot[slot]["scale"], raters.habit.shape[1]), 2)
    return rank(raters.rank[slot], raters.habit[slot], raters.rank[queue], raters.habit[queue], scale)


@compiled
def weighed(raters: Raters, slot: int) -> Suspicion:
    """The suspicion and where it comes from."""
    queue = raters.hot[slot]["queue_row"]
    scale = max(min(raters.hot[slot]["scale"], raters.habit.shape[1]), 2)
    whole = raters.life[queue]
    known = KnownAnswers(
        float(raters.life[slot, GOLD_SEEN]),
        raters.life[slot, GOLD_RIGHT] / UNIT,
        (whole[GOLD_RIGHT] / UNIT + 17.0) / (whole[GOLD_SEEN] + 20.0),
    )
    return below_midpoint(ranked(raters, slot), raters.rank[queue], raters.habit[queue], scale, known)
