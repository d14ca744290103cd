"""Where a batch's outcomes land: table and slot of each, with rows opened for new raters."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from stream.quality.profile import Profile
from stream.quality.rater_table import RaterTable
from stream.quality.schema import Flag
from stream.stages.finding_book import Counts
from stream.stages.rater_tables import NOWHERE, RaterTables
from stream.stages.raters_work import RaterWork


class Places(msgspec.Struct, frozen=True):
    """Per outcome: label width of its row's table (-1: the outcome is passed over), and slot there."""

    tables: RaterTables
    widths: np.ndarray
    slots: np.ndarray
    kinds: list[int]  # the widths that occur

    def within(self, begin: int, end: int) -> Iterator[tuple[RaterTable, slice | np.ndarray, np.ndarray]]:
        """(table, which outcomes, their slots) of the outcomes from `begin` to `end`, table by table."""
        for width in self.kinds:
            if width != NOWHERE:
                # Nearly always all outcomes are of one width: a slice of them need not be copied.
                mine = slice(begin, end) if len(self.kinds) == 1 else self._of(width, begin, end)
                yield self.tables.by_width[width], mine, self.slots[mine]

    def _of(self, width: int, begin: int, end: int) -> np.ndarray:
        return begin + np.flatnonzero(self.widths[begin:end] == width)


def place_rows(work: RaterWork, tables: RaterTables, counts: Counts) -> Places:
    """Finds each outcome's row. Counts judgments that come under another vendor than the rater's first."""
    widths, slots = tables.find_all(work.keys)
    known = np.ones(len(work.rows), bool)
    if (new := np.flatnonzero(slots < 0)).size:
        _open_rows(work, new, tables, known, counts)
        widths[new], slots[new] = tables.find_all([work.keys[at] for at in new.tolist()])
    vendors = _Vendors(work.profiles)
    theirs = np.zeros(len(slots), "i4")
    for width in np.unique(widths[widths != NOWHERE]).tolist():
        table, here = tables.by_width[width], np.flatnonzero(widths == width)
        table.residency.touched(slots[here])
        theirs[here] = vendors.of_rows(table, slots[here])
    _count_changed(work, vendors, theirs[work.key_of_row], counts)
    of_rows = np.where(known, widths[work.key_of_row], NOWHERE)
    return Places(tables, of_rows, slots[work.key_of_row], np.unique(of_rows).tolist())


def _open_rows(work: RaterWork, new: np.ndarray, tables: RaterTables, known: np.ndarray, counts: Counts) -> None:
    """Opens rows for the keys `new`. A rater nobody has heard of begins with a judgment. What corrects older ones (a
    shard rebuilt from a shortened log) has nothing here to correct: it is passed over, and counted."""
    profile = work.rows["profile"]
    begins = work.first_row[new]
    for at in np.flatnonzero(profile[begins] < 0).tolist():
        mine = np.flatnonzero(work.key_of_row == new[at])
        judged = mine[profile[mine] >= 0]
        begins[at] = judged[0] if len(judged) else len(work.rows)
        passed_over = mine[mine < begins[at]]
        known[passed_over] = False
        counts["outcome", "unknown_rater"] += len(passed_over)
    new, begins = new[begins < len(work.rows)], begins[begins < len(work.rows)]
    training = work.rows["new"]["flags"][begins] & int(Flag.TRAINING) != 0
    profiles = [work.profiles[at] for at in profile[begins].tolist()]
    tables.open_all([work.keys[at] for at in new.tolist()], profiles, training)


class _Vendors:
    """Vendors by number."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        names = [profile.vendor for profile in profiles]
        self._number_of = {name: number for number, name in enumerate(dict.fromkeys(names))}
        self.said = np.array([self._number_of[name] for name in names], "i4")  # by each profile

    def of_rows(self, table: RaterTable, slots: np.ndarray) -> np.ndarray:
        """int32[slots]: the vendor under which each rater stands here, -1 for one that no profile names."""
        groups, group_of_slot = np.unique(table.rows.hot["vendor_row"][slots], return_inverse=True)
        vendors = [self._number_of.get(table.profiles[group].vendor, -1) for group in groups.tolist()]
        return np.array(vendors, "i4")[group_of_slot]


def _count_changed(work: RaterWork, vendors: _Vendors, theirs: np.ndarray, counts: Counts) -> None:
    """A person at two vendors is two raters; a rater who turns up under a second one stays with the first."""
    judged = np.flatnonzero(work.rows["profile"] >= 0)
    changed = vendors.said[work.rows["profile"][judged]] != theirs[judged]
    for row in judged[changed].tolist():
        counts["vendor_changed", work.profiles[work.rows["profile"][row]].queue] += 1
