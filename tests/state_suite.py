"""What the tests of the shard port share: a claimant that commits as a worker does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from stream.state.access import RedisAccess
from stream.state.port import Commit, Head, Refusal, ShardStore
from stream.state.redis_store import RedisStore

SHARD = "judgments:7"

Opened = Callable[[RedisAccess], RedisStore]  # the fixture that opens stores and closes them after the test


@dataclass
class Claimant:
    """One owner of a shard: remembers where it believes to be, and its last commit for a retry."""

    store: ShardStore
    owner: bytes
    shard: str = SHARD
    at: int = 0
    last: Commit = field(default_factory=lambda: Commit(b"", 0, 0, b""))

    async def claim(self, birth: Mapping[bytes, bytes] | None = None, offset: int | None = None) -> Head | None:
        head = await self.store.claim(self.shard, self.owner, birth or {}, offset)
        if head is not None:
            self.at = head.offset
        return head

    async def commit(
        self,
        offset: int,
        *,
        head: Mapping[bytes, bytes] | None = None,
        rows: Mapping[str, Sequence[tuple[bytes, bytes]]] | None = None,
        removed: Mapping[str, Sequence[bytes]] | None = None,
        dropped: Sequence[str] = (),
        outbox: Sequence[bytes] | None = None,
    ) -> Refusal | None:
        commit_id = b"%s/%d" % (self.owner, offset)
        self.last = Commit(
            self.owner, self.at, offset, commit_id, head or {}, rows or {}, removed or {}, dropped, outbox
        )
        return await self.retry()

    async def retry(self) -> Refusal | None:
        refusal = await self.store.commit(self.shard, self.last)
        if refusal is None:
            self.at = self.last.offset
        return refusal
