import pytest

from stream.commands.rebuilding import ACCEPT_FIRST, parse_shard, plan_of, rebuild_shard
from stream.errors import InputError, ShardHalted
from stream.settings import Settings
from stream.stages.raters_stage import RatersStage
from stream.state.port import Commit, Refusal
from stream.transport.port import Partition
from tests.unit.commands.running import Deployment

SETTINGS = Settings()
ITEMS, RATERS = Partition("judgments", 1), Partition("outcomes", 1)


@pytest.fixture
async def deployment(crowd):
    """A worker that has applied everything and goes on working."""
    deployment = Deployment()
    deployment.append(crowd)
    async with deployment.working():
        await deployment.until(deployment.caught_up)
        yield deployment


async def rebuild(deployment, partition):
    plan = await plan_of(partition, await deployment.log.bounds(partition), deployment.store, SETTINGS)
    await rebuild_shard(plan, deployment.store, deployment.births, deployment.identities)
    return plan


@pytest.mark.parametrize("partition", [ITEMS, RATERS], ids=str)
async def test_a_shard_rebuilt_under_a_running_worker_ends_with_the_same_rows(deployment, partition):
    before = await deployment.rows()
    assert sum(map(len, before.values())) > 20
    plan = await rebuild(deployment, partition)

    assert plan.records > 0
    await deployment.until(deployment.caught_up)
    assert await deployment.rows() == before


async def test_the_sender_sends_again_and_the_receivers_count_nothing_twice(deployment):
    outcomes_before = len(deployment.log.records(RATERS))
    before = await deployment.rows()
    await rebuild(deployment, ITEMS)

    async def sent_again():
        return len(deployment.log.records(RATERS)) > outcomes_before

    await deployment.until(sent_again)
    await deployment.until(deployment.caught_up)
    assert await deployment.rows() == before


async def test_the_former_owner_can_commit_nothing_any_more(deployment):
    head = await deployment.store.head(str(ITEMS))
    await rebuild(deployment, ITEMS)
    late = Commit(head.owner, head.offset, head.offset + 1, b"late")
    assert await deployment.store.commit(str(ITEMS), late) in (Refusal.FENCED, Refusal.EMPTY)


async def test_the_marker_says_where_the_shard_was_born_again(deployment):
    deployment.births.markers.clear()
    await rebuild(deployment, ITEMS)
    assert deployment.births.markers[ITEMS].offset == 0


async def test_a_receiver_whose_log_lost_its_beginning_takes_the_first_message_of_each_source(crowd):
    deployment = await with_expired_outcomes(crowd)
    await rebuild(deployment, RATERS)
    async with deployment.working():
        await deployment.until(deployment.caught_up)
        assert not deployment.halted()
    assert len(await deployment.store.scan(str(RATERS), "raters")) > 0


async def test_without_the_rebuild_such_a_receiver_halts_on_the_gap(crowd):
    deployment = await with_expired_outcomes(crowd)
    first, _ = await deployment.log.bounds(RATERS)
    await deployment.store.wipe(str(RATERS))
    await deployment.store.claim(str(RATERS), b"x", deployment.identities.fields, first)
    async with deployment.working():
        await deployment.until(lambda: is_halted(deployment))
        assert "are missing" in deployment.halted()[RATERS].halt.reason


async def test_a_receiver_whose_log_is_whole_still_halts_on_a_gap(deployment):
    await rebuild(deployment, RATERS)
    head = await deployment.store.head(str(RATERS))
    assert ACCEPT_FIRST not in head.fields


def test_the_stage_obeys_the_heads_flag(crowd):
    later = crowd.outcomes[1][len(crowd.outcomes[1]) // 2 :]
    with pytest.raises(ShardHalted, match="missing"):
        RatersStage(1, 2, stored=False).read(later)
    stage = RatersStage(1, 2, stored=False)
    stage.restore({ACCEPT_FIRST: b"1"}, {})
    assert len(stage.read(later).rows) > 0


async def test_the_plan_says_what_is_wiped_and_how_much_comes_again(deployment):
    plan = await plan_of(ITEMS, (0, 1234), deployment.store, SETTINGS)
    assert plan.records == 1_234
    assert "1,234 records" in plan.sentences[0]
    assert not any("expired" in sentence for sentence in plan.sentences)


@pytest.mark.parametrize("partition", [ITEMS, RATERS], ids=str)
async def test_the_plan_says_what_an_expired_log_costs(deployment, partition):
    plan = await plan_of(partition, (100, 1_000), deployment.store, SETTINGS)
    assert plan.records == 900
    assert any("offset 100 have expired" in sentence for sentence in plan.sentences)


@pytest.mark.parametrize("text", ["judgments", "judgments:", "judgments:x", "findings:0", "0", "outcomes:-1"])
def test_what_is_no_shard_is_refused_with_an_example(text):
    with pytest.raises(InputError, match="judgments:0"):
        parse_shard(text, SETTINGS)


def test_a_shard_is_a_topic_and_a_number():
    assert parse_shard("outcomes:12", SETTINGS) == Partition("outcomes", 12)


async def with_expired_outcomes(crowd):
    """A deployment that stands still, half of whose outcomes for one receiver have expired."""
    deployment = Deployment()
    deployment.append(crowd)
    async with deployment.working():
        await deployment.until(deployment.caught_up)
    _, end = await deployment.log.bounds(RATERS)
    deployment.log.expire(RATERS, end // 2)
    return deployment


async def is_halted(deployment):
    return RATERS in deployment.halted()
