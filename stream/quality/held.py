"""What is done to a rater's judgments where they lie, on items: frozen while the rater is restricted, or made nameless.

A nameless judgment is an answer on its item and nothing else: no rater, no id, no time, no cost. It stays because the
others on the item were compared with it: their numbers are theirs, and must not move because somebody left. A number
that counts from 1 on each item keeps apart the answers of different people, and together those of one, as the rule of a
rater's first answer needs. These are rare orders about few judgments, hence not compiled.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from stream.quality.compiled import plain
from stream.quality.item_marks import touch
from stream.quality.item_rows import Items
from stream.quality.schema import MARK_CHUNK, Flag, Held

_STAYS = int(Flag.SKIPPED | Flag.ESCALATED | Flag.TRAINING | Flag.WITHDRAWN | Flag.REPEAT)
_NO_CHUNK = -1


class Remembered(NamedTuple):
    """A judgment in memory: its item's slot, its place in the order of arrival, and its position in `Items.marks`."""

    slot: int
    place: int
    at: int


def judgments_of(rater: int, table: Items, slots: Sequence[int]) -> list[Remembered]:
    """The judgments of a rater on the items in these slots, by slot and place."""
    owner, before = np.full(len(table.following), _NO_CHUNK, "i8"), np.zeros(len(table.following), "i8")
    items = np.array(slots, "i8")
    chunks = table.first[items]
    seen = 0
    while (there := chunks != _NO_CHUNK).any():
        items, chunks = items[there], chunks[there]
        owner[chunks], before[chunks] = items, seen
        chunks, seen = table.following[chunks], seen + MARK_CHUNK
    positions = np.flatnonzero(table.marks["rater"] == np.uint64(rater))
    mine = owner[positions // MARK_CHUNK]
    places = before[positions // MARK_CHUNK] + positions % MARK_CHUNK
    valid = (mine != _NO_CHUNK) & (places < table.items["marks"][mine])
    found = zip(mine[valid].tolist(), places[valid].tolist(), positions[valid].tolist(), strict=True)
    return sorted(Remembered(*one) for one in found)


def make_nameless(judgments: Sequence[Remembered], table: Items) -> None:
    """Leaves of one rater's judgments what peers are compared with."""
    for slot in dict.fromkeys(judgment.slot for judgment in judgments):
        theirs = [judgment for judgment in judgments if judgment.slot == slot]
        number = _nameless_raters(table, slot) + 1
        for turn, judgment in enumerate(sorted(theirs, key=lambda one: _by_time(table.marks[one.at]))):
            _strip(table.marks[judgment.at], number, turn)
            plain(touch)(table, slot, judgment.place)


def freeze(judgments: Sequence[Remembered], table: Items) -> None:
    """From now on stage 2 hears of no change in these judgments."""
    _turn(judgments, table, Held.NO, Held.FROZEN)


def thaw(judgments: Sequence[Remembered], table: Items) -> list[int]:
    """Ends that; answers the slots of the items to look at again."""
    return _turn(judgments, table, Held.FROZEN, Held.NO)


def _turn(judgments: Sequence[Remembered], table: Items, before: Held, after: Held) -> list[int]:
    turned = [judgment for judgment in judgments if table.marks["held"][judgment.at] == before]
    for judgment in turned:
        table.marks["held"][judgment.at] = after
        plain(touch)(table, judgment.slot, judgment.place)
    return list(dict.fromkeys(judgment.slot for judgment in turned))


def _by_time(mark: np.void) -> tuple[int, int]:
    return int(mark["submitted_ms"]), int(mark["judgment"])


def _strip(mark: np.void, number: int, turn: int) -> None:
    """`turn` is the judgment's place among its rater's own on the item, in the order of their times."""
    label, guideline, flags = int(mark["score"]["label"]), int(mark["guideline"]), int(mark["score"]["flags"])
    for name in mark.dtype.names or ():
        mark[name] = np.zeros((), mark.dtype[name])
    mark["rater"], mark["judgment"], mark["submitted_ms"] = number, turn, turn
    mark["guideline"], mark["held"] = guideline, Held.NAMELESS
    mark["score"]["label"], mark["score"]["flags"] = label, flags & _STAYS


def _nameless_raters(table: Items, slot: int) -> int:
    """How many people have been forgotten on the item."""
    marks = table.marks[list(_positions(table, slot))]
    return int(marks["rater"][marks["held"] == Held.NAMELESS].max(initial=0))


def _positions(table: Items, slot: int) -> Iterator[int]:
    chunk, left = int(table.first[slot]), int(table.items["marks"][slot])
    while left > 0:
        yield from range(chunk * MARK_CHUNK, chunk * MARK_CHUNK + min(left, MARK_CHUNK))
        chunk, left = int(table.following[chunk]), left - MARK_CHUNK
