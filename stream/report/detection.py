"""How many judgments it takes until a rater below the bar is flagged."""

from collections.abc import Sequence

import msgspec
import numpy as np

from stream.quality.measures import Interval
from stream.report.flag_scores import share
from stream.report.standing import Standing

HORIZONS = (20, 40, 60, 100, 200, 500)  # judgments


class Within(msgspec.Struct, frozen=True):
    """Of the raters below the bar who gave at least that many judgments since they were: the share flagged by then."""

    judgments: int
    found: Interval | None


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """Delays in judgments since a rater's accuracy fell below the bar, the one that was flagged included."""

    below_bar: int
    found: int
    found_before: int  # flagged while they were still above the bar: no detection
    median_delay: float | None  # of the found ones: who was never flagged is in `within`, not here
    late_delay: float | None  # nine of ten found ones took no longer
    within: list[Within]


def detection(standings: Sequence[Standing]) -> Detection:
    """Over all raters who are known to be below the bar."""
    below = [(found, found.truth.since) for found in standings if found.truth is not None and found.truth.below_bar]
    delays = [found.flagged_at - since + 1 for found, since in below if found.flagged_at is not None]
    after = [delay for delay in delays if delay > 0]
    return Detection(
        below_bar=len(below),
        found=len(after),
        found_before=len(delays) - len(after),
        median_delay=float(np.median(after)) if after else None,
        late_delay=float(np.quantile(after, 0.9)) if after else None,
        within=[Within(horizon, _found_within(below, horizon)) for horizon in HORIZONS],
    )


def _found_within(below: Sequence[tuple[Standing, int]], horizon: int) -> Interval | None:
    long_enough = [(found, since) for found, since in below if found.judgments - since + 1 >= horizon]
    found = sum(
        found.flagged_at is not None and 0 < found.flagged_at - since + 1 <= horizon for found, since in long_enough
    )
    return share(found, len(long_enough))
