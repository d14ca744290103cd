"""Sorts the outcomes that are owed by destination and cuts them into messages, each with a numbering of its own.

An outcome refers to names by number (profile, item id, queue); a message carries only the names that it uses, numbered
in the order of their first use. The numbers of one flush are long lists, those of a message short ones.
"""

from typing import NamedTuple

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.item_rows import Outcomes
from stream.quality.meetings import begins_of
from stream.quality.schema import MEETING, OUTCOME

BYTES_MAX = 448 * 1024  # of rows, meetings and item ids: with the other names a message stays under 512 KiB
_ROW_BYTES, _MEETING_BYTES = OUTCOME.itemsize, MEETING.itemsize
_LISTS = 3  # of names: profiles, item ids, queues


class Cuts(NamedTuple):
    """Outcomes by destination, each in the order of the log, and their meetings likewise.

    `messages` int64[messages, 11]: destination; first outcome, end; first meeting, end; then (first, end) in `used` of
    the profiles, the item ids and the queues. `used` int32[3, …]: numbers of the names, as the flush knows them.
    """

    rows: np.ndarray
    meetings: np.ndarray
    messages: np.ndarray
    used: np.ndarray


def cut(outcomes: Outcomes, destinations: int, id_sizes: np.ndarray, names: int) -> Cuts:
    """`id_sizes` int64[] are the bytes that each item id may take; `names` is the length of the longest list."""
    count, met = int(outcomes.cursor[0]), int(outcomes.cursor[3])
    cuts = Cuts(
        np.empty(count, OUTCOME),
        np.empty(met, MEETING),
        np.empty((count, 5 + 2 * _LISTS), "i8"),
        np.empty((_LISTS, count), "i4"),
    )
    seen, number = np.full((_LISTS, names), -1, "i4"), np.empty((_LISTS, names), "i4")
    made = _cut(
        outcomes.rows[:count],
        outcomes.destinations[:count],
        outcomes.meetings[:met],
        destinations,
        id_sizes,
        seen,
        number,
        cuts,
    )
    return cuts._replace(messages=cuts.messages[:made])


@compiled
def _cut(
    rows: np.ndarray,
    towards: np.ndarray,
    meetings: np.ndarray,
    destinations: int,
    id_sizes: np.ndarray,
    seen: np.ndarray,
    number: np.ndarray,
    cuts: Cuts,
) -> int:
    """How many messages it made. `seen`, `number` int32[3, names]: the message that used a name last, and as what."""
    order, ends = _by_destination(towards, destinations)
    begins = begins_of(len(rows), meetings)
    used = np.zeros(_LISTS, np.int64)
    made, met = 0, 0
    for destination in range(destinations):
        size = BYTES_MAX
        for at in range(ends[destination], ends[destination + 1]):
            source = order[at]
            row, theirs = rows[source], begins[source + 1] - begins[source]
            more = _ROW_BYTES + _MEETING_BYTES * theirs
            if row["item_id"] >= 0:
                more += id_sizes[row["item_id"]]
            if size + more > BYTES_MAX:
                size, made = 0, made + 1
                _begin(cuts.messages[made - 1], destination, at, met, used)
            size += more
            message = cuts.messages[made - 1]
            cuts.rows[at] = row
            mine = cuts.rows[at]
            mine["profile"] = _numbered(0, int64(row["profile"]), made, seen, number, cuts.used, message, used)
            mine["item_id"] = _numbered(1, int64(row["item_id"]), made, seen, number, cuts.used, message, used)
            mine["queue_row"] = _numbered(2, int64(row["queue_row"]), made, seen, number, cuts.used, message, used)
            for one in range(begins[source], begins[source + 1]):
                cuts.meetings[met] = meetings[one]
                cuts.meetings[met]["row"] = at - message[1]
                met += 1
            message[2], message[4] = at + 1, met
    return made


@compiled
def _by_destination(towards: np.ndarray, destinations: int) -> tuple[np.ndarray, np.ndarray]:
    """(outcomes in order of their destination, where each destination's begin; the last entry is the end)."""
    ends = np.zeros(destinations + 1, np.int64)
    for destination in towards:
        ends[destination + 1] += 1
    for destination in range(destinations):
        ends[destination + 1] += ends[destination]
    free, order = ends.copy(), np.empty(len(towards), np.int64)
    for at in range(len(towards)):
        destination = towards[at]
        order[free[destination]] = at
        free[destination] += 1
    return order, ends


@compiled
def _begin(message: np.ndarray, destination: int, at: int, met: int, used: np.ndarray) -> None:
    message[0], message[1], message[3] = destination, at, met
    for names in range(_LISTS):
        message[5 + 2 * names] = message[6 + 2 * names] = used[names]


@compiled
def _numbered(
    names: int,
    name: int,
    message_number: int,
    seen: np.ndarray,
    number: np.ndarray,
    used_names: np.ndarray,
    message: np.ndarray,
    used: np.ndarray,
) -> int:
    """The number of a name within its message; -1 stays -1."""
    if name < 0:
        return -1
    if seen[names, name] != message_number:
        seen[names, name] = message_number
        number[names, name] = used[names] - message[5 + 2 * names]
        used_names[names, used[names]] = name
        used[names] += 1
        message[6 + 2 * names] = used[names]
    return int64(number[names, name])
