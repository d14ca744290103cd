"""Facts in memory: for tests, and the readable form of what every store does."""

import numpy as np

from stream.errors import StateError
from stream.facts.columns import DAILY, FINDINGS, LABELS
from stream.facts.erasing import key_begin, nameless, rater_hash
from stream.facts.port import Commit, Names, Row, Written
from stream.facts.standing import Day, Standing, first_standing


class MemoryStore:
    """The FactStore port on dictionaries."""

    def __init__(self) -> None:
        self._standing = first_standing()
        self.daily: dict[tuple[Day, bytes], tuple[Names, np.ndarray]] = {}
        self.told: dict[str, dict[tuple[object, ...], Row]] = {FINDINGS.name: {}, LABELS.name: {}}

    def standing(self) -> Standing:
        return self._standing

    def commit(self, commit: Commit) -> Written:
        follow(self._standing, commit.standing)
        unknown = sum(not self._add(day, key, names, sums) for day, key, names, sums in commit.daily)
        rows = {DAILY.name: len(commit.daily) - unknown}
        for table, news in ((FINDINGS, commit.findings), (LABELS, commit.labels)):
            here = self.told[table.name]
            before = len(here)
            for row in news:
                here.setdefault(tuple(row[name] for name in ("day", *table.key)), row)
            rows[table.name] = len(here) - before
        for rater in commit.erased:
            self._erase(rater)
        self._standing = commit.standing
        return Written(rows, unknown)

    def prune(self, standing: Standing) -> int:
        return self.remove(standing, -(2**31), standing.first_day)

    def remove(self, standing: Standing, first: Day, until: Day) -> int:
        follow(self._standing, standing)
        before = len(self.daily) + sum(map(len, self.told.values()))
        self.daily = {key: row for key, row in self.daily.items() if not first <= key[0] < until}
        for name, rows in self.told.items():
            self.told[name] = {key: row for key, row in rows.items() if not first <= row["day"] < until}
        self._standing = standing
        return before - len(self.daily) - sum(map(len, self.told.values()))

    def close(self) -> None:
        """Nothing to give back."""

    def _add(self, day: Day, key: bytes, names: Names | None, change: np.ndarray) -> bool:
        there = self.daily.get((day, key))
        if there is None and names is None:
            return False
        stands, sums = there or (names, np.zeros_like(change))
        sums = sums + change
        if sums.any() and stands is not None:
            self.daily[day, key] = stands, sums
        else:
            self.daily.pop((day, key), None)
        return True

    def _erase(self, rater: int) -> None:
        for (day, key), (names, sums) in list(self.daily.items()):
            if key.startswith(key_begin(rater)):
                del self.daily[day, key]
                self._add(day, *nameless(names), sums)
        told = self.told[FINDINGS.name]
        theirs = [name for name, row in told.items() if row["rater_id"] and rater_hash(row["rater_id"]) == rater]
        for name in theirs:
            del told[name]


def follow(stored: Standing, new: Standing) -> None:
    """Raises StateError when somebody else has written meanwhile."""
    if new.number != stored.number + 1:
        raise StateError(
            f"the store of facts stands at commit {stored.number}, not at {new.number - 1}: another process writes to "
            "it. Run one `raterwatch facts run` for a store, and restart this one"
        )
