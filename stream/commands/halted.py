"""Shards of `judgments` that halted because too much was refused, and letting them go on."""

from collections.abc import Sequence
from typing import NamedTuple

from stream.commands.reading import ShardReader
from stream.errors import ShardLost, StateError
from stream.intake.halting import Halting
from stream.settings import Settings
from stream.state.port import ShardStore
from stream.transport.amend import amend
from stream.transport.identity import PARTITIONS

HALTING = b"halting"  # the head's field that stage 1 keeps its run of rejects in
_TRIES = 5


class Halted(NamedTuple):
    """A shard that halted, or is about to, and why."""

    shard: str
    why: str


async def halted_shards(store: ShardReader, settings: Settings, partitions: Sequence[int] = ()) -> list[Halted]:
    """All of them, by their stored heads; of the named partitions also those with a run of rejects below the limit.

    Raises StateError when no shard was ever born.
    """
    found = []
    for number in partitions or range(await _partitions(store, settings)):
        shard = f"{settings.judgments}:{number}"
        head = await store.head(shard)
        if head is None or HALTING not in head.fields:
            continue
        halting = Halting.from_bytes(head.fields[HALTING])
        if halting.tripped:
            found.append(Halted(shard, f"halted: {halting.tripped}"))
        elif partitions and halting.run:
            found.append(Halted(shard, f"has refused its last {halting.run} records"))
    return found


async def resume(store: ShardStore, shard: str) -> None:
    """Sets the shard's run of rejects to nothing: its worker sees that within seconds, and goes on after the rejects.

    Raises `ShardLost` when workers claim it over and over, `StateError` when it is gone.
    """
    head = await store.head(shard)
    if head is None or HALTING not in head.fields:
        raise StateError(f"{shard} has no state to resume: run `raterwatch doctor`")
    fresh = Halting.from_bytes(head.fields[HALTING]).resumed().to_bytes()
    for left in reversed(range(_TRIES)):
        try:
            await amend(store, shard, {HALTING: fresh})
        except ShardLost:
            # A worker claimed it between our claim and our commit; it will not do so all the time.
            if not left:
                raise
        else:
            return


async def _partitions(store: ShardReader, settings: Settings) -> int:
    field = PARTITIONS + settings.judgments.encode()
    for number in range(settings.partitions):
        head = await store.head(f"{settings.judgments}:{number}")
        if head is not None:
            return int(head.fields.get(field, b"%d" % settings.partitions))
    raise StateError(f"no shard of {settings.judgments} has begun under the prefix {settings.redis_prefix!r}")
