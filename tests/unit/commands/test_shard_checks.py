import pytest

from stream.commands.checks import Status
from stream.commands.shard_checks import check_settings, check_shards
from stream.intake.halting import Halting
from stream.intake.queues_file import parse_settings
from stream.quality.schema import SCHEMA_VERSION
from stream.settings import Settings
from stream.state.memory_store import MemoryStore
from stream.transport.amend import amend
from stream.transport.births import Birth, MemoryBirths
from stream.transport.identity import FixedIdentities
from stream.transport.port import Partition

SETTINGS = Settings()
PARTITIONS = [Partition(topic, number) for topic in ("judgments", "outcomes") for number in range(2)]
IDENTITY = {b"schema": b"%d" % SCHEMA_VERSION, b"partitions:judgments": b"2", b"partitions:outcomes": b"2"}


@pytest.fixture
def births():
    births = MemoryBirths()
    births.markers = dict.fromkeys(PARTITIONS, Birth("", 0))
    return births


async def bounds_of(store, *, behind=0):
    """Logs that hold exactly what was applied, and so many records more."""
    return {p: (0, (await store.head(str(p))).offset + behind) for p in PARTITIONS}


async def look(store, births, bounds, identity=IDENTITY):
    return await check_shards(store, births, FixedIdentities(identity), PARTITIONS, bounds)


async def test_shards_that_agree_with_their_logs_share_one_line_with_their_lag(store, births):
    [check] = await look(store, births, await bounds_of(store, behind=3))
    assert check.status is Status.OK
    assert "4 shards" in check.found
    assert "12 records are not applied" in check.found


async def test_a_changed_partition_count_fails_naming_every_shard_once(store, births):
    checks = await look(store, births, await bounds_of(store), IDENTITY | {b"partitions:outcomes": b"8"})
    [check] = checks
    assert check.status is Status.FAILURE
    assert all(str(partition) in check.name for partition in PARTITIONS)
    assert check.remedy


@pytest.mark.parametrize("bounds", [(0, 1), (10**9, 10**9)], ids=["log cut", "judgments expired"])
async def test_an_offset_outside_of_the_log_fails_with_the_command_that_mends_it(store, births, bounds):
    checks = await look(store, births, await bounds_of(store) | {PARTITIONS[1]: bounds})
    [bad] = [check for check in checks if check.status is Status.FAILURE]
    assert bad.name == "judgments:1"
    assert "raterwatch rebuild --shard judgments:1" in bad.remedy


async def test_a_shard_halted_by_its_rejects_fails(store, births):
    tripped = Halting(tripped="1000 records refused in a row").to_bytes()
    await amend(store, "judgments:0", {b"halting": tripped})
    checks = await look(store, births, await bounds_of(store))
    [bad] = [check for check in checks if check.status is Status.FAILURE]
    assert "1000 records refused in a row" in bad.found
    assert "rejects resume" in bad.remedy


async def test_a_shard_that_was_born_and_is_gone_fails(store, births):
    bounds = await bounds_of(store)
    await store.wipe("outcomes:1")
    checks = await look(store, births, bounds)
    [bad] = [check for check in checks if check.status is Status.FAILURE]
    assert (bad.name, "was born before" in bad.found) == ("outcomes:1", True)


async def test_shards_that_never_began_are_a_warning():
    [check] = await look(MemoryStore(), MemoryBirths(), {})
    assert check.status is Status.WARNING
    assert "raterwatch worker" in check.remedy


async def test_the_queues_file_in_all_shards_is_ok(store, crowd):
    [check] = await check_settings(store, SETTINGS, crowd.queues, 2)
    assert check.status is Status.OK


async def test_another_queues_file_fails_with_what_publishes_it(store, crowd):
    other = parse_settings(crowd.queues_toml.replace("redundancy = 3", "redundancy = 4"))
    [check] = await check_settings(store, SETTINGS, other, 2)
    assert check.status is Status.FAILURE
    assert "raterwatch topics" in check.remedy


async def test_shards_without_settings_fail_since_they_refuse_everything(store, crowd):
    [check] = await check_settings(store, SETTINGS, crowd.queues, 3)
    assert check.status is Status.FAILURE
    assert "refuse every judgment" in check.found


async def test_without_a_queues_file_nothing_is_compared(store):
    [check] = await check_settings(store, SETTINGS, None, 2)
    assert check.status is Status.OK
    assert "not compared" in check.found
