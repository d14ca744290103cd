"""Decodes a batch of `outcomes`: drops what was applied before, trims an overlap, halts on a gap."""

from collections.abc import Sequence
from itertools import accumulate

import msgspec
import numpy as np

from stream.errors import ShardHalted
from stream.quality.meetings import begins_of
from stream.quality.outcome_joining import first_of_queues, group_by_rater, refer_to_joined
from stream.quality.outcome_message import (
    AFTER_ALL,
    Note,
    OutcomeMessage,
    Place,
    QueueInfo,
    VerdictNote,
    decode_message,
)
from stream.quality.profile import Profile
from stream.quality.schema import MEETING, OUTCOME, SCHEMA_VERSION
from stream.stages.port import SourceRecord

_REBUILD = "Wipe and replay the sender with `raterwatch rebuild --shard`, this shard trims what it has"


class RaterWork(msgspec.Struct, frozen=True):
    """A batch's outcomes in order, with the names they refer to."""

    offset: int  # next offset after the batch
    rows: np.ndarray  # OUTCOME[]
    meetings: np.ndarray  # MEETING[], in the order of the rows that they refer to
    met: np.ndarray  # int64[rows, 2]: where each row's meetings begin and end
    keys: list[bytes]  # unique row keys
    key_of_row: np.ndarray  # int64[rows]: index into `keys`
    first_row: np.ndarray  # int64[keys]: where each key occurs first
    profiles: list[Profile]
    item_ids: np.ndarray  # object[]
    queues: list[tuple[int, QueueInfo]]  # (row from which on it holds, settings)
    verdicts: list[tuple[int, VerdictNote]]  # (row before which it applies, note)
    notes: list[tuple[int, Note]]  # (row before which it holds, note)
    applied: np.ndarray  # int64[sources, 2] after this batch
    dropped: int  # outcomes seen before
    records: int


def read_work(shard: str, records: Sequence[SourceRecord], applied: np.ndarray, *, accept_first: bool) -> RaterWork:
    """Decodes messages against int64[sources, 2] of what was applied; does not change it.

    `accept_first` (rebuild only): a source of which nothing was applied yet may begin anywhere.
    """
    applied = applied.copy()
    taken: list[tuple[OutcomeMessage, Place, bytes]] = []  # with what was applied of its source, and its new rows
    dropped = 0
    for record in records:
        message = _decode(shard, record)
        mine = Place(*applied[message.source].tolist())
        if message.last <= mine:
            dropped += len(message.rows) // OUTCOME.itemsize
            continue
        if message.previous > mine and not (accept_first and mine.offset < 0):
            raise ShardHalted(
                shard,
                f"outcomes of source partition {message.source} between {mine} and {message.previous} are missing",
                _REBUILD,
            )
        new = message.rows if message.first > mine else _after(message.rows, mine)
        dropped += (len(message.rows) - len(new)) // OUTCOME.itemsize
        taken.append((message, mine, new))
        applied[message.source] = message.last
    return _joined(taken, applied, dropped, records)


def _joined(
    taken: Sequence[tuple[OutcomeMessage, Place, bytes]],
    applied: np.ndarray,
    dropped: int,
    records: Sequence[SourceRecord],
) -> RaterWork:
    """One batch of several messages: their rows one after another, and the lists that they refer to likewise."""
    rows = np.frombuffer(bytearray().join(new for _, _, new in taken), OUTCOME)
    counts = [len(new) // OUTCOME.itemsize for _, _, new in taken]
    begins = list(accumulate(counts, initial=0))
    messages = [message for message, _, _ in taken]
    met = [_meetings(message, new) for message, _, new in taken]
    meetings = np.frombuffer(bytearray().join(met), MEETING)
    refer_to_joined(rows, meetings, _bounds(messages, begins, met))
    begins_met = begins_of(len(rows), meetings)
    names = np.empty(sum(len(message.item_ids) for message in messages), object)
    names[:] = [name for message in messages for name in message.item_ids]
    keys, first_row, key_of_row = unique_keys(rows)
    return RaterWork(
        offset=records[-1].offset + 1,
        rows=rows,
        meetings=meetings,
        met=np.column_stack([begins_met[:-1], begins_met[1:]]),
        keys=keys,
        key_of_row=key_of_row,
        first_row=first_row,
        profiles=[profile for message in messages for profile in message.profiles],
        item_ids=names,
        queues=_queues(messages, begins, rows),
        verdicts=[
            (begin + int(np.searchsorted(rows["offset"][begin : begin + count], note.offset)), note)
            for (message, mine, _), begin, count in zip(taken, begins, counts, strict=False)
            for note in message.verdicts
            if Place(note.offset, 0) > mine
        ],
        notes=[
            (begin + int(np.searchsorted(rows["offset"][begin : begin + count], note.offset, side="right")), note)
            for (message, mine, _), begin, count in zip(taken, begins, counts, strict=False)
            for note in message.notes
            if Place(note.offset, AFTER_ALL) > mine
        ],
        applied=applied,
        dropped=dropped,
        records=len(records),
    )


def _bounds(messages: Sequence[OutcomeMessage], begins: Sequence[int], met: Sequence[bytes]) -> np.ndarray:
    """What `refer_to_joined` wants to know of each message."""
    ends = accumulate(len(some) // MEETING.itemsize for some in met)
    before = (
        accumulate((len(message.profiles) for message in messages), initial=0),
        accumulate((len(message.item_ids) for message in messages), initial=0),
        accumulate((len(message.queues) for message in messages), initial=0),
    )
    bounds = list(zip(begins[1:], ends, begins, *before, strict=False))
    return np.array(bounds, "i8").reshape(len(messages), 6)


def _queues(messages: Sequence[OutcomeMessage], begins: Sequence[int], rows: np.ndarray) -> list[tuple[int, QueueInfo]]:
    """Settings hold from the first outcome that came under them: a message may bring a queue's old and new ones."""
    infos = [(begin, info) for message, begin in zip(messages, begins, strict=False) for info in message.queues]
    firsts = first_of_queues(rows, len(infos)).tolist()
    return [(begin if first < 0 else first, info) for first, (begin, info) in zip(firsts, infos, strict=True)]


def _meetings(message: OutcomeMessage, new: bytes) -> bytes:
    """Those of the new rows; an overlap that was trimmed is the beginning of its message."""
    trimmed = (len(message.rows) - len(new)) // OUTCOME.itemsize
    if not trimmed:
        return message.meetings
    met = np.frombuffer(message.meetings, MEETING)
    met = met[met["row"] >= trimmed].copy()
    met["row"] -= trimmed
    kept: bytes = met.tobytes()
    return kept


def _after(data: bytes, mine: Place) -> bytes:
    """The rows that come after a place of their source's log."""
    rows = np.frombuffer(data, OUTCOME)
    new = (rows["offset"] > mine.offset) | ((rows["offset"] == mine.offset) & (rows["part"] > mine.part))
    kept: bytes = rows[new].tobytes()
    return kept


def unique_keys(rows: np.ndarray) -> tuple[list[bytes], np.ndarray, np.ndarray]:
    """(row keys, where each occurs first, index of each row's key)."""
    first, key_of_row = group_by_rater(rows)
    data = np.column_stack([rows["rater"][first], rows["queue"][first]]).tobytes()
    return [data[at : at + 16] for at in range(0, len(data), 16)], first, key_of_row


def _decode(shard: str, record: SourceRecord) -> OutcomeMessage:
    try:
        message = decode_message(record.value or b"")
    except msgspec.DecodeError as error:
        raise ShardHalted(shard, f"offset {record.offset} holds no outcome message ({error})", _REBUILD) from error
    if message.schema != SCHEMA_VERSION:
        raise ShardHalted(
            shard,
            f"offset {record.offset} was written by schema {message.schema}, this worker reads {SCHEMA_VERSION}",
            "Run workers of one version, or drain `outcomes` before an upgrade",
        )
    return message
