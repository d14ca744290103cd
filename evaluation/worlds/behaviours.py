"""How a simulated rater answers: a share of judgments read as honest raters read, and what stands in for the rest."""

from dataclasses import dataclass
from enum import IntEnum


class Otherwise(IntEnum):
    """The answer of a judgment that is not read honestly. Constant answers slip to any class now and then."""

    MIX = -1  # a draw from the prior of the truth, without a look at the item
    UNIFORM = -2  # every class alike
    ANOTHER = -3  # any class but the one read
    FIRST = -4  # always the first class, the commonest
    LAST = -5  # always the last class, the rarest


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One kind of rater.

    read: share of judgments answered as an honest rater would, in [0, 1]; the rest follows `otherwise`.
    honest_until: up to this many judgments the rater is honest, then the behaviour begins (0: at once).
    as_anyone: reads with the ability and bias of an honest crew member drawn anew each time, not with an own one.
    knows_golds: recognises items with a known answer, and is careful on them and only on them.
    minority: reads the items that the guideline leaves open (World.open_share) by the minority's rule.
    bias_logits: extra lean towards one class, drawn for each rater.
    time_factor: on the time taken; 1 is the crew's usual.
    copies: share of answers taken from the partner where the partner has already answered the item.
    """

    name: str
    read: float = 1.0
    otherwise: Otherwise = Otherwise.MIX
    honest_until: int = 0
    as_anyone: bool = False
    knows_golds: bool = False
    minority: bool = False
    bias_logits: float = 0.0
    time_factor: float = 1.0
    copies: float = 0.0


HONEST = Behaviour("honest")
# The mildest rater who counts as bad: peers' answers three times in four, the queue's mix otherwise.
BOUNDARY = Behaviour("boundary", read=0.75, as_anyone=True)
RANDOM = Behaviour("random", read=0.0)
UNIFORM = Behaviour("uniform", read=0.0, otherwise=Otherwise.UNIFORM)
CONSTANT_MAJOR = Behaviour("constant major", read=0.0, otherwise=Otherwise.FIRST)
CONSTANT_MINOR = Behaviour("constant minor", read=0.0, otherwise=Otherwise.LAST)
INVERTED = Behaviour("inverted", read=0.2, otherwise=Otherwise.ANOTHER)
LAZY = Behaviour("lazy", read=0.25, as_anyone=True)
BIASED = Behaviour("biased", bias_logits=1.0)
GOLD_AWARE = Behaviour("gold aware", read=0.0, otherwise=Otherwise.FIRST, knows_golds=True)
MINORITY = Behaviour("minority reading", minority=True)
SLOW = Behaviour("slow", time_factor=2.5)
FAST_BUT_RIGHT = Behaviour("fast but right", time_factor=0.35)
# Copiers work in pairs: the first with the second of the crew, the third with the fourth; whoever comes second copies.
COPIER = Behaviour("copier", copies=0.9)


def degrading(judgments: int, otherwise: Otherwise) -> Behaviour:
    """Honest for so many judgments, then none is read any more."""
    return Behaviour(f"degrading to {otherwise.name.lower()}", 0.0, otherwise, honest_until=judgments)


# The crew of the design's six worlds: 40 raters, 26 of them honest.
CREW = (
    *[HONEST] * 26,
    *[BOUNDARY] * 4,
    *[RANDOM] * 2,
    *[CONSTANT_MAJOR] * 2,
    *[CONSTANT_MINOR] * 2,
    INVERTED,
    LAZY,
    *[BIASED] * 2,
)
