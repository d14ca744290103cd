"""Rebuilding a shard: its state is wiped and comes again from its own log."""

import os
from dataclasses import dataclass

from stream.errors import InputError, StateError
from stream.settings import Settings
from stream.state.port import ShardStore
from stream.transport.births import Birth, Births
from stream.transport.claim import OWNER_BYTES
from stream.transport.identity import TOPIC_ID, Identities
from stream.transport.port import Partition

# A receiver's head with this field takes the first message of each source wherever it begins: older ones have expired.
ACCEPT_FIRST = b"accept_first"


@dataclass(frozen=True, slots=True)
class RebuildPlan:
    """What a rebuild of one shard will do."""

    partition: Partition
    first: int  # offset that the log begins at, and the replay with it
    end: int
    stored: int | None  # next offset of the state that will be wiped; None: there is none
    is_receiver: bool

    @property
    def records(self) -> int:
        """Records to be applied again."""
        return self.end - self.first

    @property
    def sentences(self) -> list[str]:
        """The plan in words."""
        shard = str(self.partition)
        state = "has no state" if self.stored is None else f"has state up to offset {self.stored}, which is wiped"
        log = f"its log holds offsets {self.first} to {self.end}"
        told = [f"{shard} {state}; {log}, so {self.records:,} records are applied again by the worker that owns it."]
        if self.first and self.is_receiver:
            told.append(
                f"Outcomes before offset {self.first} have expired: what raters did before then is lost from their "
                "lifetime figures. The first message of each source is accepted wherever it begins."
            )
        elif self.first:
            told.append(
                f"Judgments before offset {self.first} have expired: items that they touched are known without them, "
                "so answers to come may be compared with fewer peers."
            )
        if self.is_receiver:
            told.append("Its findings are opened again under the same ids, which readers of `findings` know already.")
        else:
            told.append("It sends its outcomes again; the shards of `outcomes` trim what they have applied.")
        return told


def parse_shard(text: str, settings: Settings) -> Partition:
    """TOPIC:PARTITION. Raises InputError for what is no shard of this deployment."""
    topic, _, number = text.rpartition(":")
    if topic not in (settings.judgments, settings.outcomes) or not number.isdigit():
        raise InputError(
            f"{text!r} is no shard: write {settings.judgments}:PARTITION or {settings.outcomes}:PARTITION, "
            f"such as {settings.judgments}:0"
        )
    return Partition(topic, int(number))


async def plan_of(partition: Partition, bounds: tuple[int, int], store: ShardStore, settings: Settings) -> RebuildPlan:
    """Looks, and changes nothing."""
    head = await store.head(str(partition))
    stored = None if head is None else head.offset
    return RebuildPlan(partition, *bounds, stored, partition.topic == settings.outcomes)


async def rebuild_shard(plan: RebuildPlan, store: ShardStore, births: Births, identities: Identities) -> None:
    """Wipes the shard and gives birth to it at its log's start.

    Wiping fences whoever owns it: that worker's next commit is refused, and it claims the shard again, as does a halted
    one once it sees the new head. A crash on the way leaves a shard without a head, which its marker halts: run it
    again. A log that lost its beginning gives the receiver the flag ACCEPT_FIRST; one that is whole needs none, so that
    a gap there still halts.
    """
    shard = str(plan.partition)
    identity = dict(await identities.identity(plan.partition))
    await store.wipe(shard)
    fields = identity | {ACCEPT_FIRST: b"1"} if plan.is_receiver and plan.first else identity
    head = await store.claim(shard, os.urandom(OWNER_BYTES), fields, plan.first)
    if head is None or head.offset != plan.first:
        raise StateError(f"{shard} was begun by a worker meanwhile (--allow-full-replay?): stop it, then rebuild again")
    await births.record(plan.partition, Birth(identity[TOPIC_ID].decode(), plan.first))
