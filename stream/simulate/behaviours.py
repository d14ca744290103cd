from dataclasses import dataclass
from enum import StrEnum


class Behaviour(StrEnum):
    """How a simulated rater works. The names are what truth_raters.csv and `--behaviours` say."""

    CAREFUL = "careful"
    SLOPPY = "sloppy"  # honest, and below the others
    FAST_BUT_RIGHT = "fast_but_right"
    SLOW = "slow"  # careful, merely slow
    EXPOSED = "exposed"  # careful, long hours on sensitive content without a break
    MINORITY_READING = "minority_reading"  # reads one class of the guideline differently, always the same way
    RANDOM = "random"  # draws from the queue's label mix without looking
    CONSTANT_ANSWER = "constant_answer"
    GOLD_AWARE = "gold_aware"  # recognises golds: right on them, one constant answer elsewhere
    SPEEDER = "speeder"  # a quarter of the time, and worse for it
    COPIER = "copier"  # sends a partner's answers
    DEGRADING = "degrading"  # careful until a moment, then random
    DEGRADING_CONSTANT = "degrading_constant"  # careful until a moment, then one answer
    INVERTED = "inverted"  # has understood the scale the wrong way round
    LAZY = "lazy"  # looks at one item in four


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a behaviour does to skill (logits added to the queue's ability) and to the time taken (a factor)."""

    honest: bool
    skill: float = 0.0
    time: float = 1.0


# Whoever does not read the item needs less time, but not none: interfaces make everybody click and wait.
CONDUCT = {
    Behaviour.CAREFUL: Conduct(honest=True),
    Behaviour.SLOPPY: Conduct(honest=True, skill=-1.0, time=0.8),
    Behaviour.FAST_BUT_RIGHT: Conduct(honest=True, skill=0.3, time=0.35),
    Behaviour.SLOW: Conduct(honest=True, time=2.5),
    Behaviour.EXPOSED: Conduct(honest=True),
    Behaviour.MINORITY_READING: Conduct(honest=True),
    Behaviour.RANDOM: Conduct(honest=False, time=0.6),
    Behaviour.CONSTANT_ANSWER: Conduct(honest=False, time=0.5),
    Behaviour.GOLD_AWARE: Conduct(honest=False, skill=2.5, time=0.7),
    Behaviour.SPEEDER: Conduct(honest=False, skill=-2.0, time=0.25),
    Behaviour.COPIER: Conduct(honest=False, time=0.6),
    Behaviour.DEGRADING: Conduct(honest=False),
    Behaviour.DEGRADING_CONSTANT: Conduct(honest=False),
    Behaviour.INVERTED: Conduct(honest=False),
    Behaviour.LAZY: Conduct(honest=False, time=0.7),
}
BEHAVIOURS = tuple(Behaviour)
NUMBER = {behaviour: number for number, behaviour in enumerate(BEHAVIOURS)}
HONEST = frozenset(behaviour for behaviour in BEHAVIOURS if CONDUCT[behaviour].honest)

# A team like the one raterwatch is made for: about one rater in ten is planted as bad, every kind is there.
EVERYDAY_MIX = {
    Behaviour.CAREFUL: 0.68,
    Behaviour.SLOPPY: 0.08,
    Behaviour.FAST_BUT_RIGHT: 0.03,
    Behaviour.SLOW: 0.04,
    Behaviour.EXPOSED: 0.02,
    Behaviour.MINORITY_READING: 0.04,
    Behaviour.RANDOM: 0.02,
    Behaviour.CONSTANT_ANSWER: 0.01,
    Behaviour.GOLD_AWARE: 0.01,
    Behaviour.SPEEDER: 0.02,
    Behaviour.COPIER: 0.01,
    Behaviour.DEGRADING: 0.01,
    Behaviour.DEGRADING_CONSTANT: 0.01,
    Behaviour.INVERTED: 0.01,
    Behaviour.LAZY: 0.01,
}
