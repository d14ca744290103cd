"""What a judgment usually costs in a queue: the median of what the producers said."""

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np

from stream.report.answers import NO_COST, Answers

NO_PRICE = "the producer sends no cost of judgments in this queue"


class Price(NamedTuple):
    """Of one judgment, in the currency that most of the queue's judgments have."""

    cost: float
    currency: str | None  # ISO 4217; None where the producer sends none
    judgments: int  # that it rests on


class Prices:
    """Counts costs over answers that come in parts; memory grows with how many different prices there are."""

    def __init__(self) -> None:
        self._by_queue: defaultdict[str, defaultdict[str | None, Counter[int]]] = defaultdict(
            lambda: defaultdict(Counter)
        )

    def add(self, answers: Answers) -> None:
        """Counts these too."""
        costed = answers.cost_micro != NO_COST
        pairs = np.stack([answers.rater[costed], answers.cost_micro[costed]], 1)
        for (rater, cost), n in zip(*map(np.ndarray.tolist, np.unique(pairs, axis=0, return_counts=True)), strict=True):
            _, queue = answers.raters[rater]
            self._by_queue[queue][answers.currencies[rater]][cost] += n

    def of(self, queue: str) -> Price | None:
        """None where no cost is known."""
        known = self._by_queue.get(queue)
        if not known:
            return None
        currency, costs = max(known.items(), key=lambda pair: (pair[1].total(), pair[0] or ""))
        return Price(_median(costs) / 1e6, currency, costs.total())


def _median(counts: Counter[int]) -> float:
    values = np.array(sorted(counts))
    ends = np.cumsum([counts[value] for value in values.tolist()])
    total = int(ends[-1])
    below, above = (values[np.searchsorted(ends, place, side="right")] for place in ((total - 1) // 2, total // 2))
    return float(below + above) / 2
