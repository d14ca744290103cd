"""A simulated crew through both stages: the product's own kernels on records built straight from a world's judgments.

As the worker does it: an item joins its judgments, what they now mean goes to stage 2, and once in five minutes of log
time, at a judgment a second, stage 2's summaries of raters and stage 1's word on what is usual come back. What is left
out moves no test: decoding, windows, the ring of the latest judgments, findings.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from evaluation.worlds import OPEN_ITEMS, Chunk, World
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Ints
from stream.quality import items
from stream.quality.item_marks import release
from stream.quality.item_rows import Items, make_outcomes, make_scratch
from stream.quality.item_table import ItemTable
from stream.quality.queue_table import QueueTable
from stream.quality.rater_rows import Raters, make_raters
from stream.quality.reference import GOOD
from stream.quality.schema import ITEM, LABEL_WIDTHS, LABELS_MAX, RECORD, SUMMARY, Kind
from stream.quality.standing import rank_outcome, summarise, take_usual
from stream.quality.votes import WEIGHTS, vote_key, weigh_rater
from stream.quality.weighing import weigh_answer
from stream.stages.knowledge import Knowledge

STEP_MS = 1_000  # between two judgments of a crew
PERIOD = items.PERIOD_MS // STEP_MS  # judgments between two tellings
_QUEUE = 0x9E3779B97F4A7C15 & ~1  # the queue's key: a hash, as in the stream
_NEVER = 1 << 60


class Played(NamedTuple):
    """What stage 1 says after a period's judgments; the next period overwrites it.

    rows OUTCOME[] with their rater's place in the crew; meetings MEETING[] by the row's index, see item_rows.py. items:
    of the period's judgments, which are numbered from `start` on and go by their number.
    """

    rows: np.ndarray
    places: np.ndarray
    meetings: np.ndarray
    items: Ints
    start: int


class Inbox(NamedTuple):
    """Summaries of raters on their way to stage 1: SUMMARY[] and how many of them, int64[1]."""

    summaries: np.ndarray
    told: Ints


class CrewStages:
    """Both stages of one crew's queue. Rows of `raters` are the crew's places, and then the queue's row."""

    def __init__(self, world: World, crew: int) -> None:
        self._world, self._queue_row = world, crew
        width = next(width for width in LABEL_WIDTHS if width >= world.classes)
        self._keys = np.random.default_rng(crew).integers(1, 1 << 63, crew, "u8")
        self.raters = make_raters(crew + 1, width)
        hot = self.raters.hot
        hot["rater"][:crew], hot["queue"], hot["queue_row"] = self._keys, _QUEUE, crew
        hot["scale"], hot["label_kind"] = world.classes, Kind.NOMINAL
        self._queues, self._items = QueueTable(), ItemTable(OPEN_ITEMS)
        self._queues.declare([_QUEUE], [Kind.NOMINAL], [world.classes], [width], [world.redundancy])
        self._owners = np.full(OPEN_ITEMS, -1)
        self._knowledge = Knowledge(0, 1, "judgments", self._queues, None)
        self._out, self._scratch = make_outcomes(PERIOD * (world.redundancy + 3)), make_scratch()
        self.inbox = Inbox(np.zeros(len(self._out.rows) + 1, SUMMARY), np.zeros(1, np.int64))
        self._offset = 0

    def play(self, chunk: Chunk) -> Iterator[Played]:
        """The chunk's judgments, a period or less at a time. Whoever iterates hands each row to `take_outcome`."""
        begin = 0
        while begin < len(chunk.item):
            if self._offset % PERIOD == 0:
                self._tell()
            end = min(len(chunk.item), begin + PERIOD - self._offset % PERIOD)
            yield self._joined(chunk, slice(begin, end))
            self._hear()
            begin = end

    def _joined(self, chunk: Chunk, some: slice) -> Played:
        records = self._records(chunk, some)
        self._queues.show_votes()
        self._out.cursor[:] = 0
        self._out.cursor[1] = -1
        at, results = 0, np.zeros(len(records), "u1")
        while True:
            at, why, _ = items.join(
                records,
                at,
                self._items.rows,
                self._queues.rows,
                _NEVER,
                0,
                _NEVER,
                self._out,
                results,
                self._scratch,
            )
            if why == items.DONE:
                break
            self._items.grow_chunks()
        made, met = int(self._out.cursor[0]), int(self._out.cursor[3])
        out, start = self._out, int(records["offset"][0])
        return Played(out.rows[:made], out.destinations[:made], out.meetings[:met], chunk.item[some], start)

    def _records(self, chunk: Chunk, some: slice) -> np.ndarray:
        item, rater, known = chunk.item[some], chunk.rater[some], chunk.known[some]
        records = np.zeros(len(item), RECORD)
        records["offset"] = records["judgment"] = np.arange(self._offset, self._offset + len(item))
        records["log_ms"] = records["submitted_ms"] = records["offset"] * STEP_MS
        records["item"], records["label"] = item % OPEN_ITEMS, chunk.label[some]
        records["rater"], records["destination"] = self._keys[rater], rater
        records["has_known"], records["known"] = known >= 0, np.maximum(known, 0)
        records["duration_ms"] = chunk.duration_ms[some]
        self._offset += len(item)
        _open_items(item, self._owners, self._items.rows, np.zeros(1, ITEM))
        return records

    def _tell(self) -> None:
        """Stage 1 says what is usual in the queue."""
        for note in self._knowledge.tell(self._offset - 1, self._offset * STEP_MS, ()):
            take_usual(self.raters, self._queue_row, np.array(note.answers), np.array(note.sums))

    def _hear(self) -> None:
        """Stage 1 learns what stage 2 told of raters."""
        weights, classes = np.zeros(WEIGHTS + LABELS_MAX, "i2"), self._world.classes
        good = self._queues.rows.values[0, GOOD]
        for summary in self.inbox.summaries[: self.inbox.told[0]]:
            weigh_rater(int(summary["skill"]), summary["mix"], good, classes, weights)
            self._queues.votes.put(int(vote_key(summary["rater"], summary["queue"])), weights[: WEIGHTS + classes])
        self.inbox.told[0] = 0


@compiled
def take_outcome(row: Any, raters: Raters, slot: int, inbox: Inbox) -> bool:
    """Adds one outcome to its rater's sums and tests, as stage 2 does; whether there was anything to weigh."""
    if row["first"]:
        raters.hot[slot]["seen"] += 1
    rank_outcome(row, raters, slot)
    if row["first"] and summarise(row, raters, slot, inbox.summaries[inbox.told[0]]):
        inbox.told[0] += 1
    return bool(weigh_answer(row, raters, slot))


@compiled
def _open_items(judged: Ints, owners: Ints, table: Items, empty: np.ndarray) -> None:
    """Gives each item not seen before its place in the ring, emptied."""
    for item in judged:
        slot = item % OPEN_ITEMS
        if owners[slot] != item:
            owners[slot] = item
            release(table, slot)
            table.items[slot] = empty[0]
