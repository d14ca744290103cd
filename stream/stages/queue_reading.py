"""What a shard of stage 1 can tell of a queue: its suspect known answers, and whether its level has moved."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from stream.events import Sentence
from stream.intake.partition import partition_of
from stream.quality.gold_doubts import KNOWN_ITEMS, SUSPECT_ITEMS
from stream.quality.outcome_message import QueueInfo
from stream.quality.queue_levels import RARE_HOURS
from stream.quality.queue_shift import SHIFT_STATE, Shift, has_learned, queue_shift
from stream.quality.queue_table import QueueTable, Stored, stored_level
from stream.quality.schema import HOUR_MS
from stream.quality.suspect_golds import NAMED, SuspectGold
from stream.stages.sentences import sentence


class QueueReading(NamedTuple):
    """`shift` is of the whole queue; None while its level is not known yet, and but in one shard, the queue's home."""

    known_items: int  # of the shard: items with a known answer; 0 where answers are sets
    suspect_items: int  # of these, suspect
    suspects: list[SuspectGold]  # the surest
    shift: Shift | None


class LevelShift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift of a queue's level that a queue at rest shows less than once a year."""

    since_ms: int  # the beginning of the hour, give or take a few
    hours: int
    judgments: int  # that peers weighed, since then
    before: float  # mean belief in the queue's answers, 0 to 1
    after: float
    low: float  # 95 % interval of after - before
    high: float
    usual_every_hours: float  # how rarely a queue at rest shows as much
    sentence: Sentence


def is_home(queue: str, partition: int, partitions: int) -> bool:
    """Whether this shard tells of the queue as a whole; each of them has heard as much as the others."""
    return partition_of(queue, partitions) == partition


def read_queue(table: QueueTable, row: int, *, home: bool) -> QueueReading:
    """A queue in memory."""
    return _reading(table.rows.golds[row], table.suspects(row), table.levels[row], home)


def read_stored(stored: Stored, *, home: bool) -> QueueReading:
    """A queue as the store holds it."""
    return _reading(np.array(stored.golds), stored.suspects, stored_level(stored), home)


def merged(readings: Sequence[QueueReading]) -> QueueReading:
    """Of several shards: items add up."""
    suspects = sorted(
        (gold for reading in readings for gold in reading.suspects), key=lambda gold: (-gold.nats, gold.item_id)
    )
    return QueueReading(
        sum(reading.known_items for reading in readings),
        sum(reading.suspect_items for reading in readings),
        suspects[:NAMED],
        next((reading.shift for reading in readings if reading.shift is not None), None),
    )


def shifted(shift: Shift | None) -> LevelShift | None:
    """What is worth telling of a shift; None where the queue stands still or is not known yet."""
    if shift is None or shift.usual_every_hours < RARE_HOURS:
        return None
    return LevelShift(
        since_ms=shift.since_hour * HOUR_MS,
        hours=round(shift.hours),
        judgments=round(shift.judgments),
        before=shift.before,
        after=shift.after,
        low=shift.low,
        high=shift.high,
        usual_every_hours=shift.usual_every_hours,
        sentence=sentence(
            "queue_shift",
            direction="up" if shift.direction > 0 else "down",
            before=round(100 * shift.before),
            after=round(100 * shift.after),
            hours=round(shift.hours),
            n=round(shift.judgments),
        ),
    )


def gold_sentence(gold: SuspectGold, queue: QueueInfo) -> Sentence:
    """What speaks against a known answer."""
    return sentence(
        "gold_suspect",
        n=gold.votes,
        fitting=gold.fitting,
        other=gold.for_label,
        known=queue.labels[gold.known],
        label=queue.labels[gold.label],
    )


def _reading(golds: np.ndarray, suspects: list[SuspectGold], level: np.ndarray, home: bool) -> QueueReading:  # noqa: FBT001
    state = level[:SHIFT_STATE]
    shift = queue_shift(state) if home and has_learned(state) else None
    return QueueReading(int(golds[KNOWN_ITEMS]), int(golds[SUSPECT_ITEMS]), suspects, shift)
