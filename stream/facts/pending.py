"""Changes of daily rows between two commits, summed up by row."""

import numpy as np

from stream.facts.columns import SUMS
from stream.facts.port import DailyChange, Names
from stream.facts.standing import Day


class Pending:
    """Grows by `add`; `take` empties it. The order of what is added does not matter."""

    def __init__(self) -> None:
        self._place: dict[tuple[Day, bytes], int] = {}
        self._names: list[Names | None] = []
        self._sums = np.zeros((1024, SUMS), "i8")

    def __len__(self) -> int:
        return len(self._place)

    def add(self, change: DailyChange) -> None:
        """Adds to the row's change so far."""
        at = self._place.get((change.day, change.row_key))
        if at is None:
            at = self._place[change.day, change.row_key] = len(self._names)
            self._names.append(change.names)
            if at == len(self._sums):
                self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
            self._sums[at] = change.sums
            return
        self._sums[at] += change.sums
        self._names[at] = self._names[at] or change.names

    def take(self) -> list[DailyChange]:
        """All changes that are not nothing, by day and key."""
        changes = [
            DailyChange(day, key, self._names[at], self._sums[at])
            for (day, key), at in sorted(self._place.items())
            if self._sums[at].any()
        ]
        self._place, self._names, self._sums = {}, [], np.zeros((1024, SUMS), "i8")
        return changes
