from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.simulate.labels import Labels
from stream.simulate.places import QueueWorld
from stream.simulate.world import Rates

NO_GOLD = -1


@dataclass(frozen=True, slots=True)
class Items:
    """The items that open together in one queue, a row each. Labels are codes of the queue's Labels."""

    first: int  # running number in the queue of row 0
    truth: NDArray[np.int64]
    difficulty: NDArray[np.float32]  # logits
    decoy: NDArray[np.int64]  # the wrong label, or the doubtful member, that the item suggests to everybody
    kind: NDArray[np.int64]  # index into the queue's item kinds
    known: NDArray[np.int64]  # the gold as first published, or NO_GOLD
    announced: NDArray[np.bool_]  # the gold comes as its own event
    correction: NDArray[np.int64]  # 0 the gold stands, 1 it is corrected later, 2 it is withdrawn later

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def gold(self) -> NDArray[np.bool_]:
        return np.asarray(self.known != NO_GOLD)


def draw_items(
    queue: QueueWorld, labels: Labels, rates: Rates, first: int, number: int, rng: np.random.Generator
) -> Items:
    """Draws what is true, how hard it is to see, and which answers are known beforehand."""
    truth = labels.draw(number, rng)
    gold = rng.random(number) < rates.golds
    wrong = gold & (rng.random(number) < rates.golds_wrong)
    withdrawn = rng.random(number) < rates.golds_withdrawn
    known = np.where(wrong, labels.another(truth, rng), np.where(gold, truth, NO_GOLD))
    return Items(
        first=first,
        truth=truth,
        difficulty=rng.standard_normal(number, np.float32) * np.float32(queue.difficulty_spread),
        decoy=labels.decoy(truth, rng),
        kind=rng.integers(0, len(queue.kind_factors), number),
        known=known,
        announced=gold & (rng.random(number) < rates.golds_as_events),
        correction=np.where(wrong, np.where(withdrawn, 2, 1), 0),
    )
