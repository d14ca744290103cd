"""The evidence that the policy's thresholds are held against: known answers, peers, and one answer given always."""

import math

from stream.quality.columns import AGREEMENT, EXPECTED, GOLD_RIGHT, GOLD_SEEN, SCORED
from stream.quality.compiled import compiled, int64
from stream.quality.rater_rows import Raters
from stream.quality.schema import RING, UNIT, WINDOW_JUDGMENTS, Flag

_SCORED_FLAG = int(Flag.SCORED)
_ABSENT = int(Flag.SKIPPED | Flag.ESCALATED)
_QUEUE_PRIOR = 50.0  # judgments at a ratio of .6: what a queue is taken for until it has its own
_QUEUE_PRIOR_RATIO = 0.6
_LEAST_QUEUE = 200  # judgments with peers before a queue's own agreement is a yardstick
_LEAST_RATIO = 0.15  # below it a queue's raters agree by chance, and nobody can be told from the others


@compiled
def gold_evidence(raters: Raters, slot: int, highest: float) -> float:
    """Ln of the mixture likelihood ratio that known-answer accuracy lies below the floor, since the episode began."""
    hot = raters.hot[slot]
    seen = float(raters.life[slot, GOLD_SEEN] - hot["gold_seen_before"])
    right = float(raters.life[slot, GOLD_RIGHT] - hot["gold_right_before"]) / UNIT
    if seen < 1.0:
        return 0.0
    floor = gold_floor(raters, slot, highest)
    right = min(max(right, 0.0), seen)  # an answer before the episode may have been corrected since
    wrong = seen - right
    total = 0.0
    for share in (0.25, 0.5, 0.75):
        accuracy = share * floor
        log_ratio = right * math.log(accuracy / floor) + wrong * math.log((1.0 - accuracy) / (1.0 - floor))
        total += math.exp(min(log_ratio, 300.0)) / 3.0
    return math.log(max(total, 1e-300))


@compiled
def gold_floor(raters: Raters, slot: int, highest: float) -> float:
    """The midpoint of chance and the queue's mean known-answer accuracy, at most `highest`."""
    hot = raters.hot[slot]
    chance = 1.0 / max(hot["scale"], 2)
    queue = raters.life[hot["queue_row"]]
    mean = (queue[GOLD_RIGHT] / UNIT + 20 * 0.85) / (queue[GOLD_SEEN] + 20)
    return float(min(max((chance + mean) / 2.0, 0.05), highest))


@compiled
def ratio_limit(raters: Raters, slot: int, highest: float) -> float:
    """Half of the queue's own chance-corrected agreement, at most `highest`; 0 where the queue has none yet."""
    queue = raters.life[raters.hot[slot]["queue_row"]]
    over_chance = (queue[AGREEMENT] - queue[EXPECTED]) / UNIT + _QUEUE_PRIOR * _QUEUE_PRIOR_RATIO * 0.5
    possible = queue[SCORED] - queue[EXPECTED] / UNIT + _QUEUE_PRIOR * 0.5
    ratio = over_chance / max(possible, 1.0)
    return min(ratio / 2.0, highest) if ratio > _LEAST_RATIO and queue[SCORED] >= _LEAST_QUEUE else 0.0


@compiled
def recent_agreement(raters: Raters, slot: int, since: int) -> tuple[float, float, float]:
    """(judgments with peers, sum of agreement, sum of its expectation) of the last 50, of those after the rater's
    `since`-th."""
    hot = raters.hot[slot]
    n, agreement, chance = 0, 0, 0
    for place in range(max(0, hot["ring_length"] - min(WINDOW_JUDGMENTS, hot["seen"] - since)), hot["ring_length"]):
        score = raters.ring[slot, (hot["ring_start"] + place) & (RING - 1)]["score"]
        if int64(score["flags"]) & _SCORED_FLAG:
            n += 1
            agreement += int64(score["agreement"])
            chance += int64(score["expected"])
    return float(n), agreement / UNIT, chance / UNIT


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


@compiled
def one_answer(raters: Raters, slot: int, since: int, least: float) -> tuple[float, float, float]:
    """(answers, share of the most given one, improbability in nats of that share) among the same.

    A share that is surely below `least`, itself above a half, is said to be 0. The improbability is n times the
    Kullback-Leibler divergence from the answer's share in the queue (Chernoff).
    """
    hot = raters.hot[slot]
    start = max(0, hot["ring_length"] - min(WINDOW_JUDGMENTS, hot["seen"] - since))
    answers, candidate, lead = 0, int64(-1), 0
    for place in range(start, hot["ring_length"]):  # majority vote: finds the answer if it has over half
        score = raters.ring[slot, (hot["ring_start"] + place) & (RING - 1)]["score"]
        if int64(score["flags"]) & _ABSENT:
            continue
        answers += 1
        if lead == 0:
            candidate = int64(score["label"])
        lead += 1 if candidate == int64(score["label"]) else -1
    if lead < (2.0 * least - 1.0) * answers:
        return float(answers), 0.0, 0.0
    given, usual = 0, 0
    for place in range(start, hot["ring_length"]):
        score = raters.ring[slot, (hot["ring_start"] + place) & (RING - 1)]["score"]
        if int64(score["flags"]) & _ABSENT:
            continue
        if int64(score["label"]) == candidate:
            given += 1
            usual += int64(score["expected"])
    if given == 0:
        return float(answers), 0.0, 0.0
    share = given / answers
    mix = min(max(usual / given / UNIT, 1e-4), 1.0 - 1e-4)
    if share <= mix:
        return float(answers), share, 0.0
    other = 0.0 if share >= 1.0 else (1.0 - share) * math.log((1.0 - share) / (1.0 - mix))
    return float(answers), share, answers * (share * math.log(share / mix) + other)
