"""Whether the review score means what it says: of raters with a score of .3, three in ten should be below the bar."""

from collections.abc import Sequence

import msgspec

from stream.quality.measures import Interval
from stream.report.flag_scores import share
from stream.report.standing import Standing

BINS = 10


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Raters whose score lies in [low, high); the last bin holds 1 too."""

    low: float
    high: float
    mean_suspicion: float | None
    below_bar: Interval | None  # observed share


class Reliability(msgspec.Struct, frozen=True, kw_only=True):
    """Over raters whose truth is known; None without any."""

    known: int
    bins: list[Bin]
    brier: float | None  # mean (score - truth)², 0 best
    usual_brier: float | None  # what the overall share below the bar would get as everybody's score
    error: float | None  # expected calibration error: mean |observed - score| over raters, by bins


def reliability(standings: Sequence[Standing]) -> Reliability:
    """The reliability table of the suspicion at the end of the log."""
    known = [(found.suspicion, found.truth.below_bar) for found in standings if found.truth is not None]
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for score, below in known:
        bins[min(int(score * BINS), BINS - 1)].append((score, below))
    n, usual = len(known), sum(below for _, below in known) / max(len(known), 1)
    gaps = [abs(sum(below - score for score, below in found)) for found in bins]
    return Reliability(
        known=n,
        bins=[_bin(number, found) for number, found in enumerate(bins)],
        brier=sum((score - below) ** 2 for score, below in known) / n if n else None,
        usual_brier=usual * (1 - usual) if n else None,
        error=sum(gaps) / n if n else None,
    )


def _bin(number: int, found: Sequence[tuple[float, bool]]) -> Bin:
    return Bin(
        low=number / BINS,
        high=(number + 1) / BINS,
        mean_suspicion=sum(score for score, _ in found) / len(found) if found else None,
        below_bar=share(sum(below for _, below in found), len(found)),
    )
