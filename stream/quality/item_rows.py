"""The arrays stage 1 works on."""

from typing import NamedTuple

import numpy as np

from stream.quality.schema import DOUBT, LABELS_MAX, MARK_CAP, MEETING, OUTCOME, PEER_CAP, SCORE


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
    counts: np.ndarray  # int64[rows, 32]: label counts, other shards' included; of members for sets
    recent: np.ndarray  # uint32[rows, RECENT_ANSWERS]: whole answers, for sets
    times: np.ndarray  # int32[rows, ITEM_KINDS, TIME_BINS]
    own: np.ndarray  # int64[rows, reference.COUNTS]: counted here; see reference.py for this and the following
    others: np.ndarray  # the same: counted by other shards
    told: np.ndarray  # the same: what of `own` the other shards were told
    mix: np.ndarray  # float64[rows, LABELS_MAX]
    prior: np.ndarray  # float64[rows, LABELS_MAX]: logs
    values: np.ndarray  # float64[rows, reference.VALUES]
    vote_keys: np.ndarray  # uint64[2^n]: raters on queues, see votes.py
    vote_weights: np.ndarray  # int16[2^n, votes.WEIGHTS + LABELS_MAX]
    golds: np.ndarray  # int64[rows, gold_doubts.GOLD_COUNTS]
    shards: np.ndarray  # int64[1]: how many shards a queue's items are spread over


PEERS_MAX = PEER_CAP  # meetings of one weighed judgment


class Outcomes(NamedTuple):
    """Room for outcomes, and how far it is filled."""

    rows: np.ndarray  # OUTCOME[room]
    destinations: np.ndarray  # uint16[room]
    cursor: np.ndarray  # int64[5]: rows, offset of the current record, outcomes of it so far, meetings, doubts
    meetings: np.ndarray  # MEETING[]: room for all peers of every outcome, in the outcomes' order
    doubts: np.ndarray  # DOUBT[room]: of the batch at hand


class Scratch(NamedTuple):
    """Working memory of one call."""

    order: np.ndarray  # int32[MARK_CAP + 1]: positions of an item's marks in order of arrival
    own_first: np.ndarray  # int32[MARK_CAP + 1]: for each, the order of the same rater's first answer
    score: np.ndarray  # SCORE[1]
    a: np.ndarray  # float64[LABELS_MAX]: posterior by reading A of the judgment at hand, its own vote left out
    b: np.ndarray  # float64[LABELS_MAX]: by reading B


def make_scratch() -> Scratch:
    """Working memory for the largest item."""
    return Scratch(
        np.zeros(MARK_CAP + 1, "i4"),
        np.zeros(MARK_CAP + 1, "i4"),
        np.zeros(1, SCORE),
        np.zeros(LABELS_MAX),
        np.zeros(LABELS_MAX),
    )


def make_outcomes(room: int) -> Outcomes:
    """Empty room for that many outcomes."""
    return Outcomes(
        np.zeros(room, OUTCOME),
        np.zeros(room, "u2"),
        np.zeros(5, "i8"),
        np.zeros(room * PEERS_MAX, MEETING),
        np.zeros(room, DOUBT),
    )


BLOCK_MARKS = 64  # marks are stored in blocks, so that a much-judged gold item is not rewritten whole
