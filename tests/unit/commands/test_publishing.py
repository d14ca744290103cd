import msgspec
import pytest

from stream.commands.publishing import check_fits, control_key, held_settings, outdated, publish
from stream.errors import SettingsError
from stream.events import Control
from stream.intake.control import verify
from stream.intake.secret_file import write_secret
from stream.intake.settings_control import payload_of
from stream.settings import Settings
from stream.state.memory_store import MemoryStore
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.port import Partition
from tests.filled_state import VERSION


@pytest.fixture
def settings(tmp_path):
    write_secret(str(tmp_path / "control.key"), b"k" * 32, "control key")
    return Settings(control_key_file=tmp_path / "control.key")


def changed(crowd, **of_a_queue):
    name, first = next(iter(crowd.queues.queues.items()))
    queues = crowd.queues.queues | {name: msgspec.structs.replace(first, **of_a_queue)}
    return msgspec.structs.replace(crowd.queues, queues=queues)


async def test_shards_that_hold_the_queues_file_are_not_behind(crowd, store):
    held = await held_settings(store, Settings(), 2)
    assert [shard.version for shard in held] == [VERSION, VERSION]
    assert outdated(held, payload_of(crowd.queues)) == []


async def test_any_change_of_a_queue_puts_the_shards_behind(crowd, store):
    held = await held_settings(store, Settings(), 2)
    for difference in ({"redundancy": 9}, {"horizon_days": 3.0}, {"sensitivity": "severe"}):
        assert outdated(held, payload_of(changed(crowd, **difference))) == [0, 1]


async def test_a_queue_taken_out_of_the_file_puts_the_shards_behind(crowd, store):
    queues = dict(list(crowd.queues.queues.items())[1:])
    fewer = msgspec.structs.replace(crowd.queues, queues=queues)
    assert outdated(await held_settings(store, Settings(), 2), payload_of(fewer)) == [0, 1]


async def test_shards_that_never_read_settings_are_behind(crowd):
    held = await held_settings(MemoryStore(), Settings(), 3)
    assert outdated(held, payload_of(crowd.queues)) == [0, 1, 2]


async def test_labels_in_another_order_are_refused_before_anything_is_published(crowd, store):
    held = await held_settings(store, Settings(), 2)
    first = next(iter(crowd.queues.queues.values()))
    with pytest.raises(SettingsError, match="labels may only be appended"):
        check_fits(held, payload_of(changed(crowd, labels=first.labels[::-1])))


async def test_every_partition_gets_the_signed_settings_above_all_earlier_versions(crowd, store, settings):
    log = MemoryLog({"judgments": 2})
    ahead = [
        shard.__class__(shard.partition, 2**60, shard.directory) for shard in await held_settings(store, settings, 2)
    ]
    version = await publish(MemoryProducer(log), settings, crowd.queues, ahead, 2)

    assert version == 2**60 + 1
    for number in range(2):
        [record] = log.records(Partition("judgments", number))
        control = msgspec.json.decode(record.value, type=Control)
        assert control.version == version
        assert verify(control_key(settings), control)


async def test_without_an_earlier_version_the_clock_gives_it(crowd, settings):
    version = await publish(MemoryProducer(MemoryLog({"judgments": 1})), settings, crowd.queues, [], 1)
    assert version > 1_700_000_000_000


def test_publishing_without_a_key_says_how_to_get_one():
    with pytest.raises(SettingsError, match="--make-key"):
        control_key(Settings())
