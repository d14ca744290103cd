"""Small crowds with a known outcome: who judges what, in the order in which it is sent."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

LABELS = ("a", "b", "c")
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
_numbers = count()


def pseudonym() -> str:
    """A new rater's."""
    number = next(_numbers)
    return "rkx-" + "".join(_LETTERS[(number // 28**place) % 28] for place in range(12))


@dataclass(frozen=True)
class Rater:
    """`habit`: honest, constant (always the first label), or swapped (the labels turned by one)."""

    vendor: str
    habit: str = "honest"
    site: str | None = None
    name: str = field(default_factory=pseudonym)

    def answer(self, truth: str, chance: random.Random) -> str:
        if self.habit == "constant":
            return LABELS[0]
        if chance.random() < 0.03:
            return chance.choice(LABELS)
        turned = LABELS[(LABELS.index(truth) + 1) % len(LABELS)]
        return turned if self.habit == "swapped" else truth


class Work:
    """Items of one queue, each judged by some raters; ids never repeat."""

    def __init__(self, queue: str, seed: int = 1) -> None:
        self.queue, self._chance, self._items, self._judgments = queue, random.Random(seed), count(), count()

    def items(self, number: int, *groups: tuple[list[Rater], int]) -> Iterator[dict[str, Any]]:
        """So many items; of each group so many raters judge each, in the groups' order."""
        for _ in range(number):
            item, truth = f"{self.queue}-{next(self._items)}", self._chance.choice(LABELS)
            for raters, judges in groups:
                for rater in self._chance.sample(raters, min(judges, len(raters))):
                    yield self.judgment(rater, item, rater.answer(truth, self._chance))

    def judgment(self, rater: Rater, item: str, label: str, **more: Any) -> dict[str, Any]:
        return {
            "judgment_id": f"{self.queue}-j{next(self._judgments)}",
            "item_id": item,
            "rater_id": rater.name,
            "queue": self.queue,
            "vendor": rater.vendor,
            "label": label,
            "site": rater.site,
            "duration_ms": 6_000,
            **more,
        }

    def known_item(self, item: str, truth: str, raters: list[Rater], judges: int) -> list[dict[str, Any]]:
        """An item with a known answer, judged by some."""
        chosen = self._chance.sample(raters, judges)
        return [self.judgment(rater, item, rater.answer(truth, self._chance), gold=truth) for rater in chosen]

    def gold(self, item: str, label: str, revision: int) -> dict[str, Any]:
        return {"type": "gold", "queue": self.queue, "item_id": item, "label": label, "revision": revision}


def mixed(vendors: tuple[str, ...], size: int, swapped: int, site: str | None = None) -> list[Rater]:
    """Vendors of a size, with so many raters at each who turn the labels."""
    return [Rater(vendor, "swapped" if n < swapped else "honest", site) for vendor in vendors for n in range(size)]
