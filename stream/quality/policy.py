"""The first policy: product.md's defaults as named thresholds, held against the evidence of `evidence.py`.

A rater is suspect on a queue when a detector's finding is open, watch when evidence is worth a look, unknown while
there is too little to say, else ok. Speed, dissent and self-inconsistency never open a finding; they stand beside one.

- gold: a sequential test (mixture likelihood ratio) of the rater's known-answer accuracy against a floor, the midpoint
  of chance and the queue's mean, at most .70. By Ville's inequality a rater at the floor is ever alarmed with
  probability alpha at most, however often we look. A corrected gold changes the counts and with them the evidence.
- unrelated: the chance-corrected agreement with peers lies, with its whole interval, below half of the queue's. The
  interval is wide (z = 3.7) because it is looked at after each judgment.
- constant: nearly all of the last 50 answers are the same, which the queue's label mix makes next to impossible, and
  peers answer otherwise on the same items.
"""

import math
from enum import IntEnum
from typing import NamedTuple

from stream.quality.compiled import compiled, int64
from stream.quality.evidence import (
    episode_agreement,
    gold_evidence,
    one_answer,
    ratio_interval,
    ratio_limit,
    recent_agreement,
)
from stream.quality.rater_rows import Raters
from stream.quality.schema import UNIT


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
_GOLD, _UNRELATED, _CONSTANT = 1 << Detector.GOLD, 1 << Detector.UNRELATED, 1 << Detector.CONSTANT


@compiled
def weigh(raters: Raters, slot: int, policy: Policy, golds: int) -> tuple[int, int]:
    """The detectors' bits (open, watch) as of the rater's latest outcome; open ones stay until evidence is gone.

    `golds` says whether the outcome changed the known answers; otherwise that test stands where it stood.
    """
    hot = raters.hot[slot]
    opened, watched = int64(hot["open"]) & _GOLD, int64(hot["watch"]) & _GOLD
    if golds:
        evidence = gold_evidence(raters, slot, policy.gold_floor)
        opened = _GOLD if evidence >= policy.gold_alarm or (opened and evidence > 0.0) else 0
        watched = _GOLD if evidence >= policy.gold_watch else 0
    n = float(hot["recent_scored"])
    agreement, chance = hot["recent_agreement"] / UNIT, hot["recent_expected"] / UNIT
    surely, likely = _upper(n, agreement, chance, policy)
    limit = ratio_limit(raters, slot, policy.ratio_ceiling)
    if limit > 0.0:
        whole_surely, whole_likely = _upper(*episode_agreement(raters, slot), policy)
        below = surely < limit or whole_surely < limit
        if below or (hot["open"] & _UNRELATED and (likely < limit or whole_likely < limit)):
            opened |= _UNRELATED
        if likely < limit:
            watched |= _UNRELATED
    else:
        # The queue tells nobody apart just now: no reason to take anything back.
        opened |= int64(hot["open"]) & _UNRELATED
    if hot["constant_from"] != hot["unrelated_from"]:
        _, likely = _upper(*recent_agreement(raters, slot, hot["constant_from"]), policy)
    apart = likely < policy.constant_ratio
    if apart or hot["open"] & _CONSTANT:
        answers, share, nats = one_answer(raters, slot, hot["constant_from"], policy.constant_over)
        plenty = answers >= policy.least_scored and share >= policy.constant_share and nats >= policy.constant_nats
        if (apart and plenty) or (hot["open"] & _CONSTANT and share >= policy.constant_over):
            opened |= _CONSTANT
    return opened, watched


@compiled
def _upper(n: float, agreement: float, chance: float, policy: Policy) -> tuple[float, float]:
    """Upper ends of the chance-corrected agreement's wide and narrow interval; 1 while there is too little to say."""
    if n < policy.least_scored:
        return 1.0, 1.0
    ratio, _, high, error = ratio_interval(n, agreement, chance, policy.interval_z)
    return high, min(ratio + policy.watch_z * error, 1.0)
