"""Thresholds of the alarm and the change detector, from how many honest raters may be flagged wrongly.

The alarm bounds the share of honest raters that it ever flags in an episode, and an episode begins with a rater's first
judgment on a queue or with a verdict. The change detector bounds how often it flags within so many judgments. Both
bounds hold however often one looks, so a threshold is a division, and nobody types one.
"""

import math
from typing import NamedTuple

from stream.quality.compiled import compiled


class Thresholds(NamedTuple):
    """In nats, to hold against alarm_nats and change_nats."""

    alarm: float
    change: float


def thresholds(alarm_allowance: float, change_allowance: float, judgments: float) -> Thresholds:
    """The lowest thresholds that keep a budget.

    alarm_allowance: honest raters flagged by the alarm, a rater's episode on a queue; change_allowance: those flagged
    by the change detector while a rater makes `judgments` judgments there. Both in (0, 1): the policy's budget per
    rater-week, with the detector's share of it, divided by the queues that share the week. 0 stands for never.
    """
    return Thresholds(_nats(1.0, alarm_allowance), _nats(judgments, change_allowance))


@compiled
def stays_open(nats: float, threshold: float, share: float) -> bool:
    """Whether a finding opened at the threshold stays: it closes below a share of it, so that none flickers."""
    return nats >= share * threshold


def _nats(looks: float, allowance: float) -> float:
    return math.log(looks / allowance) if allowance > 0.0 else math.inf
