"""What shards tell each other through control records: raters' summaries, and a queue's counts.

Both travel in every `judgments` partition, so that a shard's state stays a function of its own log. Counts travel as
what was added since the last time; the version (the period of log time) makes each count once, however often it is
sent. A summary replaces the one before it.
"""

import base64
import zlib
from collections.abc import Sequence

import msgspec
import numpy as np

from stream.events import Control
from stream.intake.control import ControlKey, sign
from stream.quality.reference import COUNTS
from stream.quality.schema import SUMMARY

COUNTS_SOURCE, SUMMARIES_SOURCE = "counts", "summaries"
SUMMARIES_MAX = 2_000  # in a record, which stays far below a control record's bound
_COUNTS_BYTES = COUNTS * 8


class QueueCounts(msgspec.Struct, frozen=True, array_like=True):
    """int64[reference.COUNTS] of a queue, deflated, in base64."""

    queue: str
    counts: str


class CountsPayload(msgspec.Struct, frozen=True):
    """What one shard of stage 1 counted since it last told."""

    queues: list[QueueCounts]


class SummariesPayload(msgspec.Struct, frozen=True):
    """SUMMARY[] of one shard of stage 2, in base64."""

    summaries: str


def kind_of(control: Control) -> str:
    """The kind of a control record's source: before its colon."""
    return control.source.partition(":")[0]


def sender_of(control: Control) -> str:
    """Which of a kind's sources sent it."""
    return control.source.partition(":")[2]


def counts_control(key: ControlKey, partition: int, version: int, at_ms: int, counts: dict[str, np.ndarray]) -> bytes:
    """The record that tells the other shards what partition `partition` counted by queue."""
    queues = [QueueCounts(name, _pack(added.astype("<i8").tobytes())) for name, added in sorted(counts.items())]
    source = f"{COUNTS_SOURCE}:{partition}"
    return sign(key, source=source, version=version, at=at_ms, payload=CountsPayload(queues))


def summaries_controls(
    key: ControlKey, partition: int, version: int, at_ms: int, summaries: np.ndarray
) -> Sequence[bytes]:
    """The records that carry SUMMARY[] of a shard of stage 2; versions count up from `version` * 1,000."""
    return [
        sign(
            key,
            source=f"{SUMMARIES_SOURCE}:{partition}",
            version=1 + version * 1_000 + part,
            at=at_ms,
            payload=SummariesPayload(_pack(summaries[begin : begin + SUMMARIES_MAX].tobytes())),
        )
        for part, begin in enumerate(range(0, len(summaries), SUMMARIES_MAX))
    ]


def read_counts(control: Control) -> dict[str, np.ndarray]:
    """int64[COUNTS] by queue; raises ValueError for a payload of another shape."""
    payload = msgspec.json.decode(control.payload, type=CountsPayload)
    found = {queue.queue: np.frombuffer(_unpack(queue.counts, _COUNTS_BYTES), "<i8") for queue in payload.queues}
    if any(len(counts) != COUNTS for counts in found.values()):
        raise ValueError(f"not the {COUNTS} counts of a queue")
    return found


def read_summaries(control: Control) -> np.ndarray:
    """SUMMARY[]; raises ValueError for a payload of another shape."""
    payload = msgspec.json.decode(control.payload, type=SummariesPayload)
    return np.frombuffer(_unpack(payload.summaries, SUMMARIES_MAX * SUMMARY.itemsize), SUMMARY)


def _pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 6)).decode()


def _unpack(text: str, most: int) -> bytes:
    """Inflates at most so many bytes."""
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(base64.b64decode(text, validate=True), most)
    except zlib.error as error:
        raise ValueError(f"not deflated: {error}") from None
    if inflate.unconsumed_tail or not inflate.eof:
        raise ValueError(f"longer than {most} bytes, or cut off")
    return data
