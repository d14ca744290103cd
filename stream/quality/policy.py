"""The first policy: product.md's defaults as named thresholds, and the evidence they are held against.

A rater is suspect on a queue when a detector's finding is open, watch when evidence is worth a look, unknown while there
is too little to say, else ok. Speed, dissent and self-inconsistency never open a finding; they stand beside one.

- gold: a sequential test (mixture likelihood ratio) of the rater's known-answer accuracy against a floor, the midpoint of
  chance and the queue's mean, at most .70. By Ville's inequality a rater at the floor is ever alarmed with
  probability alpha at most, however often we look. A corrected gold changes the counts and with them the evidence.
- unrelated: the chance-corrected agreement with peers lies, with its whole interval, below half of the queue's. The
  interval is wide (z = 3.7) because it is looked at after each judgment.
- constant: nearly all of the last 50 answers are the same, which the queue's label mix makes next to impossible, and
  peers answer otherwise on the same items.
"""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.contributions import AGREEMENT, EXPECTED, GOLD_RIGHT, GOLD_SEEN, SCORED
from stream.quality.rater_rows import Raters
from stream.quality.schema import RING, UNIT, Flag


class Detector(IntEnum):
    """Bits of HOT.open and HOT.watch, in order."""

    GOLD = 0
    UNRELATED = 1
    CONSTANT = 2


DETECTOR_NAMES = ("gold_accuracy", "unrelated_to_peers", "constant_answer")


class State(IntEnum):
    """A rater's state on a queue; UNKNOWN always comes with its why."""

    UNKNOWN = 0
    OK = 1
    WATCH = 2
    SUSPECT = 3


STATE_NAMES = ("unknown", "ok", "watch", "suspect")


class Policy(NamedTuple):
    """Thresholds, each with its unit and reason."""

    gold_floor: float = 0.70  # accuracy: product.md's gold floor, at most
    gold_alarm: float = math.log(1000.0)  # nats: a rater at the floor is ever alarmed 1 time in 1,000
    gold_watch: float = math.log(20.0)  # nats: 1 in 20
    least_scored: float = 30.0  # judgments with peers before agreement is said at all
    least_known: float = 10.0  # judgments before a rater without peers is ok rather than unknown
    ratio_ceiling: float = 0.35  # chance-corrected agreement: "unrelated" never starts above this
    interval_z: float = 3.7  # of the normal: about 1e-4 one-sided, looked at after each judgment
    watch_z: float = 2.0
    constant_nats: float = 12.0  # how improbable the share of one answer is under the label mix: 6e-6
    constant_share: float = 0.85  # of the last 50 answers
    constant_over: float = 0.70  # the finding stays until the share falls below this
    constant_ratio: float = 0.5  # one answer that peers share is the items' doing, not the rater's


DEFAULT_POLICY = Policy()
_SCORED_FLAG = int(Flag.SCORED)
_ABSENT = int(Flag.SKIPPED | Flag.ESCALATED)
_QUEUE_PRIOR = 50.0  # judgments at a ratio of .6: what a queue is taken for until it has its own
_QUEUE_PRIOR_RATIO = 0.6


@compiled
def weigh(raters: Raters, slot: int, policy: Policy) -> tuple[int, int]:
    """The detectors' bits (open, watch) as of the rater's latest judgment; open ones are kept until evidence is gone."""
    hot = raters.hot[slot]
    opened, watched = 0, 0
    evidence = gold_evidence(raters, slot, policy)
    held = hot["open"] & 1
    if evidence >= policy.gold_alarm or (held and evidence > 0.0):
        opened |= 1
    if evidence >= policy.gold_watch:
        watched |= 1
    limit = ratio_limit(raters, slot, policy)
    n, agreement, chance = recent_agreement(raters, slot)
    _, low, high, _ = ratio_interval(n, agreement, chance, policy.interval_z)
    _, easy_low, easy_high, _ = ratio_interval(n, agreement, chance, policy.watch_z)
    whole_n, whole_agreement, whole_chance = episode_agreement(raters, slot)
    _, _, whole_high, _ = ratio_interval(whole_n, whole_agreement, whole_chance, policy.interval_z)
    held = hot["open"] & 2
    if limit > 0.0:
        below = (n >= policy.least_scored and high < limit) or (whole_n >= policy.least_scored and whole_high < limit)
        if below or (held and easy_low < limit):
            opened |= 2
        if n >= policy.least_scored and easy_high < limit:
            watched |= 2
    answers, share, nats = one_answer(raters, slot)
    apart = n >= policy.least_scored and easy_high < policy.constant_ratio
    if (
        apart and answers >= policy.least_scored and share >= policy.constant_share and nats >= policy.constant_nats
    ) or (hot["open"] & 4 and share >= policy.constant_over):
        opened |= 4
    return opened, watched


@compiled
def gold_evidence(raters: Raters, slot: int, policy: Policy) -> float:
    """Ln of the mixture likelihood ratio that known-answer accuracy lies below the floor, since the episode began."""
    hot = raters.hot[slot]
    seen = float(raters.life[slot, GOLD_SEEN] - hot["gold_seen_before"])
    right = float(raters.life[slot, GOLD_RIGHT] - hot["gold_right_before"]) / UNIT
    if seen < 1.0:
        return 0.0
    floor = gold_floor(raters, slot, policy)
    wrong = max(seen - right, 0.0)
    total = 0.0
    for share in (0.25, 0.5, 0.75):
        accuracy = share * floor
        log_ratio = right * math.log(accuracy / floor) + wrong * math.log((1.0 - accuracy) / (1.0 - floor))
        total += math.exp(min(log_ratio, 300.0)) / 3.0
    return math.log(max(total, 1e-300))


@compiled
def gold_floor(raters: Raters, slot: int, policy: Policy) -> float:
    """The midpoint of chance and the queue's mean known-answer accuracy, at most policy.gold_floor."""
    hot = raters.hot[slot]
    chance = 1.0 / max(hot["scale"], 2)
    queue = raters.life[hot["queue_row"]]
    mean = (queue[GOLD_RIGHT] / UNIT + 20 * 0.85) / (queue[GOLD_SEEN] + 20)
    return min(max((chance + mean) / 2.0, 0.05), policy.gold_floor)


@compiled
def ratio_limit(raters: Raters, slot: int, policy: Policy) -> float:
    """Half of the queue's own chance-corrected agreement, at most policy.ratio_ceiling; 0 where the queue has none."""
    queue = raters.life[raters.hot[slot]["queue_row"]]
    over_chance = (queue[AGREEMENT] - queue[EXPECTED]) / UNIT + _QUEUE_PRIOR * _QUEUE_PRIOR_RATIO * 0.5
    possible = queue[SCORED] - queue[EXPECTED] / UNIT + _QUEUE_PRIOR * 0.5
    ratio = over_chance / max(possible, 1.0)
    return min(ratio / 2.0, policy.ratio_ceiling) if ratio > 0.15 else 0.0


@compiled
def recent_agreement(raters: Raters, slot: int) -> tuple[float, float, float]:
    """(judgments with peers, sum of agreement, sum of its expectation) of the last-50 window."""
    hot = raters.hot[slot]
    n, agreement, chance = 0, 0, 0
    for place in range(max(0, hot["ring_length"] - 50), hot["ring_length"]):
        score = raters.ring[slot, (hot["ring_start"] + place) % RING]["score"]
        if np.int64(score["flags"]) & _SCORED_FLAG:
            n += 1
            agreement += np.int64(score["agreement"])
            chance += np.int64(score["expected"])
    return float(n), agreement / UNIT, chance / UNIT


@compiled
def one_answer(raters: Raters, slot: int) -> tuple[float, float, float]:
    """(answers, share of the most given one, improbability in nats of that share) among the last 50.

    The improbability is n times the Kullback-Leibler divergence from the answer's share in the queue (Chernoff's bound).
    """
    hot = raters.hot[slot]
    start = max(0, hot["ring_length"] - 50)
    candidate, lead = np.int64(-1), 0
    for place in range(start, hot["ring_length"]):  # majority vote: finds the answer if it has over half
        score = raters.ring[slot, (hot["ring_start"] + place) % RING]["score"]
        if np.int64(score["flags"]) & _ABSENT:
            continue
        if lead == 0:
            candidate = np.int64(score["label"])
        lead += 1 if candidate == np.int64(score["label"]) else -1
    answers, given, usual = 0, 0, 0
    for place in range(start, hot["ring_length"]):
        score = raters.ring[slot, (hot["ring_start"] + place) % RING]["score"]
        if np.int64(score["flags"]) & _ABSENT:
            continue
        answers += 1
        if np.int64(score["label"]) == candidate:
            given += 1
            usual += np.int64(score["expected"])
    if given == 0:
        return float(answers), 0.0, 0.0
    share = given / answers
    mix = min(max(usual / given / UNIT, 1e-4), 1.0 - 1e-4)
    if share <= mix:
        return float(answers), share, 0.0
    other = 0.0 if share >= 1.0 else (1.0 - share) * math.log((1.0 - share) / (1.0 - mix))
    return float(answers), share, answers * (share * math.log(share / mix) + other)


@compiled
def episode_agreement(raters: Raters, slot: int) -> tuple[float, float, float]:
    """The same since the current episode began."""
    hot = raters.hot[slot]
    n = float(raters.life[slot, SCORED] - hot["scored_before"])
    agreement = (raters.life[slot, AGREEMENT] - hot["agreement_before"]) / UNIT
    return n, agreement, (raters.life[slot, EXPECTED] - hot["expected_before"]) / UNIT


@compiled
def ratio_interval(n: float, agreement: float, chance: float, z: float) -> tuple[float, float, float, float]:
    """(ratio, low, high, standard error) of the chance-corrected agreement (A - E) / (n - E); 1 is perfect, 0 chance.

    The interval takes the agreement of a judgment for a coin's (its variance is at most p (1 - p)), with Agresti's
    two added successes and failures so that it does not collapse at 0 or 1.
    """
    if n < 1.0 or n - chance < 1e-9:
        return 0.0, -1.0, 1.0, 1.0
    ratio = (agreement - chance) / (n - chance)
    p = min(max((agreement + 2.0) / (n + 4.0), 0.0), 1.0)
    error = math.sqrt(p * (1.0 - p) / (n + 4.0)) * n / (n - chance)
    return ratio, max(ratio - z * error, -1.0), min(ratio + z * error, 1.0), error
