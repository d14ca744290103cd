"""The topic of refused records as a list: what was refused and why, and what was sent again already.

A redrive leaves a marker in the same topic: the id, no value, and a header. So whoever reads the topic from its start
knows what was sent again, for as long as the refused records themselves are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stream.commands.kafka_reading import read_whole
from stream.intake.reasons import Reason
from stream.settings import Settings
from stream.transport.port import Producer
from stream.transport.rejected import ID, REASON, read_reject
from stream.transport.topics import REJECTED

REDRIVEN = "raterwatch-redriven"


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """One refused record; `id` is partition:offset in `judgments`, `refused_ms` the topic's own time of it."""

    id: str
    reason: str
    refused_ms: int
    value: bytes | None
    redriven: bool = False

    @property
    def partition(self) -> int:
        return int(self.id.partition(":")[0])


@dataclass(frozen=True, slots=True)
class RejectFilters:
    """Which refused records are wanted; None is any."""

    reasons: Sequence[str] = ()
    partitions: Sequence[int] = ()
    ids: Sequence[str] = ()
    since_ms: int = 0

    def wants(self, record: RejectedRecord) -> bool:
        """Whether the record is wanted."""
        return (
            (not self.reasons or record.reason in self.reasons)
            and (not self.partitions or record.partition in self.partitions)
            and (not self.ids or record.id in self.ids)
            and record.refused_ms >= self.since_ms
        )


def read_rejected(settings: Settings) -> list[RejectedRecord]:
    """All refused records that the topic still holds, the oldest first, each once. Raises `Unavailable`."""
    return collected(read_whole(settings.kafka_connection, REJECTED))


def collected(records: Iterable[Any]) -> list[RejectedRecord]:
    """The same from Kafka records: a record that was refused again after a replay counts once."""
    found: dict[str, RejectedRecord] = {}
    redriven: set[str] = set()
    for record in records:
        reject = read_reject(record.value, record.headers)
        if any(name == REDRIVEN for name, _ in record.headers):
            redriven.add(reject.id)
        elif _is_id(reject.id):
            found.setdefault(reject.id, RejectedRecord(reject.id, reject.reason, record.timestamp, record.value))
    return [replace(record, redriven=record.id in redriven) for record in found.values()]


async def redrive(record: RejectedRecord, settings: Settings, producer: Producer) -> None:
    """Sends the original bytes to the partition they came from, and then the marker.

    A crash between the two sends the record twice at most; stage 1 drops a judgment_id that it has seen.
    """
    await producer.send(settings.judgments, record.value, partition=record.partition)
    headers = ((ID, record.id.encode()), (REASON, record.reason.encode()), (REDRIVEN, b"1"))
    await producer.send(REJECTED, None, key=record.id.encode(), headers=headers)


def advice(reason: str) -> str:
    """What a reason means and what to do, for people."""
    try:
        return Reason(reason).advice
    except ValueError:
        return "This version does not know the reason: use the version of raterwatch that the workers run."


def _is_id(text: str) -> bool:
    partition, _, offset = text.partition(":")
    return partition.isdigit() and offset.isdigit()
