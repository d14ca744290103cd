"""The record on `outcomes`: a run of outcomes from one source partition to one destination, columns and names.

Each message says which (offset, part) of its source it covers and where the previous one to the same destination ended,
so that the receiver drops what it has, trims an overlap, and halts on a gap, however the sender's batches were cut.
"""

from typing import NamedTuple

import msgspec

from stream.quality.profile import Profile


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


class PersonNote(msgspec.Struct, frozen=True, array_like=True, tag="person"):
    """What was ordered about a rater, as one source partition read it; it comes after outcomes of `offset`."""

    offset: int
    log_ms: int
    source: int
    rater: int
    order: str  # forget, restrict or release
    version: int  # of two orders the higher one holds


Note = QueueNote | ArmingNote | PersonNote  # for every destination


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
    notes: list[Note]
    rows: bytes
    meetings: bytes  # MEETING[], in the order of the rows that they refer to


_decoder = msgspec.msgpack.Decoder(OutcomeMessage)


def decode_message(value: bytes) -> OutcomeMessage:
    """Raises msgspec.DecodeError for bytes that are no outcome message."""
    return _decoder.decode(value)
