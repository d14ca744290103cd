"""Taking a shard: after this returns, no earlier owner can commit, and what it left unsent is in Kafka."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stream.errors import ShardHalted
from stream.stages.port import Stage
from stream.state.port import Head, ShardStore
from stream.transport import outbox
from stream.transport.births import Birth, Births
from stream.transport.faults import Fault, Point, no_fault
from stream.transport.identity import TOPIC_ID, Identities, check_identity
from stream.transport.port import Log, Partition, Producer

OWNER_BYTES = 16


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the shards of a worker share."""

    store: ShardStore
    log: Log
    producer: Producer
    births: Births
    identities: Identities
    fault: Fault = no_fault
    allow_full_replay: bool = False  # an operator's word that emptied shards may begin again at the log's start


@dataclass(frozen=True, slots=True)
class Claimed:
    """A shard that is ours."""

    owner: bytes
    stage: Stage
    outbox_stored: bool  # the next commit without messages has something to clear
    went_back: int  # offsets that the group had reported as applied and the store does not know of


async def claim(partition: Partition, make_stage: Callable[[], Stage], world: Surroundings) -> Claimed:
    """Claims, checks, restores, and sends the outbox again.

    Raises `ShardHalted` when state and log do not belong together, `Unavailable` when a server does not answer.
    """
    shard, owner = str(partition), os.urandom(OWNER_BYTES)
    identity = await world.identities.identity(partition)
    head = await world.store.claim(shard, owner, {}, None)
    if head is None:
        head = await be_born(partition, owner, identity, world)
    elif not head.commit:
        # Born, but the process may have died before the marker was acknowledged.
        await world.births.record(partition, _marker(head, identity))
    check_identity(shard, head.fields, identity)
    await _check_bounds(partition, head.offset, world.log)
    world.fault(shard, Point.CLAIMED)
    messages = outbox.decode(await world.store.outbox(shard))
    await outbox.deliver(messages, world.producer)
    stage = make_stage()
    keys = {key: await world.store.scan(shard, key) for key in stage.whole_keys}
    stage.offset = head.offset
    stage.restore(head.fields, keys)
    # What the board shows is there before anybody is told that the shard is ready.
    while wanted := stage.missing(None):
        stage.fill(await world.store.load(shard, wanted), wanted)
    reported = await world.log.reported(partition)
    return Claimed(owner, stage, bool(messages), max(0, (reported or 0) - head.offset))


async def be_born(partition: Partition, owner: bytes, identity: Mapping[bytes, bytes], world: Surroundings) -> Head:
    """The first head of a shard, at the log's start; the marker is acknowledged before anything can be committed."""
    shard = str(partition)
    if await world.births.find(partition) is not None:
        if not world.allow_full_replay:
            raise ShardHalted(
                shard,
                "its state is gone from Redis, but it was born before (Redis was emptied, or is another one)",
                "Restore Redis, or start once with --allow-full-replay to apply everything again from the log's start",
            )
        await world.store.wipe(shard)
    start, _ = await world.log.bounds(partition)
    head = await world.store.claim(shard, owner, identity, start)
    if head is None:
        raise ShardHalted(shard, "the store refused to make a head", "Run `raterwatch doctor`")
    await world.births.record(partition, _marker(head, identity))
    return head


def _marker(head: Head, identity: Mapping[bytes, bytes]) -> Birth:
    return Birth(identity.get(TOPIC_ID, b"").decode(), head.offset)


async def _check_bounds(partition: Partition, offset: int, log: Log) -> None:
    first, end = await log.bounds(partition)
    if first <= offset <= end:
        return
    reason = f"the stored offset {offset} is outside of what the log holds ({first} to {end})"
    lost = "Judgments expired before they were applied" if offset < first else "The log was cut or made again"
    raise ShardHalted(str(partition), reason, f"{lost}: rebuild the shard with `raterwatch rebuild`")
