"""What an alarm is about: the kinds that a finding can name, and how sure the name is.

Only "one constant answer" is told apart with much certainty; nobody's motive is known.
"""

from enum import IntEnum

import numpy as np

from stream.quality.alarm import CONSTANT, INVERTED, LOW, OWN_MIX, RANDOM, UNIFORM, shares_otherwise
from stream.quality.compiled import compiled


class AlarmKind(IntEnum):
    """In the order in which a finding prefers them when two are equally likely."""

    CONSTANT = 0
    INVERTED = 1
    LOW_SKILL = 2
    UNRELATED = 3


@compiled
def shares_of_kinds(sums: np.ndarray, scale: int) -> tuple[float, float, float, float]:
    """How the kinds share the evidence, given that the rater is not honest, in the order of AlarmKind."""
    shares = np.zeros(6)
    shares_otherwise(sums, scale, shares)
    unrelated = shares[RANDOM - RANDOM] + shares[UNIFORM - RANDOM] + shares[OWN_MIX - RANDOM]
    return shares[CONSTANT - RANDOM], shares[INVERTED - RANDOM], shares[LOW - RANDOM], unrelated


@compiled
def likeliest(shares: tuple[float, float, float, float]) -> int:
    """The AlarmKind that explains the answers best, from their shares."""
    best = 0
    for kind in range(len(shares)):
        if shares[kind] > shares[best]:
            best = kind
    return best
