"""Records that were refused, as they lie in `judgments.rejected`: the original value, and headers that say why."""

from collections.abc import Awaitable, Sequence

import msgspec

from stream.stages.port import Reject
from stream.transport.port import Partition, Producer

REASON = "raterwatch-reason"
ID = "raterwatch-id"  # partition:offset, the same however often the record is refused


class Rejected(msgspec.Struct, frozen=True):
    """A refused record as `rejects list` reads it."""

    id: str
    reason: str
    value: bytes | None


def send_reject(reject: Reject, source: Partition, topic: str, producer: Producer) -> Awaitable[None]:
    """Produces it (at least once: consumers drop repeats by id)."""
    identity = f"{source.number}:{reject.offset}".encode()
    headers = ((REASON, reject.reason.encode()), (ID, identity))
    return producer.send(topic, reject.value, key=identity, headers=headers)


def read_reject(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Rejected:
    """The other way round."""
    named = dict(headers)
    return Rejected(named.get(ID, b"").decode(), named.get(REASON, b"unknown").decode(), value)
