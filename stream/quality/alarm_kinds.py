"""What an alarm is about: the kinds that a finding can name, and how sure the name is."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from stream.quality.alarm import constant_label, shares_otherwise


class AlarmKind(IntEnum):
    """In the order in which a finding prefers them when two are equally likely."""

    CONSTANT = 0
    INVERTED = 1
    UNRELATED = 2
    LOW_SKILL = 3


# As a person reads them. Only "one constant answer" is told apart with much certainty; nobody's motive is known.
ALARM_KIND_NAMES = ("one constant answer", "inverted", "answers unrelated to peers", "low skill")


class Named(NamedTuple):
    """The likeliest kind, its share of the evidence in [0, 1], and the label that a constant rater gives, else -1."""

    kind: AlarmKind
    sureness: float
    label: int


def name_alarm(sums: np.ndarray, scale: int) -> Named:
    """From the alarm's row: which kind explains the answers best, given that the rater is not honest."""
    shares = np.zeros(6)
    shares_otherwise(sums, scale, shares)
    random, uniform, own_mix, low, inverted, constant = shares.tolist()
    of_kinds = (constant, inverted, random + uniform + own_mix, low)
    kind = AlarmKind(of_kinds.index(max(of_kinds)))
    label = int(constant_label(sums, scale)) if kind is AlarmKind.CONSTANT else -1
    return Named(kind, max(of_kinds), label)
