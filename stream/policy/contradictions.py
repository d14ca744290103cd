"""What is wrong with a policy that the types alone do not tell."""

from collections.abc import Iterator

from stream.policy.declared import FLAGGING, DeclaredPolicy, DetectorsPolicy, StormPolicy

_ROUNDING = 1e-9  # shares that sum to 1 on paper do so in binary but for this


def contradictions(policy: DeclaredPolicy) -> Iterator[tuple[str, str]]:
    """(place, problem and remedy) of each."""
    budget = policy.budget
    if budget.honest_critical_per_10000_rater_weeks > budget.honest_ticketed_per_10000_rater_weeks:
        yield "budget.honest_critical_per_10000_rater_weeks", "is at most honest_ticketed_per_10000_rater_weeks"
    yield from _shares("detectors", policy.detectors)
    yield from _storm("storm", policy.storm)
    for name, queue in policy.queues.items():
        yield from _shares(f"queues.{name}.detectors", queue.detectors)
        yield from _storm(f"queues.{name}.storm", queue.storm)


def _shares(place: str, detectors: DetectorsPolicy) -> Iterator[tuple[str, str]]:
    spent = sum(getattr(detectors, detector).budget_share for detector in FLAGGING)
    if spent > 1 + _ROUNDING:
        yield place, f"the budget_share of all detectors sums to {spent:.4g}; lower some, 1 is the whole budget"


def _storm(place: str, storm: StormPolicy) -> Iterator[tuple[str, str]]:
    if 2 * storm.group_active_raters < storm.active_raters:
        # Or flags that spread from one vendor to the others would leave nobody to blame on the way.
        yield f"{place}.group_active_raters", f"is at least half of active_raters ({storm.active_raters})"
