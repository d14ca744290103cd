"""What an alarm is about: the kinds that a finding can name, and how sure the name is.

Only "one constant answer" is told apart with much certainty; nobody's motive is known.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from stream.quality.alarm import CONSTANT, INVERTED, LOW, OWN_MIX, RANDOM, UNIFORM, constant_label, shares_otherwise
from stream.quality.compiled import compiled


class AlarmKind(IntEnum):
    """In the order in which a finding prefers them when two are equally likely."""

    CONSTANT = 0
    INVERTED = 1
    LOW_SKILL = 2
    UNRELATED = 3


class Named(NamedTuple):
    """The likeliest kind, its share of the evidence in [0, 1], and the label that a constant rater gives, else -1."""

    kind: AlarmKind
    sureness: float
    label: int


@compiled
def shares_of_kinds(sums: np.ndarray, scale: int) -> tuple[float, float, float, float]:
    """How the kinds share the evidence, given that the rater is not honest, in the order of AlarmKind."""
    shares = np.zeros(6)
    shares_otherwise(sums, scale, shares)
    unrelated = shares[RANDOM - RANDOM] + shares[UNIFORM - RANDOM] + shares[OWN_MIX - RANDOM]
    return shares[CONSTANT - RANDOM], shares[INVERTED - RANDOM], shares[LOW - RANDOM], unrelated


@compiled
def likeliest_kind(sums: np.ndarray, scale: int) -> tuple[int, float]:
    """The AlarmKind that explains the answers best, given that the rater is not honest, and its share in [0, 1]."""
    of_kinds = shares_of_kinds(sums, scale)
    best = 0
    for kind in range(len(of_kinds)):
        if of_kinds[kind] > of_kinds[best]:
            best = kind
    return best, float(of_kinds[best])


def name_alarm(sums: np.ndarray, scale: int) -> Named:
    """The same for people, from the alarm's row."""
    kind, sureness = likeliest_kind(sums, scale)
    return Named(AlarmKind(kind), sureness, int(constant_label(sums, scale)) if kind == AlarmKind.CONSTANT else -1)
