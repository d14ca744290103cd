"""The declared budget of wrong flags against what was flagged."""

from collections.abc import Sequence

import msgspec

from stream.report.intervals import poisson_interval
from stream.report.standing import Standing

PER_WEEKS = 10_000


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy declares: honest raters flagged per 10,000 rater-weeks, over all queues and detectors together."""

    ticketed: float = 10.0
    critical: float = 1.0
    judgments_per_week: float = 2_500.0  # of one rater


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """One level of severity. Rates are per 10,000 rater-weeks with the exact 95 % interval of a Poisson count."""

    severity: str  # ticketed or critical
    declared: float
    flagged: int  # raters on queues, whatever is true of them
    allowed: float  # honest ones that the budget allows in this log
    honest_flagged: int  # known to be above the bar; unknown ones are in neither
    honest_weeks: float  # rater-weeks of those known to be above the bar
    rate: float | None
    low: float | None
    high: float | None
    verdict: str  # kept, exceeded, too little data to tell, truth not known


def spending(standings: Sequence[Standing], budget: Budget) -> list[Spent]:
    """Both levels; "kept" only when the interval's upper end is."""
    return [
        _spent("ticketed", budget.ticketed, standings, [found for found in standings if found.is_flagged], budget),
        _spent("critical", budget.critical, standings, [found for found in standings if found.critical], budget),
    ]


def _spent(
    severity: str, declared: float, everybody: Sequence[Standing], flagged: Sequence[Standing], budget: Budget
) -> Spent:
    weeks = _weeks(everybody, budget)
    honest_weeks = _weeks([found for found in everybody if _is_honest(found)], budget)
    wrong = sum(map(_is_honest, flagged))
    low, high = (end * PER_WEEKS / honest_weeks for end in poisson_interval(wrong)) if honest_weeks else (None, None)
    return Spent(
        severity=severity,
        declared=declared,
        flagged=len(flagged),
        allowed=declared * weeks / PER_WEEKS,
        honest_flagged=wrong,
        honest_weeks=honest_weeks,
        rate=wrong * PER_WEEKS / honest_weeks if honest_weeks else None,
        low=low,
        high=high,
        verdict=_verdict(declared, low, high),
    )


def _weeks(some: Sequence[Standing], budget: Budget) -> float:
    return sum(found.judgments for found in some) / budget.judgments_per_week


def _is_honest(found: Standing) -> bool:
    return found.truth is not None and not found.truth.below_bar


def _verdict(declared: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "truth not known"
    if high <= declared:
        return "kept"
    return "exceeded" if low > declared else "too little data to tell"
