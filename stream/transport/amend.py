"""What an operator's command does to a shard: it takes the shard, changes fields of its head, and lets go."""

import os
from collections.abc import Mapping

from stream.errors import ShardLost, StateError
from stream.state.port import Commit, ShardStore
from stream.transport.claim import OWNER_BYTES
from stream.transport.committer import COMMIT_ID_BYTES


async def amend(store: ShardStore, shard: str, fields: Mapping[bytes, bytes]) -> None:
    """Writes `fields` into the head in one commit that moves nothing else; the outbox stays.

    A running owner is fenced by it, asks its group, claims again and reads the new fields; a halted one sees the head
    change and tries again. So this is how `rejects resume` lets a shard go on (with its run of rejects set to 0).
    Raises `StateError` when there is no such shard, `ShardLost` when an owner claimed it in between: try again.
    """
    owner = os.urandom(OWNER_BYTES)
    head = await store.claim(shard, owner, {}, None)
    if head is None:
        raise StateError(f"{shard} has no state: it was never started, or Redis was emptied. Run `raterwatch doctor`")
    commit = Commit(owner, head.offset, head.offset, os.urandom(COMMIT_ID_BYTES), head=fields)
    if refusal := await store.commit(shard, commit):
        raise ShardLost(shard, refusal)
