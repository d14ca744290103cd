"""The record on `outcomes`: a run of outcomes from one source partition to one destination, columns and names.

Each message says which (offset, part) of its source it covers and where the previous one to the same destination ended,
so that the receiver drops what it has, trims an overlap, and halts on a gap, however the sender's batches were cut.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from stream.quality.profile import Profile
from stream.quality.schema import MEETING, OUTCOME, SCHEMA_VERSION

_SURELY_FIT = 200  # rows, whatever their ids
BYTES_MAX = 480 * 1024  # of rows and item ids: with the other names a message stays under 512 KiB


class Place(NamedTuple):
    """A place in a source partition's log: (offset, number of the outcome of that record)."""

    offset: int
    part: int


BEGINNING = Place(-1, 0)
AFTER_ALL = 1 << 30  # the part of a note that comes after all outcomes of a record


class QueueInfo(msgspec.Struct, frozen=True, array_like=True):
    """What stage 2 must know of a queue, from stage 1's settings."""

    key: int
    name: str
    kind: int
    labels: tuple[str, ...]
    width: int


class VerdictNote(msgspec.Struct, frozen=True, array_like=True):
    """A person's decision on a finding, on its way to the rater's shard."""

    offset: int
    log_ms: int
    finding_id: str
    rater: int
    queue: int
    verdict: str

    @property
    def row_key(self) -> bytes:
        """Of the rater's row that the finding is about."""
        return self.rater.to_bytes(8, "little") + self.queue.to_bytes(8, "little")


class ArmingNote(msgspec.Struct, frozen=True, array_like=True, tag="arming"):
    """What the sender knows of arming, as the store holds it; it comes after outcomes of `offset`."""

    offset: int
    book: bytes


class QueueNote(msgspec.Struct, frozen=True, array_like=True, tag="usual"):
    """What is usual in a queue, over all shards as far as the sender has heard; it comes after outcomes of `offset`."""

    offset: int
    queue: int
    answers: list[int]  # label counts, those on items with a known answer left out
    sums: list[int]  # the first cells of rank_sums.py, over all raters


class OutcomeMessage(msgspec.Struct, frozen=True, array_like=True):
    """See the module; `rows` is OUTCOME[] as bytes, in order."""

    schema: int
    source: int
    first: Place
    last: Place
    previous: Place
    queues: list[QueueInfo]
    profiles: list[Profile]
    item_ids: list[str]
    verdicts: list[VerdictNote]
    notes: list[QueueNote | ArmingNote]
    rows: bytes
    meetings: bytes  # MEETING[], in the order of the rows that they refer to


_decoder = msgspec.msgpack.Decoder(OutcomeMessage)


def decode_message(value: bytes) -> OutcomeMessage:
    """Raises msgspec.DecodeError for bytes that are no outcome message."""
    return _decoder.decode(value)


def encode_messages(
    source: int,
    previous: Place,
    rows: np.ndarray,
    profiles: Sequence[Profile],
    item_ids: Sequence[str],
    queues: Sequence[QueueInfo],
    verdicts: Sequence[VerdictNote],
    notes: Sequence[QueueNote | ArmingNote] = (),
    meetings: np.ndarray | None = None,
) -> tuple[list[bytes], Place]:
    """The messages that carry one destination's outcomes, and the place where the last one ends.

    `rows` refer to `profiles`, `item_ids` and `queues`; each message gets the part of these lists that it needs.
    """
    messages = []
    met = np.zeros(0, MEETING) if meetings is None else meetings
    for begin, end in _cuts(rows, item_ids):
        some = rows[begin:end].copy()
        until = np.inf if end == len(rows) else int(rows["offset"][end])
        after = -1 if begin == 0 else int(some["offset"][0])
        ruled = [note for note in verdicts if after <= note.offset < until]
        news = [note for note in notes if after <= note.offset < until]
        theirs = met[slice(*np.searchsorted(met["row"], (begin, end)))].copy()
        theirs["row"] -= begin
        places = [Place(int(some["offset"][at]), int(some["part"][at])) for at in ((0, -1) if len(some) else ())]
        places += [Place(note.offset, 0) for note in ruled]
        places += [Place(note.offset, AFTER_ALL) for note in news]
        message = OutcomeMessage(
            SCHEMA_VERSION,
            source,
            min(places),
            max(places),
            previous,
            _narrow(some, "queue_row", queues),
            _narrow(some, "profile", profiles),
            _narrow(some, "item_id", item_ids),
            ruled,
            news,
            some.tobytes(),
            theirs.tobytes(),
        )
        messages.append(msgspec.msgpack.encode(message))
        previous = message.last
    return messages, previous


def _cuts(rows: np.ndarray, item_ids: Sequence[str]) -> list[tuple[int, int]]:
    """Where to cut the rows into messages; one message even without rows (verdicts alone)."""
    if len(rows) <= _SURELY_FIT:
        return [(0, len(rows))]
    ids = np.array([4 * len(item_ids[at]) if at >= 0 else 0 for at in rows["item_id"].tolist()], "i8")
    sizes = np.cumsum(ids + OUTCOME.itemsize)
    cuts, begin = [], 0
    while begin < len(rows):
        before = int(sizes[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(sizes, before + BYTES_MAX, side="right")))
        cuts.append((begin, end))
        begin = end
    return cuts


def _narrow(rows: np.ndarray, column: str, names: Sequence[Any]) -> list[Any]:
    """Renumbers a reference column to the names it uses. A dict is quicker than sorting: most messages are small."""
    used: dict[int, int] = {}
    number = used.setdefault
    rows[column] = [number(row, len(used)) if row >= 0 else -1 for row in rows[column].tolist()]
    return [names[row] for row in used]
