"""Where a batch's outcomes land: table and slot of each, with rows opened for new raters."""

from collections.abc import Iterator

import msgspec
import numpy as np

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
    passed_over: list[np.ndarray] = []
    if (new := np.flatnonzero(slots < 0)).size:
        passed_over = _open_rows(work, new, tables, counts)
        widths[new], slots[new] = tables.find_all([work.keys[at] for at in new.tolist()])
    kinds = list(tables.by_width) if len(tables.by_width) == 1 else np.unique(widths).tolist()
    for width in kinds:
        if width != NOWHERE:
            here = slots[widths == width]
            tables.by_width[width].residency.touched(here)
    _count_changed(work, tables, widths, slots, counts)
    of_rows = widths[work.key_of_row]
    if passed_over or len(kinds) > 1:
        for rows in passed_over:
            of_rows[rows] = NOWHERE
        kinds = np.unique(of_rows).tolist()
    return Places(tables, of_rows, slots[work.key_of_row], kinds)


def _open_rows(work: RaterWork, new: np.ndarray, tables: RaterTables, counts: Counts) -> list[np.ndarray]:
    """Opens rows for the keys `new`. A rater nobody has heard of begins with a judgment. What corrects older ones (a
    shard rebuilt from a shortened log) has nothing here to correct: it is passed over, counted, and answered."""
    all_passed_over = []
    profile = work.rows["profile"]
    begins = work.first_row[new]
    for at in np.flatnonzero(profile[begins] < 0).tolist():
        mine = np.flatnonzero(work.key_of_row == new[at])
        judged = mine[profile[mine] >= 0]
        begins[at] = judged[0] if len(judged) else len(work.rows)
        passed_over = mine[mine < begins[at]]
        all_passed_over.append(passed_over)
        counts["outcome", "unknown_rater"] += len(passed_over)
    new, begins = new[begins < len(work.rows)], begins[begins < len(work.rows)]
    training = work.rows["new"]["flags"][begins] & int(Flag.TRAINING) != 0
    profiles = [work.profiles[at] for at in profile[begins].tolist()]
    tables.open_all([work.keys[at] for at in new.tolist()], profiles, training)
    return all_passed_over


def _count_changed(work: RaterWork, tables: RaterTables, widths: np.ndarray, slots: np.ndarray, counts: Counts) -> None:
    """A person at two vendors is two raters; a rater who turns up under a second one stays with the first."""
    number_of: dict[str, int] = {}
    said = np.array([number_of.setdefault(profile.vendor, len(number_of)) for profile in work.profiles], "i4")
    theirs = np.full(len(slots), NOWHERE, "i4")
    for width, table in tables.by_width.items():
        here = np.flatnonzero(widths == width)
        groups, group_of = np.unique(table.rows.hot["vendor_row"][slots[here]], return_inverse=True)
        vendors = [number_of.get(table.profiles[group].vendor, NOWHERE) for group in groups.tolist()]
        theirs[here] = np.array(vendors, "i4")[group_of]
    profile = work.rows["profile"]
    judged = np.flatnonzero(profile >= 0)
    changed = said[profile[judged]] != theirs[work.key_of_row[judged]]
    if changed.any():
        for row in judged[changed].tolist():
            counts["vendor_changed", work.profiles[profile[row]].queue] += 1
