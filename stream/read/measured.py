"""A window's sums as columns; and of groups, the same over all shards."""

from collections.abc import Mapping

import numpy as np

from stream.quality.columns import AUDITED, AUDITED_RANDOM, COSTED, GOLD_RIGHT, GOLD_SEEN, OVERTURNED_RANDOM
from stream.quality.measures import Interval, measure
from stream.quality.schema import UNIT
from stream.read.columns import Measured

MIXED = "costs are in several currencies"
_NAMES = {"gold_accuracy": "known_accuracy", "duration": "typical_duration_ms"}  # of reasons, as the columns are called
_LEFT_OUT = ("overturned", "overturned_at_random")  # counted, and told as counts


def measured(sums: np.ndarray, mix: np.ndarray, currencies: frozenset[str | None]) -> Measured:
    """From int64[COLUMNS] and label counts; money of several currencies is not added up."""
    told = measure(sums, mix)
    why = {_NAMES.get(name, name): reason for name, reason in told.why.items() if name not in _LEFT_OUT}
    mixed = len(currencies) > 1
    if mixed and told.cost is not None:
        why |= {"cost": MIXED}
        why.pop("cost_per_correct", None)
    agreement, ratio, known = _three(told.agreement), _three(told.chance_corrected), _three(told.gold_accuracy)
    return Measured(
        judgments=told.judgments,
        skipped=told.skipped,
        escalated=told.escalated,
        agreement=agreement[0],
        agreement_low=agreement[1],
        agreement_high=agreement[2],
        chance_corrected=ratio[0],
        chance_corrected_low=ratio[1],
        chance_corrected_high=ratio[2],
        peers_per_judgment=told.peers_per_judgment,
        known_judgments=int(sums[GOLD_SEEN]),
        known_right=float(sums[GOLD_RIGHT]) / UNIT,
        known_accuracy=known[0],
        known_accuracy_low=known[1],
        known_accuracy_high=known[2],
        audited=int(sums[AUDITED]),
        audited_at_random=int(sums[AUDITED_RANDOM]),
        overturned_at_random=float(sums[OVERTURNED_RANDOM]) / UNIT,
        typical_duration_ms=told.typical_duration_ms,
        fast_share=told.fast_share,
        judgments_per_active_hour=told.judgments_per_active_hour,
        self_consistency=told.self_consistency.value if told.self_consistency else None,
        cost=None if mixed else told.cost,
        costed=int(sums[COSTED]),
        currency=next(iter(currencies)) if len(currencies) == 1 else None,
        cost_per_correct=None if mixed else told.cost_per_correct,
        why=_sentence(why),
    )


def _three(interval: Interval | None) -> tuple[float | None, float | None, float | None]:
    return (interval.value, interval.low, interval.high) if interval else (None, None, None)


def _sentence(why: Mapping[str, str]) -> str | None:
    return "; ".join(f"{name}: {reason}" for name, reason in why.items()) or None
