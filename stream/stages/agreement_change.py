"""Why a queue's agreement moved within a day: its vendors' own answers, or how much of the work each of them does."""

from collections.abc import Mapping

import msgspec
import numpy as np

from stream.events import Sentence
from stream.quality.columns import AGREEMENT, SCORED
from stream.quality.schema import UNIT
from stream.quality.shift_share import shift_share
from stream.quality.windows import Window
from stream.stages.sentences import sentence

LEAST_SCORED = 50  # judgments with peers in each of the two periods, before a change is told


class AgreementChange(msgspec.Struct, frozen=True, kw_only=True):
    """The last 24 hours against the rest of the last 7 days; `within` and `mix` sum to `change`."""

    change: float  # of mean agreement
    within: float  # by vendors whose own agreement moved
    within_low: float  # 95 % interval
    within_high: float
    mix: float  # by who does the work
    stayed: int  # vendors with ten judgments or more in both periods
    came_or_went: int
    n: int  # judgments with peers in the last 24 hours
    before_n: int
    sentence: Sentence


def agreement_change(by_vendor: Mapping[str, Mapping[Window, np.ndarray]]) -> AgreementChange | None:
    """From int64[COLUMNS] of each vendor's day and week in one queue; None with too little in either period."""
    since, level_since = (_column(by_vendor, Window.DAY, column) for column in (SCORED, AGREEMENT))
    week, level_week = (_column(by_vendor, Window.WEEK, column) for column in (SCORED, AGREEMENT))
    # A judgment that comes late may find its hour rolled over and its day not: then it counts as of the days before.
    before, level_before = np.maximum(week - since, 0), np.maximum(level_week - level_since, 0)
    n, before_n = int(since.sum()), int(before.sum())
    if min(n, before_n) < LEAST_SCORED:
        return None
    said = shift_share(before, level_before / UNIT, since, level_since / UNIT)
    points = {name: f"{100 * getattr(said, name):+.1f}" for name in ("change", "within", "mix")}
    return AgreementChange(
        change=float(said.change),
        within=float(said.within),
        within_low=float(said.within_low),
        within_high=float(said.within_high),
        mix=float(said.mix),
        stayed=int(said.stayed),
        came_or_went=int(said.came_or_went),
        n=n,
        before_n=before_n,
        sentence=sentence("shift_share", **points),
    )


def _column(by_vendor: Mapping[str, Mapping[Window, np.ndarray]], window: Window, column: int) -> np.ndarray:
    return np.array([by_vendor[vendor][window][column] for vendor in sorted(by_vendor)], "i8")
