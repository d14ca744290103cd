"""The arrays stage 1 works on."""

from typing import NamedTuple

import numpy as np

from stream.quality.schema import MARK_CAP, OUTCOME, SCORE


class Items(NamedTuple):
    """A shard's item table; `item_table.py` grows it and turns it into bytes."""

    items: np.ndarray  # ITEM[slots]
    first: np.ndarray  # int32[slots]: first chunk of marks, -1 for none
    last: np.ndarray  # int32[slots]
    dirty: np.ndarray  # uint64[slots]: a bit per block of BLOCK_MARKS marks
    marks: np.ndarray  # MARK[chunks * MARK_CHUNK]
    following: np.ndarray  # int32[chunks]: next chunk, -1 at the end
    free: np.ndarray  # int32[chunks]: stack of unused chunks
    free_count: np.ndarray  # int64[1]
    kept: np.ndarray  # int64[2]: the shard's items with a known answer, in memory or not, and how many may be


class Queues(NamedTuple):
    """A shard's queue table."""

    queues: np.ndarray  # QUEUE[rows]
    counts: np.ndarray  # int64[rows, 32]: label counts; of members for sets
    recent: np.ndarray  # uint32[rows, RECENT_ANSWERS]: whole answers, for sets
    times: np.ndarray  # int32[rows, ITEM_KINDS, TIME_BINS]


class Outcomes(NamedTuple):
    """Room for outcomes, and how far it is filled."""

    rows: np.ndarray  # OUTCOME[room]
    destinations: np.ndarray  # uint16[room]
    cursor: np.ndarray  # int64[3]: rows written, offset of the current record, outcomes of it so far


class Scratch(NamedTuple):
    """Working memory of one call."""

    order: np.ndarray  # int32[MARK_CAP + 1]: positions of an item's marks in order of arrival
    own_first: np.ndarray  # int32[MARK_CAP + 1]: for each, the order of the same rater's first answer
    score: np.ndarray  # SCORE[1]


def make_scratch() -> Scratch:
    """Working memory for the largest item."""
    return Scratch(np.zeros(MARK_CAP + 1, "i4"), np.zeros(MARK_CAP + 1, "i4"), np.zeros(1, SCORE))


def make_outcomes(room: int) -> Outcomes:
    """Empty room for that many outcomes."""
    return Outcomes(np.zeros(room, OUTCOME), np.zeros(room, "u2"), np.zeros(3, "i8"))


BLOCK_MARKS = 64  # marks are stored in blocks, so that a much-judged gold item is not rewritten whole
