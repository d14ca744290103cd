"""Decodes a batch of `outcomes`: drops what was applied before, trims an overlap, halts on a gap."""

from collections.abc import Sequence

import msgspec
import numpy as np

from stream.errors import ShardHalted
from stream.quality.outcome_message import OutcomeMessage, Place, QueueInfo, VerdictNote, decode_message, rows_of
from stream.quality.profile import Profile
from stream.quality.schema import OUTCOME, SCHEMA_VERSION
from stream.stages.port import SourceRecord

_REBUILD = "Wipe and replay the sender with `raterwatch rebuild --shard`, this shard trims what it has"


class RaterWork(msgspec.Struct, frozen=True):
    """A batch's outcomes in order, with the names they refer to."""

    offset: int  # next offset after the batch
    rows: np.ndarray  # OUTCOME[]
    keys: list[bytes]  # unique row keys
    key_of_row: np.ndarray  # int64[rows]: index into `keys`
    first_row: np.ndarray  # int64[keys]: where each key occurs first
    profiles: list[Profile]
    item_ids: np.ndarray  # object[]
    queues: list[tuple[int, QueueInfo]]  # (row from which on it holds, settings)
    verdicts: list[tuple[int, VerdictNote]]  # (row before which it applies, note)
    applied: np.ndarray  # int64[sources, 2] after this batch
    dropped: int  # outcomes seen before
    records: int


def read_work(shard: str, records: Sequence[SourceRecord], applied: np.ndarray, *, accept_first: bool) -> RaterWork:
    """Decodes messages against int64[sources, 2] of what was applied; does not change it.

    `accept_first` (rebuild only): a source of which nothing was applied yet may begin anywhere.
    """
    applied = applied.copy()
    pieces: list[np.ndarray] = []
    profiles: list[Profile] = []
    item_ids: list[str] = []
    queues: list[tuple[int, QueueInfo]] = []
    verdicts: list[tuple[int, VerdictNote]] = []
    count, dropped = 0, 0
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
        rows = rows_of(message)
        if message.first <= mine:
            new = (rows["offset"] > mine.offset) | ((rows["offset"] == mine.offset) & (rows["part"] > mine.part))
            dropped += int(len(rows) - new.sum())
            rows = rows[new]
        rows["profile"][rows["profile"] >= 0] += len(profiles)
        rows["item_id"][rows["item_id"] >= 0] += len(item_ids)
        rows["queue_row"] += len(queues)
        verdicts += [
            (count + int(np.searchsorted(rows["offset"], note.offset)), note)
            for note in message.verdicts
            if Place(note.offset, 0) > mine
        ]
        pieces.append(rows)
        profiles += message.profiles
        item_ids += message.item_ids
        queues += [(count, info) for info in message.queues]
        count += len(rows)
        applied[message.source] = message.last
    rows = np.concatenate(pieces) if pieces else np.zeros(0, OUTCOME)
    keys, first_row, key_of_row = unique_keys(rows)
    names = np.empty(len(item_ids), object)
    names[:] = item_ids
    offset = records[-1].offset + 1
    return RaterWork(
        offset, rows, keys, key_of_row, first_row, profiles, names, queues, verdicts, applied, dropped, len(records)
    )


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
