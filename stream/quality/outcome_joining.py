"""Puts the outcomes of several messages together: references to the joined lists of names, rows grouped by rater."""

import numpy as np

from stream.quality.compiled import compiled, int64, uint64
from stream.quality.votes import vote_key


@compiled
def refer_to_joined(rows: np.ndarray, meetings: np.ndarray, messages: np.ndarray) -> None:
    """Turns references that count within a message into such that count over all, in place.

    `messages` int64[messages, 6]: the end of its outcomes and of its meetings; how many outcomes, profiles, item ids
    and queues come before its own.
    """
    at, met = 0, 0
    for message in messages:
        while at < message[0]:
            row = rows[at]
            if row["profile"] >= 0:
                row["profile"] += message[3]
            if row["item_id"] >= 0:
                row["item_id"] += message[4]
            row["queue_row"] += message[5]
            at += 1
        while met < message[1]:
            meetings[met]["row"] += message[2]
            met += 1


@compiled
def group_by_rater(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(int64[groups]: where each rater on a queue occurs first, int64[rows]: the group of each row)."""
    size = 16
    while size < 2 * len(rows):
        size *= 2
    table, first, group = np.full(size, -1), np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    mask, groups = uint64(size - 1), 0
    for at in range(len(rows)):
        rater, queue = rows[at]["rater"], rows[at]["queue"]
        place = (uint64(vote_key(rater, queue)) >> np.uint64(20)) & mask
        while table[place] >= 0:
            other = rows[first[table[place]]]
            if other["rater"] == rater and other["queue"] == queue:
                break
            place = (place + np.uint64(1)) & mask
        if table[place] < 0:
            table[place], first[groups] = groups, at
            groups += 1
        group[at] = table[place]
    return first[:groups], group


@compiled
def first_of_queues(rows: np.ndarray, queues: int) -> np.ndarray:
    """int64[queues]: the first outcome that refers to each of the joined queues, -1 for none."""
    first = np.full(queues, -1)
    for at in range(len(rows) - 1, -1, -1):
        first[int64(rows[at]["queue_row"])] = at
    return first
