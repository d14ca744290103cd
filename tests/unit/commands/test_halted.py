import pytest

from stream.commands.halted import HALTING, halted_shards, resume
from stream.commands.rejects import rejects
from stream.errors import StateError
from stream.intake.halting import RUN_MAX, Halting
from stream.settings import Settings
from stream.state.memory_store import MemoryStore
from stream.transport.amend import amend
from stream.transport.port import Partition
from tests.unit.commands.running import Deployment

SETTINGS = Settings()
BROKEN = Partition("judgments", 1)


@pytest.fixture
async def tripped(store):
    fields = {HALTING: Halting(run=1000, tripped="1000 records refused in a row").to_bytes()}
    await amend(store, str(BROKEN), fields)
    return store


async def test_only_shards_that_tripped_are_halted(tripped):
    assert await halted_shards(tripped, SETTINGS) == [("judgments:1", "halted: 1000 records refused in a row")]


async def test_resuming_sets_the_run_of_rejects_to_nothing_and_moves_nothing_else(tripped):
    before = await tripped.head(str(BROKEN))
    await resume(tripped, str(BROKEN))
    after = await tripped.head(str(BROKEN))
    assert Halting.from_bytes(after.fields[HALTING]) == Halting()
    assert after.offset == before.offset
    assert {**after.fields, HALTING: b""} == {**before.fields, HALTING: b""}
    assert await halted_shards(tripped, SETTINGS) == []


async def test_a_worker_goes_on_after_the_refused_records_once_resumed():
    deployment = Deployment()
    for _ in range(RUN_MAX):
        deployment.log.append(BROKEN, b"?")
    async with deployment.working():
        await deployment.until(lambda: is_stored_as_halted(deployment))
        deployment.log.append(BROKEN, b"?")  # a shard looks at its run of rejects when it reads on
        await deployment.until(lambda: is_halted(deployment))
        await resume(deployment.store, str(BROKEN))
        await deployment.until(lambda: has_refused(deployment, RUN_MAX + 1))
        assert not deployment.halted()


async def test_a_shard_without_state_cannot_be_resumed():
    with pytest.raises(StateError, match="raterwatch doctor"):
        await resume(MemoryStore(), "judgments:0")


def test_the_command_names_the_halted_shards_and_asks(invoke, store):
    import asyncio  # noqa: PLC0415 (the command runs a loop of its own)

    tripped = Halting(tripped="600 of the last 1100 records refused").to_bytes()
    asyncio.run(amend(store, str(BROKEN), {HALTING: tripped}))
    asked = invoke(rejects, "resume", input="n\n")
    assert asked.exit_code == 1
    assert "judgments:1 halted: 600 of the last 1100 records refused" in asked.output
    assert "Resumed judgments:1" in invoke(rejects, "resume", "--yes").output
    assert "No shard is halted" in invoke(rejects, "resume").output


def test_a_partition_that_is_not_halted_is_left_alone(invoke, store):
    assert "No shard is halted" in invoke(rejects, "resume", "--partition", "0").output


async def test_a_named_partition_with_a_run_of_rejects_can_be_resumed_before_its_limit(store):
    await amend(store, str(BROKEN), {HALTING: Halting(run=700).to_bytes()})
    assert await halted_shards(store, SETTINGS) == []
    assert await halted_shards(store, SETTINGS, [1]) == [("judgments:1", "has refused its last 700 records")]


def test_redriving_everything_must_be_said(invoke):
    result = invoke(rejects, "redrive")
    assert result.exit_code == 2
    assert "--all" in result.output


@pytest.mark.parametrize("since", ["soon", "5", "3w"])
def test_a_span_that_cannot_be_read_is_wrong_usage(invoke, since):
    result = invoke(rejects, "list", "--since", since)
    assert result.exit_code == 2
    assert "30m, 6h or 2d" in result.output


async def is_halted(deployment):
    return BROKEN in deployment.halted()


async def is_stored_as_halted(deployment):
    head = await deployment.store.head(str(BROKEN))
    return head is not None and HALTING in head.fields and bool(Halting.from_bytes(head.fields[HALTING]).tripped)


async def has_refused(deployment, count):
    return len(deployment.log.records(Partition("judgments.rejected", 0))) == count
