"""How right the flags are, over raters whose truth is known."""

from collections.abc import Iterable

import msgspec

from stream.quality.measures import Interval, wilson
from stream.report.standing import Standing


class FlagScores(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of raters on queues; shares with Wilson's 95 % interval, None where nothing is there to count."""

    known: int
    below_bar: int
    flagged_known: int
    flagged_below_bar: int
    precision: Interval | None  # of the flagged, those below the bar
    recall: Interval | None  # of those below the bar, the flagged
    flagged_among_rest: Interval | None  # of those not below the bar, the flagged


def flag_scores(standings: Iterable[Standing]) -> FlagScores:
    """Who is flagged against who is below the bar."""
    cells = [(found.is_flagged, found.truth.below_bar) for found in standings if found.truth is not None]
    flagged, below = sum(flag for flag, _ in cells), sum(bar for _, bar in cells)
    right = sum(flag and bar for flag, bar in cells)
    return FlagScores(
        known=len(cells),
        below_bar=below,
        flagged_known=flagged,
        flagged_below_bar=right,
        precision=share(right, flagged),
        recall=share(right, below),
        flagged_among_rest=share(flagged - right, len(cells) - below),
    )


def share(part: int, whole: int) -> Interval | None:
    """Part of a whole with Wilson's 95 % interval; None of nothing."""
    return wilson(part, whole) if whole else None
