from dataclasses import dataclass
from typing import Literal

Kind = Literal["nominal", "ordinal", "set"]
Sensitivity = Literal["none", "sensitive", "severe"]


@dataclass(frozen=True, slots=True)
class QueueWorld:
    """A queue as nature has it: its labels, how often each is true, how hard and how long the items are.

    `prior` is the share of items on which a label is true; for a set queue the chance of each member by itself.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]  # an ordinal queue's in the order of the scale
    prior: tuple[float, ...]
    redundancy: int = 3  # judgments an item gets from different raters
    ability: float = 2.6  # logits of a careful rater on an item of average difficulty
    difficulty_spread: float = 1.0  # standard deviation in logits between items
    distraction: float = 0.7  # logits for the wrong label that an item suggests to everybody
    typical_ms: int = 12_000  # median time of a judgment
    sensitivity: Sensitivity = "none"
    item_kinds: tuple[tuple[str, float], ...] = ()  # (name, factor on the time), equally frequent
    guidelines: tuple[str, ...] = ("v1",)
    share: float = 1.0  # of the work, relative to the other queues

    @property
    def kind_factors(self) -> tuple[float, ...]:
        """Factors on the time by item kind; one factor of 1 where no kinds are told apart."""
        return tuple(factor for _, factor in self.item_kinds) or (1.0,)


@dataclass(frozen=True, slots=True)
class VendorWorld:
    """A partner who employs raters."""

    name: str
    display_name: str
    share: float  # of the raters, relative to the other vendors
    sites: tuple[str, ...]
    locales: tuple[str, ...]
    currency: str
    cost: str  # of a judgment, decimal
    target_accuracy: float = 0.9
