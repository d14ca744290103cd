"""Queues whose truth is known, as data: the six worlds of the design, and how much honest raters differ in them."""

from dataclasses import dataclass

from evaluation.worlds.crews import Population


@dataclass(frozen=True, slots=True)
class World:
    """A queue's truth.

    prior: probability of each class, the commonest first. ability_logits: mean log odds that an honest rater sees the
    true class of a middling item; difficulty_sd: how much items differ from it, in logits. redundancy: judgments an
    item. window_items: mean wait of a judgment, while so many further items open. gold_share: items with a known
    answer. open_share: items that the guideline leaves open, read otherwise by the minority only.
    """

    name: str
    prior: tuple[float, ...]
    ability_logits: float
    difficulty_sd: float
    redundancy: int = 4
    window_items: float = 25.0
    gold_share: float = 0.0
    open_share: float = 0.1
    median_ms: float = 12_000.0

    @property
    def classes(self) -> int:
        return len(self.prior)


WORLDS = {
    world.name: world
    for world in (
        World("med2", (0.6, 0.4), 1.6, 1.0),
        World("easy2", (0.6, 0.4), 3.0, 1.0),
        World("imb2", (0.85, 0.15), 2.5, 1.0),
        World("med4", (0.4, 0.3, 0.2, 0.1), 2.2, 1.0),
        World("easy4", (0.25, 0.25, 0.25, 0.25), 4.0, 1.5),
        World("hard4", (0.4, 0.3, 0.2, 0.1), 1.6, 2.0),
    )
}
MODERATE = Population(ability_sd=0.5, bias_sd=0.3)
ROUGH = Population(ability_sd=0.7, bias_sd=0.45)
