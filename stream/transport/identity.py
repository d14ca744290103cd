"""What must stay the same under a shard's state: its schema, its topic, and how many partitions the topics have."""

from collections.abc import Mapping
from typing import Protocol

from stream.errors import ShardHalted
from stream.transport.port import Partition

SCHEMA = b"schema"
TOPIC_ID = b"topic_id"
PARTITIONS = b"partitions:"  # followed by a topic's name

_REMEDIES = {
    SCHEMA: "Run the version of raterwatch that wrote this state, or rebuild the shard with `raterwatch rebuild`",
    TOPIC_ID: "The topic was deleted and made again: offsets no longer mean the same records. "
    "Restore the topic, or rebuild the shard with `raterwatch rebuild`",
    PARTITIONS: "Keys now belong to other partitions. Restore the partition count, or rebuild every shard",
}


class Identities(Protocol):
    """Looks up what Kafka and this program say now."""

    async def identity(self, partition: Partition) -> Mapping[bytes, bytes]:
        """Fields of a head that a claim compares; they are written at a shard's birth. May raise `Unavailable`."""

    async def refresh(self) -> None:
        """Forgets what was looked up; called at every assignment, since topics may have changed meanwhile."""


class FixedIdentities:
    """The same fields for every shard (tests, single-topic tools)."""

    def __init__(self, fields: Mapping[bytes, bytes]) -> None:
        self.fields = dict(fields)

    async def identity(self, partition: Partition) -> Mapping[bytes, bytes]:  # noqa: ARG002 (the port asks for it)
        return self.fields

    async def refresh(self) -> None: ...


def check_identity(shard: str, stored: Mapping[bytes, bytes], found: Mapping[bytes, bytes]) -> None:
    """Raises `ShardHalted` naming the first field that differs."""
    for name, now in found.items():
        then = stored.get(name)
        if then != now:
            title = name.decode().replace(":", " of ").replace("_", " ")
            was = "missing" if then is None else then.decode(errors="replace")
            raise ShardHalted(shard, f"{title} is {now.decode()}, the stored state has {was}", _remedy(name))


def _remedy(name: bytes) -> str:
    return next(remedy for prefix, remedy in _REMEDIES.items() if name.startswith(prefix))
