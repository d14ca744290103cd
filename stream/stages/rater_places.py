"""Where a batch's outcomes land: table and slot of each, with rows opened for new raters."""

from collections.abc import Iterator

import msgspec
import numpy as np

from stream.quality.rater_table import RaterTable
from stream.quality.schema import Flag
from stream.stages.finding_book import Counts
from stream.stages.rater_tables import RaterTables
from stream.stages.raters_work import RaterWork

_NOWHERE = -1


class Places(msgspec.Struct, frozen=True):
    """Per outcome: label width of its row's table (-1: the outcome is passed over), and slot there."""

    tables: RaterTables
    widths: np.ndarray
    slots: np.ndarray

    def within(self, begin: int, end: int) -> Iterator[tuple[RaterTable, np.ndarray, np.ndarray]]:
        """(table, which outcomes, their slots) of the outcomes from `begin` to `end`, table by table."""
        widths = self.widths[begin:end]
        for width in np.unique(widths).tolist():
            if width != _NOWHERE:
                mine = begin + np.flatnonzero(widths == width)
                yield self.tables.by_width[width], mine, self.slots[mine]


def place_rows(work: RaterWork, tables: RaterTables, counts: Counts) -> Places:
    """Finds each outcome's row. Counts judgments that come under another vendor than the rater's first."""
    known = np.ones(len(work.rows), bool)
    width_of, slot_of = [_NOWHERE] * len(work.keys), [0] * len(work.keys)
    find = tables.find
    for at, key in enumerate(work.keys):
        place = find(key)
        if place is None:
            row = work.rows[work.first_row[at]]
            if row["profile"] < 0:
                row = _first_judgment(work, at, known, counts)
            if row is None:
                continue
            training = bool(row["new"]["flags"] & Flag.TRAINING)
            place = tables.open(key, work.profiles[row["profile"]], training=training)
        table, slot_of[at] = place
        width_of[at] = table.width
    widths, slots = np.array(width_of, "i4"), np.array(slot_of, "i4")
    for width in np.unique(widths).tolist():
        if width != _NOWHERE:
            tables.by_width[width].residency.touched(slots[widths == width])
    _count_vendors(work, tables, widths, slots, counts)
    return Places(tables, np.where(known, widths[work.key_of_row], _NOWHERE), slots[work.key_of_row])


def _first_judgment(work: RaterWork, at: int, known: np.ndarray, counts: Counts) -> np.void | None:
    """A rater nobody has heard of begins with a judgment. What corrects older ones (a shard rebuilt from a shortened
    log) has nothing here to correct: it is passed over, and counted."""
    mine = np.flatnonzero(work.key_of_row == at)
    judged = mine[work.rows["profile"][mine] >= 0]
    begin = judged[0] if len(judged) else len(work.rows)
    known[mine[mine < begin]] = False
    counts["outcome", "unknown_rater"] += int((mine < begin).sum())
    return work.rows[begin] if len(judged) else None


def _count_vendors(work: RaterWork, tables: RaterTables, widths: np.ndarray, slots: np.ndarray, counts: Counts) -> None:
    """A person at two vendors is two raters; a rater who turns up under a second one stays with the first."""
    if not work.profiles:
        return
    number_of: dict[str, int] = {}
    number = number_of.setdefault
    profiles = {width: table.profiles for width, table in tables.by_width.items()} | {_NOWHERE: work.profiles}
    theirs = [
        number(profiles[width][slot].vendor, len(number_of))
        for width, slot in zip(widths.tolist(), slots.tolist(), strict=True)
    ]
    said = np.array([number_of.setdefault(profile.vendor, len(number_of)) for profile in work.profiles], "i4")
    judged = np.flatnonzero(work.rows["profile"] >= 0)
    changed = said[work.rows["profile"][judged]] != np.array(theirs, "i4")[work.key_of_row[judged]]
    for row in judged[changed].tolist():
        counts["vendor_changed", work.profiles[work.rows["profile"][row]].queue] += 1
