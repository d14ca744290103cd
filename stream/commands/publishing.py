"""The queues file on its way into the log: compared with what the shards hold, then written into every partition."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from stream.errors import SettingsError
from stream.events import Control
from stream.intake.conflict import conflict_of
from stream.intake.control import ControlKey, sign
from stream.intake.directory import Directory
from stream.intake.payload import SETTINGS_SOURCE, SettingsPayload
from stream.intake.queues import Settings as QueuesFile
from stream.intake.settings_control import settings_control
from stream.settings import Settings
from stream.state.keys import QUEUES
from stream.state.port import ShardStore
from stream.transport.port import Producer

_DIRECTORY = b"directory"


@dataclass(frozen=True, slots=True)
class Held:
    """What one shard of `judgments` holds of the settings; version 0 and no directory before the first record."""

    partition: int
    version: int = 0
    directory: Directory | None = None


async def held_settings(store: ShardStore, settings: Settings, partitions: int) -> list[Held]:
    """The settings of every shard of `judgments`. May raise `Unavailable`."""
    held = []
    for number in range(partitions):
        loaded = await store.load(f"{settings.judgments}:{number}", {QUEUES: [_DIRECTORY]})
        [data] = loaded[QUEUES]
        directory = None if data is None else Directory.from_bytes(data)
        held.append(Held(number, directory.version(SETTINGS_SOURCE) if directory else 0, directory))
    return held


def outdated(held: Sequence[Held], wanted: SettingsPayload) -> list[int]:
    """Partitions whose shard would change if it read these settings."""
    return [shard.partition for shard in held if shard.directory is None or not _says(shard.directory, wanted)]


def check_fits(held: Sequence[Held], wanted: SettingsPayload) -> None:
    """Raises SettingsError where a shard would refuse the settings: then nothing must be published."""
    for shard in held:
        declared = {queue.name: queue.payload for queue in shard.directory.queues} if shard.directory else {}
        if conflict := conflict_of(wanted, declared):
            raise SettingsError(f"the queues file does not follow on the settings in force: {conflict}")


async def publish(
    producer: Producer, settings: Settings, queues: QueuesFile, held: Sequence[Held], partitions: int
) -> int:
    """Writes the settings into every partition of `judgments`, waits for Kafka, and answers their version."""
    now_ms = time.time_ns() // 1_000_000
    version = max([now_ms, *(shard.version + 1 for shard in held)])
    record = settings_control(queues, version, now_ms, control_key(settings))
    for number in range(partitions):
        await producer.send(settings.judgments, record, partition=number)
    return version


def control_key(settings: Settings) -> ControlKey:
    """The deployment's key for control records."""
    if settings.control_key_file is None:
        raise SettingsError(
            "publishing the queues file needs the control key: name it with --control-key-file "
            "(add --make-key if there is none yet)"
        )
    return ControlKey.load(str(settings.control_key_file))


def _says(directory: Directory, wanted: SettingsPayload) -> bool:
    """Whether the settings would change nothing: they are folded into a copy by a signed record, as a shard does it."""
    key = ControlKey(b"compared here and nowhere else")
    copy = Directory.from_bytes(directory.to_bytes(), key)
    before = _without_versions(copy)
    record = sign(key, source=SETTINGS_SOURCE, version=copy.version(SETTINGS_SOURCE) + 1, at=0, payload=wanted)
    copy.apply(msgspec.json.decode(record, type=Control))
    return _without_versions(copy) == before


def _without_versions(directory: Directory) -> list[object]:
    schema, _versions, *rest = msgspec.msgpack.decode(directory.to_bytes(), type=list[object])
    return [schema, *rest]
