"""The shard port: where a partition's state lives. A memory and a Redis adapter pass one and the same test suite.

A shard is one Kafka partition, named `topic:partition`. All its keys share the hash tag `{topic:partition}`. A commit
is atomic: the adapter compares (owner, offset) with what it holds, and either writes everything or nothing; it drops
and removes before it writes. A birth clears what an earlier shard of the name left behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Refusal(StrEnum):
    """Why a commit was refused (exactly_once.md section 1); the values are the metric's `result` label."""

    FENCED = "fenced"  # another owner holds the shard, or Redis went back past the claim
    REWOUND = "rewound"  # same owner, but the stored offset is below what this worker had committed
    UNEXPLAINED = "unexplained"  # same owner, an offset that nobody can explain
    EMPTY = "empty"  # the head is gone


@dataclass(frozen=True, slots=True)
class Head:
    """The shard's stored position and what goes with it, as read at a claim."""

    owner: bytes
    offset: int  # next offset of the log to apply
    commit: bytes
    fields: Mapping[bytes, bytes] = field(default_factory=dict)  # everything else that commits put there


@dataclass(frozen=True, slots=True)
class Commit:
    """One atomic step of a shard. Keys are names under the shard's hash tag ("items:3", "raters", …)."""

    owner: bytes
    expected: int  # offset this worker believes is stored
    offset: int  # next offset after this commit
    commit: bytes  # new for every attempt's content, the same for its retries
    head: Mapping[bytes, bytes] = field(default_factory=dict)
    rows: Mapping[str, Sequence[tuple[bytes, bytes]]] = field(default_factory=dict)  # absolute values
    removed: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    dropped: Sequence[str] = ()  # whole keys
    outbox: Sequence[bytes] | None = None  # replaces the stored outbox; None leaves it


class ShardStore(Protocol):
    """All methods may raise `Unavailable` (server away, out of memory, read-only): nothing was written, or the
    same call may be made again: `commit` answers success when its own commit id is found stored."""

    async def head(self, shard: str) -> Head | None:
        """Reads without claiming; None when the shard was never born or was emptied."""

    async def claim(self, shard: str, owner: bytes, birth: Mapping[bytes, bytes], offset: int | None) -> Head | None:
        """Makes `owner` the only one whose commits are accepted and answers the head as it then stands.

        A shard without a head is born at `offset` with the fields `birth`; with offset None it is left alone and the
        answer is None. An existing head keeps its offset and fields: only the owner changes.
        """

    async def load(self, shard: str, wanted: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes | None]]:
        """Values of the wanted fields, key by key in the order asked, in one round trip."""

    async def scan(self, shard: str, key: str) -> dict[bytes, bytes]:
        """A whole key: only for small ones (queues, findings, board) at a claim, and for reading commands."""

    async def find(self, shard: str, key: str, pieces: Sequence[bytes]) -> list[bytes]:
        """Fields of a key whose value holds any of the pieces. Reads all of the key, however large, a part at a time:
        for rare orders, never in passing."""

    async def commit(self, shard: str, commit: Commit) -> Refusal | None:
        """Writes the commit; None on success, and on finding that this very commit is already stored."""

    async def outbox(self, shard: str) -> list[bytes]:
        """The messages of the last commit, in order."""

    async def wipe(self, shard: str) -> None:
        """Deletes everything of the shard (rebuild only)."""
