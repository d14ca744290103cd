"""The raters a worker holds in memory, as columns: what the board chooses from and what is counted about them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from stream.quality.groups import GROUP
from stream.quality.rater_table import RaterTable, RowKey
from stream.telemetry.kernels import suspicions_of


class Roster(NamedTuple):
    """Production rows of one table of one shard, as they stood when they were looked at."""

    table: RaterTable
    keys: list[RowKey]
    slots: np.ndarray  # int64[raters]
    hot: np.ndarray  # HOT[raters], copied
    suspicion: np.ndarray  # float64[raters]

    def part(self, places: Sequence[int] | np.ndarray) -> "Roster":
        """Some of the rows."""
        places = np.asarray(places, "i8")
        return Roster(
            self.table,
            [self.keys[place] for place in places.tolist()],
            self.slots[places],
            self.hot[places],
            self.suspicion[places],
        )

    def still_there(self) -> "Roster":
        """The rows that the cache has not let go since; only their slots may be read."""
        slot_of = self.table.slot_of
        return self.part([i for i, key in enumerate(self.keys) if slot_of.get(key) == self.slots[i]])


def occupied(table: RaterTable) -> tuple[list[RowKey], np.ndarray]:
    """Keys and slots of all rows, groups and training included."""
    return list(table.slot_of), np.fromiter(table.slot_of.values(), "i8", len(table.slot_of))


def look_at(table: RaterTable, keys: Sequence[RowKey], slots: np.ndarray) -> tuple[Roster, np.ndarray]:
    """The production raters among some rows, and the slots of those in training."""
    there = np.array([table.slot_of.get(key) == slot for key, slot in zip(keys, slots.tolist(), strict=True)], "?")
    hot = table.rows.hot[slots]
    rater = there & (hot["kind"] != GROUP)
    mine = np.flatnonzero(rater & (hot["training"] == 0))
    chosen = slots[mine]
    roster = Roster(table, [keys[i] for i in mine.tolist()], chosen, hot[mine], suspicions_of(table.rows, chosen))
    return roster, slots[rater & (hot["training"] == 1)]


def join(rosters: Sequence[Roster]) -> Roster | None:
    """Parts of one table together; None when there are none."""
    if not rosters:
        return None
    return Roster(
        rosters[0].table,
        [key for roster in rosters for key in roster.keys],
        np.concatenate([roster.slots for roster in rosters]),
        np.concatenate([roster.hot for roster in rosters]),
        np.concatenate([roster.suspicion for roster in rosters]),
    )
