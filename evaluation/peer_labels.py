"""What the exact test may know when it looks at a judgment: the labels of up to three peers, without their names.

Each judgment is looked at once, as by the product's alarm: on arrival if it finds two peers and more on the item,
else when the item has three labels (or its redundancy, if that is less).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from evaluation.worlds import OPEN_ITEMS, Chunk
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Ints

PEERS = 3


class Looks(NamedTuple):
    """Judgments in the order in which they are looked at.

    peers: the number of peers of each label, as digits to the base PEERS + 1. judged: the rater's judgments at that
    moment, later ones than this included.
    """

    item: Ints
    rater: Ints
    label: Ints
    peers: Ints
    judged: Ints


class _Seen(NamedTuple):
    raters: Ints  # [item % OPEN_ITEMS, seat]
    labels: Ints  # [item % OPEN_ITEMS, seat]
    taken: Ints  # [item % OPEN_ITEMS]
    item: Ints  # [item % OPEN_ITEMS] whose row it is
    judged: Ints  # of each rater


def peer_codes(classes: int) -> int:
    """How many values Looks.peers can have."""
    return int((PEERS + 1) ** classes)


def looks(chunks: Iterable[Chunk], raters: int, redundancy: int) -> Iterator[tuple[int, Looks]]:
    """The looks of each chunk, with its crew's number."""
    crew = None
    for chunk in chunks:
        if chunk.crew != crew:
            crew, seen = chunk.crew, _nothing_seen(raters, redundancy)
        room = np.zeros((5, PEERS * len(chunk.item)), np.int64)
        made = _look(chunk.item, chunk.rater, chunk.label, seen, room)
        yield chunk.crew, Looks(*room[:, :made])


def _nothing_seen(raters: int, redundancy: int) -> _Seen:
    rows = (OPEN_ITEMS, redundancy)
    return _Seen(
        raters=np.zeros(rows, np.int64),
        labels=np.zeros(rows, np.int64),
        taken=np.zeros(OPEN_ITEMS, np.int64),
        item=np.full(OPEN_ITEMS, -1),
        judged=np.zeros(raters, np.int64),
    )


@compiled
def _look(items: Ints, raters: Ints, labels: Ints, seen: _Seen, out: Ints) -> int:
    made, enough = 0, min(PEERS, seen.raters.shape[1])
    for judgment in range(len(items)):
        row = items[judgment] % OPEN_ITEMS
        if seen.item[row] != items[judgment]:
            seen.item[row], seen.taken[row] = items[judgment], 0
        seat = seen.taken[row]
        seen.raters[row, seat], seen.labels[row, seat] = raters[judgment], labels[judgment]
        seen.taken[row] += 1
        seen.judged[raters[judgment]] += 1
        if seat + 1 < enough:
            continue
        for own in range(0 if seat + 1 == enough else seat, seat + 1):
            rater = seen.raters[row, own]
            out[0, made], out[1, made], out[2, made] = items[judgment], rater, seen.labels[row, own]
            out[3, made] = _code(seen, row, own)
            out[4, made] = seen.judged[rater]
            made += 1
    return made


@compiled
def _code(seen: _Seen, row: int, own: int) -> int:
    """The labels of the first peers on the item, in any order."""
    code, counted = 0, 0
    for seat in range(seen.taken[row]):
        if seat != own and counted < PEERS:
            code += (PEERS + 1) ** seen.labels[row, seat]
            counted += 1
    return code
