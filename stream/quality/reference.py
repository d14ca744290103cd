"""What a queue's raters usually do: the reference that every answer of the queue is held against.

Counted along the shard's log, with what other shards counted (their control records) added; read anew every
REFRESH_EVERY judgments, so that a judgment's meaning does not depend on the very last one. From the counts follow

- the label mix m_k = (n_k + 1) / (N + K), golds left out, and the prior of an item's true answer
  log(.7 m_k + .3 / K): from label counts, never from posteriors, which would feed back on themselves;
- abar, the mean probability that peers give to a rater's own answer, clipped to where a vote still means something;
- a vote's weight in nats, log(abar / ((1 - abar) / (K - 1))), and `good`, the hit rate of a good rater, (1 + abar) / 2;
- calibration: how often raters of good standing give the likeliest answer, by answer and by the odds that peers give
  it (12 bins), and which they give otherwise (near_misses.py). It says what an honest rater answers and not what the
  crowd does, or careless answers would excuse each other. Good standing is a skill, as last told, of GOOD_STANDING
  times the mean of those who read: whose skill reaches half of the mean of all. Means are over answers, so that they
  too are counts and add up over shards; a rater of whom nothing is known yet counts for the calibration and for no
  mean.

References: Dawid and Skene (1979) with one symmetric confusion for all; Platt-style binning after Zadrozny and Elkan
(2001).
"""

import math

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.item_rows import Queues
from stream.quality.schema import LABELS_MAX, SHARE
from stream.quality.votes import UNKNOWN

BINS = 12
# Cells of a queue's counts.
WEIGHED, LIKELY, GOLDS, GOLDS_HIT = 0, 1, 2, 3  # judgments weighed, sum of their q(own) in SHAREs; golds, hits
BELIEF_A, BELIEF_B, FOLLOWS_A, FOLLOWS_B = 4, 5, 6, 7  # sums over those weighed, see rank_sums.py
SKILLED, SKILLS, READ, READERS_SKILLS = 8, 9, 10, 11  # answers of raters with a known skill, its sum; of those who read
BIN_HIT = 12
BIN_ALL = BIN_HIT + BINS
TOP_HIT = BIN_ALL + BINS
TOP_ALL = TOP_HIT + LABELS_MAX * BINS
MISS_STEPS = 8  # see near_misses.py for these
MISS_SEEN = TOP_ALL + LABELS_MAX * BINS
MISS_MODEL = MISS_SEEN + 2 * MISS_STEPS  # in SHAREs
ANSWERS = MISS_MODEL + 2 * MISS_STEPS
COUNTS = ANSWERS + LABELS_MAX
# Cells of what is read from them.
ABAR, VOTE, GOOD, READS, STANDS = 0, 1, 2, 3, 4  # the last two are skills, in votes.SKILL_UNIT
VALUES = 5
REFRESH_EVERY = 200
_EARLY = (20, 50, 100)
_AT_FIRST = 0.75  # abar before 50 judgments were weighed
_READS_SHARE = 0.5  # of the mean skill: who has less hardly looks at the items
GOOD_STANDING = 0.8  # of the mean skill of those who read
_LEAST_HIT, _MOST_HIT = 0.02, 0.99  # no answer is sure


@compiled
def answered(queue: int, label: int, known: Queues) -> None:
    """Counts one answer off the golds; reads the reference anew when it is time."""
    known.own[queue, ANSWERS + label] += 1
    total = 0
    for k in range(LABELS_MAX):
        total += known.own[queue, ANSWERS + k]
    if total % REFRESH_EVERY == 0 or total in _EARLY:
        refresh(queue, known)


@compiled
def refresh(queue: int, known: Queues) -> None:
    """Reads mix, prior and values from the counts."""
    classes = known.queues[queue]["classes"]
    known.queues[queue]["dirty"] = 1
    answers = 0.0
    for k in range(classes):
        answers += counted(queue, ANSWERS + k, known)
    for k in range(classes):
        share = (counted(queue, ANSWERS + k, known) + 1.0) / (answers + classes)
        known.mix[queue, k] = share
        known.prior[queue, k] = math.log(0.7 * share + 0.3 / classes)
    weighed = counted(queue, WEIGHED, known)
    abar = counted(queue, LIKELY, known) / SHARE / weighed if weighed > 50 else _AT_FIRST
    abar = min(max(abar, 0.55 if classes == 2 else 0.4), 0.95)
    known.values[queue, ABAR] = abar
    known.values[queue, VOTE] = math.log(abar / ((1.0 - abar) / max(classes - 1, 1)))
    known.values[queue, GOOD] = 0.5 + 0.5 * abar
    mean = counted(queue, SKILLS, known) / max(counted(queue, SKILLED, known), 1.0)
    readers_mean = counted(queue, READERS_SKILLS, known) / max(counted(queue, READ, known), 1.0)
    known.values[queue, READS] = _READS_SHARE * mean
    known.values[queue, STANDS] = GOOD_STANDING * readers_mean


@compiled
def in_good_standing(skill: int, queue: int, known: Queues) -> bool:
    """Whether a rater of this skill shows how honest raters answer; counts the skill towards the queue's means."""
    if skill == UNKNOWN:
        return True
    known.own[queue, SKILLED] += 1
    known.own[queue, SKILLS] += skill
    if skill >= known.values[queue, READS]:
        known.own[queue, READ] += 1
        known.own[queue, READERS_SKILLS] += skill
    return bool(skill >= known.values[queue, STANDS])


@compiled
def counted(queue: int, cell: int, known: Queues) -> float:
    """A cell over all shards, as far as this one has heard."""
    return float(known.own[queue, cell] + known.others[queue, cell])


@compiled
def odds_bin(likeliest: float) -> int:
    """The bin of the likeliest answer's log odds, 0 to BINS - 1."""
    odds = math.log(max(likeliest, 1e-9) / max(1.0 - likeliest, 1e-4))
    return min(max(int((odds + 1.0) / 0.7), 0), BINS - 1)


@compiled
def calibrated(queue: int, top: int, b: int, model: float, known: Queues) -> float:
    """How often good raters give the likeliest answer: by answer and bin, shrunk to the bin, the bin to the model."""
    pooled = (counted(queue, BIN_HIT + b, known) + 8.0 * model) / (counted(queue, BIN_ALL + b, known) + 8.0)
    cell = top * BINS + b
    hits = (counted(queue, TOP_HIT + cell, known) + 15.0 * pooled) / (counted(queue, TOP_ALL + cell, known) + 15.0)
    return min(max(hits, _LEAST_HIT), _MOST_HIT)


@compiled
def gold_hits(queue: int, known: Queues) -> float:
    """How often raters are right on items with a known answer, shrunk to .8 with the weight of 8."""
    return (counted(queue, GOLDS_HIT, known) + 6.4) / (counted(queue, GOLDS, known) + 8.0)


@compiled
def as_share(probability: float) -> int:
    """A probability as it travels: 1 to SHARE, never 0, for logs are taken of it."""
    return int64(min(max(probability, 0.0), 1.0) * (SHARE - 1) + 1.5) if probability < 1.0 else int64(SHARE)


def empty_counts(rows: int) -> np.ndarray:
    """int64[rows, COUNTS] of zeros."""
    return np.zeros((rows, COUNTS), "i8")
