"""What a window's columns say, with intervals; "unknown" is a state with its why, never a zero."""

import math

import msgspec
import numpy as np

from stream.quality.evidence import ratio_interval
from stream.quality.schema import UNIT, Column

Z95 = 1.959964


class Interval(msgspec.Struct, frozen=True):
    """An estimate with the 95 % interval it is shown with."""

    value: float
    low: float
    high: float
    n: int  # judgments it rests on


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """A window of a rater, or of a group. Shares are 0 to 1; None is unknown, and `why` says what is missing."""

    judgments: int
    skipped: int
    escalated: int
    agreement: Interval | None  # mean over items of w with the peers (Wilson)
    expected_agreement: float | None  # the same if answers came from the queue's label mix
    chance_corrected: Interval | None  # (A - E) / (n - E): 1 perfect, 0 chance
    peers_per_judgment: float | None
    gold_accuracy: Interval | None  # on items with a known answer (Wilson)
    overturned: Interval | None  # share of adjudicated answers that were overturned
    overturned_at_random: Interval | None  # the same on random audits only: fit for contracts
    typical_duration_ms: float | None  # geometric mean
    duration_spread: float | None  # standard deviation of ln(ms)
    fast_share: float | None  # below a third of the item kind's median
    judgments_per_active_hour: float | None  # time on items, not time on shift
    self_consistency: Interval | None  # agreement with the own earlier answer on the same item
    exposure_seconds: dict[str, float]  # time on items by sensitivity
    cost: float | None
    cost_per_correct: float | None  # cost over judgments times accuracy on known answers
    label_mix: list[int]  # answers by label id, the last cell is "other"
    why: dict[str, str]  # what is unknown, and what it would take


def measure(sums: np.ndarray, mix: np.ndarray) -> Measures:
    """Reads int64[COLUMNS] and the label counts int64[width] of a window."""
    s = {column: int(sums[column]) for column in Column}
    share = {column: s[column] / UNIT for column in Column}
    why: dict[str, str] = {}

    def wilson_of(name: str, right: float, n: int, missing: str) -> Interval | None:
        if n == 0:
            why[name] = missing
            return None
        return wilson(right, n)

    scored, timed, gold = s[Column.SCORED], s[Column.TIMED], s[Column.GOLD_SEEN]
    agreement = wilson_of("agreement", share[Column.AGREEMENT], scored, "no judgment has a peer yet")
    ratio = None
    if agreement:
        value, low, high, _ = ratio_interval(float(scored), share[Column.AGREEMENT], share[Column.EXPECTED], Z95)
        ratio = Interval(value, low, high, scored)
    accuracy = wilson_of("gold_accuracy", share[Column.GOLD_RIGHT], gold, "no item with a known answer yet")
    exposure = {
        "none": s[Column.EXPOSURE_NONE_MS] / 1000,
        "sensitive": s[Column.EXPOSURE_SENSITIVE_MS] / 1000,
        "severe": s[Column.EXPOSURE_SEVERE_MS] / 1000,
    }
    active_hours = sum(exposure.values()) / 3600
    log_mean = share[Column.LOG_TIME] / timed if timed else 0.0
    log_square = share[Column.LOG_TIME_SQUARED] / timed if timed else 0.0
    if not timed:
        why["duration"] = "the producer sends no durations"
    elif not s[Column.FAST_KNOWN]:
        why["fast_share"] = "the queue's usual time is not known yet"
    cost = s[Column.COST_MICRO] / 1e6 if s[Column.COSTED] else None
    correct = accuracy.value * s[Column.COSTED] if accuracy and cost is not None else 0.0
    if cost is None:
        why["cost"] = "the producer sends no cost"
    elif correct == 0:
        why["cost_per_correct"] = "needs answers on items with a known answer"
    return Measures(
        judgments=s[Column.JUDGMENTS],
        skipped=s[Column.SKIPPED],
        escalated=s[Column.ESCALATED],
        agreement=agreement,
        expected_agreement=share[Column.EXPECTED] / scored if scored else None,
        chance_corrected=ratio,
        peers_per_judgment=s[Column.PEERS] / scored if scored else None,
        gold_accuracy=accuracy,
        overturned=wilson_of("overturned", share[Column.OVERTURNED], s[Column.AUDITED], "nothing was adjudicated"),
        overturned_at_random=wilson_of(
            "overturned_at_random",
            share[Column.OVERTURNED_RANDOM],
            s[Column.AUDITED_RANDOM],
            "nothing was adjudicated at random",
        ),
        typical_duration_ms=math.exp(log_mean) if timed else None,
        duration_spread=math.sqrt(max(log_square - log_mean**2, 0.0)) if timed else None,
        fast_share=s[Column.FAST] / s[Column.FAST_KNOWN] if s[Column.FAST_KNOWN] else None,
        judgments_per_active_hour=timed / active_hours if active_hours > 0 else None,
        self_consistency=wilson_of(
            "self_consistency", share[Column.REPEATS_SAME], s[Column.REPEATS], "no item was judged twice"
        ),
        exposure_seconds=exposure,
        cost=cost,
        cost_per_correct=cost / correct if cost is not None and correct > 0 else None,
        label_mix=[int(n) for n in mix],
        why=why,
    )


def wilson(right: float, n: int, z: float = Z95) -> Interval:
    """Wilson's score interval of a share (1927). For display: peeked at after each judgment it misleads.

    >>> shown = wilson(9, 10)
    >>> f"{shown.value:.0%} of {shown.n}: {shown.low:.0%} to {shown.high:.0%}"
    '90% of 10: 60% to 98%'
    """
    p = right / n
    scale = 1 + z * z / n
    middle = (p + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(max(p * (1 - p), 0.0) / n + z * z / (4 * n * n))
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half), n)
