from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from stream.simulate.behaviours import BEHAVIOURS, Behaviour
from stream.simulate.labels import Codes
from stream.simulate.perception import perceive
from stream.simulate.scene import Scene
from stream.simulate.sessions import Rows
from stream.simulate.world import CrowdSettings

SPEEDER_GUESSES = 0.35  # of a speeder's answers: clicks from the label mix, before the item could be read
MINORITY_STEADY = 0.97  # how steadily a minority reader applies their reading
TWO = 2  # labels
BOUNDARY_SORTS = 3  # one in so many items of a class is of the sort that lies at a boundary between two classes
MAJORITY_CONSTANT = 0.5  # of constant raters give the most frequent label, the others any


def answer(scene: Scene, settings: CrowdSettings, turns: Rows, rng: np.random.Generator) -> Codes:
    """The label code of each judgment. `turns` is, by rater, the judgment in this queue from which one degrades."""
    codes = perceive(scene, rng)
    acts = _Acts(scene, settings, turns, rng)
    behaviour = scene.crowd.behaviour[scene.work.rater]
    for number in np.unique(behaviour):
        act = acts.of.get(BEHAVIOURS[number])
        if act is not None:
            rows = np.flatnonzero(behaviour == number)
            codes[rows] = act(rows, codes[rows])
    copies = np.flatnonzero(scene.work.source >= 0)
    unchanged = copies[rng.random(len(copies)) < settings.copied]
    codes[unchanged] = codes[scene.work.source[unchanged]]
    return codes


class _Acts:
    """What each behaviour makes of what was seen; behaviours without an act answer as they see."""

    def __init__(self, scene: Scene, settings: CrowdSettings, turns: Rows, rng: np.random.Generator) -> None:
        self._scene, self._settings, self._turns, self._rng = scene, settings, turns, rng
        self.of: Mapping[Behaviour, Callable[[Rows, Codes], Codes]] = {
            Behaviour.MINORITY_READING: self._minority,
            Behaviour.RANDOM: self._guess,
            Behaviour.CONSTANT_ANSWER: self._constant,
            Behaviour.GOLD_AWARE: self._gold_aware,
            Behaviour.SPEEDER: lambda rows, seen: self._mixed(self._guess(rows, seen), seen, SPEEDER_GUESSES),
            Behaviour.DEGRADING: lambda rows, seen: self._after(rows, seen, self._guess),
            Behaviour.DEGRADING_CONSTANT: lambda rows, seen: self._after(rows, seen, self._constant),
            Behaviour.INVERTED: self._inverted,
            Behaviour.LAZY: lambda rows, seen: self._mixed(self._guess(rows, seen), seen, 1 - settings.looks),
        }

    def _mixed(self, one: Codes, other: Codes, share_of_one: float) -> Codes:
        return np.where(self._rng.random(len(one)) < share_of_one, one, other)

    def _guess(self, rows: Rows, _: Codes) -> Codes:
        return self._scene.labels.draw(len(rows), self._rng)

    def _constant(self, rows: Rows, seen: Codes) -> Codes:
        labels = self._scene.labels
        favourite = self._scene.crowd.favourite[self._scene.work.rater[rows]]
        rank = np.maximum(0, (favourite - MAJORITY_CONSTANT) / (1 - MAJORITY_CONSTANT) * labels.size).astype(np.int64)
        return self._mixed(labels.by_share[rank], self._guess(rows, seen), self._settings.constant)

    def _gold_aware(self, rows: Rows, seen: Codes) -> Codes:
        return np.where(self._scene.items.gold[self._scene.work.item[rows]], seen, self._constant(rows, seen))

    def _after(self, rows: Rows, seen: Codes, act: Callable[[Rows, Codes], Codes]) -> Codes:
        turned = self._scene.number[rows] >= self._turns[self._scene.work.rater[rows]]
        return np.where(turned, act(rows, seen), seen)

    def _inverted(self, _: Rows, seen: Codes) -> Codes:
        return self._mixed(self._scene.labels.turned(seen, self._rng), seen, self._settings.inverts)

    def _minority(self, rows: Rows, seen: Codes) -> Codes:
        """Takes the second most frequent class for the most frequent one: a boundary read the other way.

        Of two classes only a sort of items at the boundary, or one answer to everything would be left.
        """
        most, second = self._scene.labels.by_share[:2]
        if self._scene.labels.kind == "set":
            read = self._scene.labels.never_empty(seen & ~second)
        else:
            read = np.where((seen == second) & self._at_boundary(rows), most, seen)
        return self._mixed(read, seen, MINORITY_STEADY)

    def _at_boundary(self, rows: Rows) -> NDArray[np.bool_]:
        sort = (self._scene.items.first + self._scene.work.item[rows]) % BOUNDARY_SORTS
        return np.asarray((sort == 0) | (self._scene.labels.size > TWO), np.bool_)
