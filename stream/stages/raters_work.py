"""Decodes a batch of `outcomes`: drops what was applied before, trims an overlap, halts on a gap."""

from collections.abc import Sequence
from itertools import accumulate

import msgspec
import numpy as np

from stream.errors import ShardHalted
from stream.quality.outcome_message import (
    AFTER_ALL,
    ArmingNote,
    OutcomeMessage,
    Place,
    QueueInfo,
    QueueNote,
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
    keys: list[bytes]  # unique row keys
    key_of_row: np.ndarray  # int64[rows]: index into `keys`
    first_row: np.ndarray  # int64[keys]: where each key occurs first
    profiles: list[Profile]
    item_ids: np.ndarray  # object[]
    queues: list[tuple[int, QueueInfo]]  # (row from which on it holds, settings)
    verdicts: list[tuple[int, VerdictNote]]  # (row before which it applies, note)
    notes: list[tuple[int, QueueNote | ArmingNote]]  # (row before which it holds, note)
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
    for column, lists in (
        ("profile", [message.profiles for message in messages]),
        ("item_id", [message.item_ids for message in messages]),
        ("queue_row", [message.queues for message in messages]),
    ):
        shift = np.repeat(list(accumulate(map(len, lists), initial=0))[:-1], counts)
        rows[column] += np.where(rows[column] >= 0, shift, 0).astype("i4")
    names = np.empty(sum(len(message.item_ids) for message in messages), object)
    names[:] = [name for message in messages for name in message.item_ids]
    keys, first_row, key_of_row = unique_keys(rows)
    return RaterWork(
        offset=records[-1].offset + 1,
        rows=rows,
        meetings=_meetings(taken, begins),
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


def _queues(messages: Sequence[OutcomeMessage], begins: Sequence[int], rows: np.ndarray) -> list[tuple[int, QueueInfo]]:
    """Settings hold from the first outcome that came under them: a message may bring a queue's old and new ones."""
    numbers, firsts = np.unique(rows["queue_row"], return_index=True)
    first_of = dict(zip(numbers.tolist(), firsts.tolist(), strict=True))
    infos = [(begin, info) for message, begin in zip(messages, begins, strict=False) for info in message.queues]
    return [(first_of.get(number, begin), info) for number, (begin, info) in enumerate(infos)]


def _meetings(taken: Sequence[tuple[OutcomeMessage, Place, bytes]], begins: Sequence[int]) -> np.ndarray:
    """Those of the new rows; an overlap that was trimmed is the beginning of its message."""
    parts = []
    for (message, _, new), begin in zip(taken, begins, strict=False):
        met = np.frombuffer(message.meetings, MEETING).copy()
        met["row"] += begin - (len(message.rows) - len(new)) // OUTCOME.itemsize
        parts.append(met[met["row"] >= begin])
    return np.concatenate([np.zeros(0, MEETING), *parts])


def _after(data: bytes, mine: Place) -> bytes:
    """The rows that come after a place of their source's log."""
    rows = np.frombuffer(data, OUTCOME)
    new = (rows["offset"] > mine.offset) | ((rows["offset"] == mine.offset) & (rows["part"] > mine.part))
    kept: bytes = rows[new].tobytes()
    return kept


def unique_keys(rows: np.ndarray) -> tuple[list[bytes], np.ndarray, np.ndarray]:
    """(row keys, where each occurs first, index of each row's key)."""
    mixed = rows["rater"] * np.uint64(0x9E3779B97F4A7C15) ^ rows["queue"]
    _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    if len(rows) and not (
        np.array_equal(rows["rater"][first][inverse], rows["rater"])
        and np.array_equal(rows["queue"][first][inverse], rows["queue"])
    ):  # two keys mixed alike: rare beyond words, but then take the slow way
        both = np.column_stack([rows["rater"], rows["queue"]])
        _, first, inverse = np.unique(both, axis=0, return_index=True, return_inverse=True)
    pairs = np.column_stack([rows["rater"][first], rows["queue"][first]])
    data = pairs.tobytes()
    return [data[at : at + 16] for at in range(0, len(data), 16)], first, inverse.ravel()


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
