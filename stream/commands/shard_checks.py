"""What `doctor` asks the shards: whether state and log still belong together, who halted, which settings they hold."""

from collections.abc import Mapping, Sequence

from stream.commands.checks import Check, failure, ok, warning
from stream.commands.publishing import held_settings, outdated
from stream.commands.reading import ShardReader
from stream.errors import ShardHalted
from stream.intake.halting import Halting
from stream.intake.queues import Settings as QueuesFile
from stream.intake.settings_control import payload_of
from stream.settings import Settings
from stream.state.port import Head, ShardStore
from stream.transport.births import Births
from stream.transport.identity import Identities, check_identity
from stream.transport.port import Partition

Bounds = Mapping[Partition, tuple[int, int]]
_PUBLISH = "run `raterwatch topics --queues FILE`"
_REBUILD = "run `raterwatch rebuild --shard {}`"


async def check_shards(
    store: ShardReader, births: Births, identities: Identities, partitions: Sequence[Partition], bounds: Bounds
) -> list[Check]:
    """Problems one by one; the shards without any in one line."""
    checks: list[Check] = []
    sound, unborn, lag = 0, 0, 0
    for partition in partitions:
        head = await store.head(str(partition))
        if head is None:
            if await births.find(partition) is None:
                unborn += 1
            else:
                checks.append(_emptied(partition))
            continue
        found = _contradictions(partition, head, await identities.identity(partition), bounds[partition])
        checks += found
        sound += not found
        lag += max(0, bounds[partition][1] - head.offset)
    if sound:
        checks.insert(0, ok("shards", f"{sound} shards agree with their logs; {lag:,} records are not applied yet"))
    if unborn:
        checks.append(warning("shards", f"{unborn} shards have not begun", "start a worker: `raterwatch worker`"))
    return _merged(checks)


async def check_settings(
    store: ShardStore, settings: Settings, queues: QueuesFile | None, partitions: int
) -> list[Check]:
    """That every shard of `judgments` holds the queues file."""
    held = await held_settings(store, settings, partitions)
    without = [shard.partition for shard in held if shard.directory is None]
    if without:
        found = f"shards {_listed(without)} of {settings.judgments} hold no settings: they refuse every judgment"
        return [failure("queues file", found, f"{_PUBLISH}, and have a worker running")]
    if queues is None:
        names = sorted({queue.name for shard in held if shard.directory for queue in shard.directory.queues})
        return [
            ok("queues file", f"not given, so not compared (RATERWATCH_QUEUES); the shards know {len(names)} queues")
        ]
    if behind := outdated(held, payload_of(queues)):
        found = f"shards {_listed(behind)} of {settings.judgments} hold other settings than {settings.queues}"
        return [failure("queues file", found, _PUBLISH)]
    return [ok("queues file", f"all {len(held)} shards hold its {len(queues.queues)} queues")]


def _contradictions(
    partition: Partition, head: Head, identity: Mapping[bytes, bytes], bounds: tuple[int, int]
) -> list[Check]:
    shard, (first, end) = str(partition), bounds
    try:
        check_identity(shard, head.fields, identity)
    except ShardHalted as halt:
        return [failure(shard, halt.reason, halt.remedy)]
    checks = []
    if not first <= head.offset <= end:
        found = f"its offset {head.offset} lies outside of what the log holds ({first} to {end})"
        checks.append(failure(shard, found, _REBUILD.format(shard)))
    if halting := head.fields.get(b"halting"):
        tripped = Halting.from_bytes(halting).tripped
        if tripped:
            remedy = "see `raterwatch rejects list`, correct the producer, then `raterwatch rejects resume`"
            checks.append(failure(shard, f"halted: {tripped}", remedy))
    return checks


def _merged(checks: Sequence[Check]) -> list[Check]:
    """Shards with the same trouble share a line."""
    names: dict[Check, list[str]] = {}
    for check in checks:
        names.setdefault(check._replace(name=""), []).append(check.name)
    return [check._replace(name=", ".join(alike)) for check, alike in names.items()]


def _emptied(partition: Partition) -> Check:
    return failure(
        str(partition),
        "its state is gone from Redis, but it was born before",
        f"restore Redis, or {_REBUILD.format(partition)}",
    )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
