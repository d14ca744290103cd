"""The storm guard: so many raters of a queue are flagged that its guideline and known answers are looked at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Literal

from stream.policy.declared import StormPolicy
from stream.policy.flags import FlaggedRater
from stream.policy.groups import least_flagged

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Blame:
    """A queue is blamed. The alerts on its raters wait from `since_ms` until `until_ms`, and none for longer."""

    why: Literal["spread", "constant"]  # flags at several vendors; or too many who look constant
    since_ms: int  # when the rater was flagged who made them too many
    until_ms: int

    def inhibits(self, flagged_since_ms: int, now_ms: int, storm: StormPolicy) -> bool:
        """Whether the alert on a rater waits: never after the storm's hours, nor longer than as many of its own."""
        return now_ms < min(self.until_ms, flagged_since_ms + storm.inhibit_ms)


def blame(active: Sequence[FlaggedRater], storm: StormPolicy, *, explained: bool) -> Blame | None:
    """Whether the queue is to blame, and since when; `explained`: a vendor or site accounts for the flags.

    The beginning follows from the flags themselves, so that nothing has to be remembered and every worker says the
    same. Above the constant share peers are no reference any more, whoever employs the constant ones.
    """
    if len(active) < storm.active_raters:
        return None
    flagged = [rater.flagged_since_ms for rater in active if rater.flagged_since_ms is not None]
    constant = [rater.constant_since_ms for rater in active if rater.constant_since_ms is not None]
    above = floor(storm.constant_share * len(active) + _ROUNDING) + 1
    found = [_blame("constant", constant, above, storm)]
    if not explained:
        found.append(_blame("spread", flagged, least_flagged(len(active), storm), storm))
    return min((one for one in found if one), key=lambda one: one.since_ms, default=None)


def _blame(
    why: Literal["spread", "constant"], since_ms: Sequence[int], needed: int, storm: StormPolicy
) -> Blame | None:
    if len(since_ms) < needed:
        return None
    began_ms = sorted(since_ms)[needed - 1]
    return Blame(why, began_ms, began_ms + storm.inhibit_ms)
