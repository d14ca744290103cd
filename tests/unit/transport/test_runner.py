"""The runner's promises on memory adapters: the same totals as an oracle, whatever store, producer and log do."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pytest

from stream.stages.port import Effects, Stage
from stream.state.memory_store import MemoryStore
from stream.state.port import Refusal
from stream.transport.amend import amend
from stream.transport.births import MemoryBirths
from stream.transport.claim import Surroundings
from stream.transport.identity import FixedIdentities
from stream.transport.limits import RunnerLimits
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.observer import SilentObserver
from stream.transport.port import Partition
from stream.transport.rejected import read_reject
from stream.transport.runner import ShardRunner, State
from stream.transport.shards import Shards
from tests.integration.transport.counting_stage import CountingItems, CountingRaters, expected_raters, rater_row

LIMITS = RunnerLimits(
    linger_ms=1, backlog_linger_ms=2, flush_records=300, batch_records=150, retry_first_s=0.001, retry_longest_s=0.01,
    halted_poll_s=0.01, idle_check_s=0.02, owned_poll_s=0.01, claim_wait_s=1.0, stop_wait_s=2.0,
)  # fmt: skip
PARTITIONS = 2


@dataclass
class Notes(SilentObserver):
    """Remembers what the runner told."""

    refusals: list[Refusal] = field(default_factory=list)
    rewinds: list[int] = field(default_factory=list)
    halts: list[str] = field(default_factory=list)
    resumes: list[str] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)
    pauses: list[str] = field(default_factory=list)
    effects: list[Effects] = field(default_factory=list)
    records_applied: Counter[str] = field(default_factory=Counter)

    def refused(self, shard: str, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def rewound(self, shard: str, records: int) -> None:
        self.rewinds.append(records)

    def halted(self, shard: str, reason: str, remedy: str) -> None:
        self.halts.append(f"{shard}: {reason}")

    def resumed(self, shard: str) -> None:
        self.resumes.append(shard)

    def committed(self, shard: str, records: int, seconds: float) -> None:
        self.commits.append(records)

    def unavailable(self, shard: str, what: str, error: str, seconds: float) -> None:
        self.pauses.append(what)

    def applied(self, shard: str, effects: Effects, now_ms: int) -> None:
        self.effects.append(effects)
        self.records_applied[shard] += len(effects.arrived_ms)


class World:
    """A worker on memory adapters, with everything a test wants to break within reach."""

    def __init__(self, *, halt_after: int = 1 << 60) -> None:
        self.log = MemoryLog({"judgments": PARTITIONS, "outcomes": PARTITIONS}, batch_records=70)
        self.store = MemoryStore()
        self.producer = MemoryProducer(self.log)
        self.births = MemoryBirths()
        self.identities = FixedIdentities({b"schema": b"1", b"topic_id": b"t1"})
        self.notes = Notes()
        self.allow_full_replay = False
        self.stop_points: dict[str, Callable[[], None]] = {}
        self._halt_after = halt_after
        self._random = random.Random(7)
        self._running: asyncio.Task[None] | None = None

    def stage(self, partition: Partition) -> Stage:
        if partition.topic == "judgments":
            return CountingItems(partition.number, PARTITIONS, halt_after=self._halt_after)
        return CountingRaters(partition.number)

    def start(self) -> None:
        surroundings = Surroundings(
            self.store, self.log, self.producer, self.births, self.identities, self._fault, self.allow_full_replay
        )
        self.shards = Shards(
            lambda partition: ShardRunner(
                partition,
                lambda: self.stage(partition),
                surroundings,
                self.notes,
                LIMITS,
                rejected_topic="judgments.rejected",
            ),
            self.identities,
            LIMITS,
        )
        self._running = asyncio.create_task(self.log.run(self.shards))

    def _fault(self, shard: str, point: str) -> None:
        if action := self.stop_points.get(point):
            action()

    async def stop(self) -> None:
        await self.log.stop()
        assert self._running is not None
        await self._running

    def judge(self, count: int, *, poison: float = 0.0) -> None:
        for _ in range(count):
            item = self._random.randrange(150)
            value = {"item": item, "rater": self._random.randrange(40), "worth": self._random.randrange(1, 9)}
            wire = b"?" if self._random.random() < poison else msgspec.json.encode(value)
            self.log.append(Partition("judgments", item % PARTITIONS), wire)

    @property
    def raters(self) -> dict[int, tuple[int, int]]:
        found = {}
        for number in range(PARTITIONS):
            rows = self.store._key(f"outcomes:{number}", "raters")
            found.update({int(name): rater_row(row) for name, row in rows.items()})
        return found

    @property
    def oracle(self) -> dict[int, tuple[int, int]]:
        return expected_raters(self.log.records(Partition("judgments", number)) for number in range(PARTITIONS))

    async def agrees(self) -> None:
        """Waits until the stored totals are the oracle's; the test's time-out says if they never are."""
        await until(lambda: self.raters == self.oracle)

    def runner(self, topic: str, number: int = 0) -> ShardRunner:
        return self.shards.runners[Partition(topic, number)]


async def until(condition: Callable[[], bool], patience_s: float = 8.0) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (the condition is in another object's hands)
            await asyncio.sleep(0.001)


@pytest.fixture
async def world():
    world = World()
    yield world
    if world._running is not None and not world._running.done():
        await world.stop()


async def test_totals_equal_the_oracle(world):
    world.judge(1000)
    world.start()
    await world.agrees()
    world.judge(500)
    await world.agrees()


async def test_holes_in_the_log_are_passed_without_reading_again(world):
    world.judge(100)
    for number in range(PARTITIONS):
        world.log.append_marker(Partition("judgments", number))
    world.start()
    await world.agrees()
    sought = len(world.log.seeks)
    world.judge(100)
    await world.agrees()
    assert len(world.log.seeks) == sought


async def test_batches_lost_on_the_way_are_read_again(world):
    world.judge(2000)
    world.log.dropping = 3
    world.start()
    await world.agrees()
    assert len(world.log.seeks) > 2 * PARTITIONS  # the claims' seeks, and at least one more


async def test_a_commit_whose_reply_was_lost_counts_once(world):
    world.start()
    for _ in range(20):
        world.store.lost_replies = 1
        world.judge(40)
        await world.agrees()
    assert not world.notes.refusals
    assert "Redis, commit" in world.notes.pauses


async def test_a_store_that_is_away_pauses_and_nothing_is_lost(world):
    world.start()
    world.judge(300)
    await world.agrees()
    world.store.down = True
    world.judge(1500)
    await until(lambda: len(world.notes.pauses) > 20)
    assert not world.runner("judgments").room()
    assert world.runner("judgments").stuck_for_s == 0  # a known reason is no reason to end the process
    world.store.down = False
    await world.agrees()


@pytest.mark.parametrize("reporting", [True, False])
async def test_a_store_that_went_back_is_caught_and_replayed(world, reporting):
    world.log.reporting = reporting
    world.start()
    world.judge(400)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.judge(400)
    await world.agrees()
    world.store.restore(snapshot)
    world.judge(100)
    await world.agrees()
    assert Refusal.REWOUND in world.notes.refusals
    assert sum(world.notes.rewinds) > 300


async def test_a_store_that_went_back_is_caught_though_nothing_more_arrives(world):
    world.start()
    world.judge(400)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.judge(100)
    await world.agrees()
    world.store.restore(snapshot)
    await world.agrees()


async def test_outcomes_that_were_sent_before_the_store_went_back_are_trimmed(world):
    """Only stage 1 goes back: stage 2 meets outcomes again that are cut into other batches."""
    world.start()
    world.judge(400)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.judge(333)
    await world.agrees()
    now = world.store.snapshot()
    for shard in now:
        if shard.startswith("judgments"):
            now[shard] = snapshot[shard]
    world.store.restore(now)
    world.judge(50)
    await world.agrees()
    assert not world.notes.halts


async def test_a_zombie_commits_nothing_and_waits_for_the_group(world):
    world.start()
    world.judge(200)
    await world.agrees()
    world.log.member = False
    for number in range(PARTITIONS):
        await world.store.claim(f"judgments:{number}", b"another", {}, None)
    world.judge(200)
    await until(lambda: all(world.runner("judgments", n).state is State.FENCED for n in range(PARTITIONS)))
    assert (await world.store.head("judgments:0")).owner == b"another"
    assert set(world.notes.refusals) == {Refusal.FENCED}
    world.log.member = True
    await world.agrees()


async def test_rebalances_keep_the_totals(world):
    world.start()
    for _ in range(15):
        world.judge(200)
        await asyncio.sleep(0.004)
        await world.log.rebalance(world.log.partitions)
    await world.agrees()
    assert not world.notes.refusals


async def test_nothing_is_committed_after_a_revocation(world):
    world.start()
    world.judge(300)
    await world.agrees()
    world.store.down = True
    world.judge(300)
    await until(lambda: bool(world.notes.pauses))
    runners = list(world.shards.runners.values())
    stopping = asyncio.create_task(world.shards.revoked(frozenset(world.shards.runners)))
    await asyncio.sleep(LIMITS.stop_wait_s + 0.2)
    await stopping
    world.store.down = False
    before = world.raters
    await asyncio.sleep(0.1)
    assert world.raters == before
    assert {runner.state for runner in runners} == {State.STOPPED}


async def test_a_revocation_ends_a_claim_that_overhears_it_is_cancelled(world):
    asked = asyncio.Event()

    async def overhear(shard):
        asked.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    world.births.find = overhear
    world.start()
    await asked.wait()
    runners = list(world.shards.runners.values())
    async with asyncio.timeout(5):
        await world.shards.revoked(frozenset(world.log.partitions))
    assert {runner.state for runner in runners} == {State.STOPPED}
    assert all(runner.task.done() for runner in runners)


async def test_a_clean_stop_commits_what_is_applied(world):
    world.judge(1000)
    world.start()
    await until(lambda: bool(world.notes.effects))
    await world.stop()
    for partition, reported in world.log.reports.items():
        assert (await world.store.head(str(partition))).offset == reported
    for number in range(PARTITIONS):
        shard = f"judgments:{number}"
        assert (await world.store.head(shard)).offset == world.notes.records_applied[shard]
    world.log._stopped.clear()
    world.start()
    await world.agrees()


async def test_every_claim_has_a_token_of_its_own(world):
    world.start()
    world.judge(100)
    await world.agrees()
    tokens = {(await world.store.head("judgments:0")).owner}
    for _ in range(3):
        await world.log.rebalance(world.log.partitions)
        tokens.add((await world.store.head("judgments:0")).owner)
    assert len(tokens) == 4


async def test_a_stage_is_told_settled_only_when_its_rows_and_messages_are_safe(world):
    class Asking(CountingItems):
        def settled(self):
            stored = world.store._shards["judgments:0"]
            seen.append((stored.head[b"offset"], world.producer.holding))
            super().settled()

    seen = []
    world.stage = lambda partition: Asking(0, PARTITIONS) if partition.topic == "judgments" else CountingRaters(0)
    world.log.partitions = [Partition("judgments", 0)]
    world.producer.holding = True
    for _ in range(50):
        world.log.append(Partition("judgments", 0), msgspec.json.encode({"item": 1, "rater": 1, "worth": 5}))
    world.start()
    await until(lambda: world.producer.sent["outcomes"] > 0)
    await asyncio.sleep(0.02)
    assert seen == []
    world.producer.release()
    await until(lambda: bool(seen))
    assert seen[0] == (b"50", False)


async def test_the_outbox_is_sent_again_when_a_process_died_before_producing(world):
    class Died(BaseException):
        """Ends the shard's task like a kill ends a process: nothing is cleaned up."""

    def die() -> None:
        world.stop_points.clear()
        raise asyncio.CancelledError

    world.judge(200)
    world.stop_points["after_commit"] = die
    world.start()
    await until(lambda: "after_commit" not in world.stop_points)
    await world.log.rebalance(world.log.partitions)
    await world.agrees()


async def test_rejects_are_acknowledged_before_the_commit_that_passes_them(world):
    world.judge(300, poison=0.1)
    world.producer.holding = True
    world.start()
    await until(lambda: world.producer.sent["judgments.rejected"] > 0)
    await asyncio.sleep(0.05)
    assert [(await world.store.head(f"judgments:{n}")).offset for n in range(PARTITIONS)] == [0, 0]
    world.producer.release()
    await world.agrees()
    rejected = [read_reject(r.value, r.headers) for r in world.log.records(Partition("judgments.rejected", 0))]
    assert {(r.reason, r.value) for r in rejected} == {("malformed", b"?")}
    ids = [r.id for r in rejected]
    assert len(ids) == len(set(ids))


async def test_the_next_commit_waits_for_the_outbox_to_be_acknowledged(world):
    world.start()
    world.judge(200)
    await world.agrees()
    world.producer.holding = True
    world.judge(100)
    await until(lambda: len(world.producer._held) >= PARTITIONS * PARTITIONS)  # each shard to each destination
    heads = [await world.store.head(f"judgments:{n}") for n in range(PARTITIONS)]
    boxes = [await world.store.outbox(f"judgments:{n}") for n in range(PARTITIONS)]
    world.judge(100)
    await asyncio.sleep(0.05)
    assert [await world.store.head(f"judgments:{n}") for n in range(PARTITIONS)] == heads
    assert [await world.store.outbox(f"judgments:{n}") for n in range(PARTITIONS)] == boxes
    world.producer.release()
    await world.agrees()


async def test_a_producer_that_is_away_delays_and_loses_nothing(world):
    world.start()
    world.judge(200)
    await world.agrees()
    world.producer.down = True
    world.judge(600)
    await until(lambda: world.notes.pauses.count("Kafka, outbox") > 5)
    world.producer.down = False
    await world.agrees()
    assert not world.notes.halts


async def test_an_emptied_store_halts_until_it_is_restored(world):
    world.start()
    world.judge(300)
    await world.agrees()
    snapshot = world.store.snapshot()
    world.store.restore()
    world.judge(300)
    await until(lambda: len(world.notes.halts) >= PARTITIONS)
    assert all("state is gone" in halt for halt in world.notes.halts)
    assert not world.runner("judgments").room()
    world.store.restore(snapshot)
    await world.agrees()
    assert world.notes.resumes


async def test_an_emptied_store_is_replayed_with_the_operators_word(world):
    world.start()
    world.judge(300)
    await world.agrees()
    await world.stop()
    world.store.restore()
    world.log._stopped.clear()
    world.allow_full_replay = True
    world.start()
    await world.agrees()


async def test_a_first_start_writes_its_birth_before_the_first_commit(world):
    world.judge(10)
    seen = []
    world.stop_points["before_commit"] = lambda: seen.append(set(world.births.markers))
    world.start()
    await world.agrees()
    assert set(seen[0]) == set(world.log.partitions)
    assert world.births.markers[Partition("judgments", 0)].topic_id == "t1"


async def test_a_birth_without_an_acknowledged_marker_is_marked_at_the_next_claim(world):
    await world.store.claim("judgments:0", b"died", {b"schema": b"1", b"topic_id": b"t1"}, 0)
    world.start()
    await until(lambda: Partition("judgments", 0) in world.births.markers)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (b"topic_id", b"t2", "topic id is t2"),
        (b"schema", b"2", "schema is 2"),
        (b"partitions:outcomes", b"8", "partitions of outcomes is 8"),
    ],
)
async def test_a_changed_deployment_halts_by_name(world, field, value, told):
    world.start()
    world.judge(50)
    await world.agrees()
    world.identities.fields[field] = value
    await world.log.rebalance(world.log.partitions)
    await until(lambda: len(world.notes.halts) == 2 * PARTITIONS)
    assert all(told in halt for halt in world.notes.halts)


async def test_records_that_expired_before_they_were_applied_halt_the_shard(world):
    world.start()
    world.judge(300)
    await world.agrees()
    await world.stop()
    world.judge(300)
    end = world.log.records(Partition("judgments", 0))[-1].offset
    world.log.expire(Partition("judgments", 0), end)
    world.log._stopped.clear()
    world.start()
    await until(lambda: bool(world.notes.halts))
    assert "judgments:0: the stored offset" in world.notes.halts[0]


async def test_one_halted_shard_does_not_hold_up_the_others():
    world = World(halt_after=5)
    world.start()
    world.judge(100)
    await world.agrees()
    for _ in range(8):
        world.log.append(Partition("judgments", 0), b"?")
    await until(lambda: bool(world.notes.halts))
    world.log.append(Partition("judgments", 1), msgspec.json.encode({"item": 1, "rater": 1, "worth": 5}))
    await world.agrees()
    assert world.runner("judgments", 0).state is State.HALTED
    assert world.runner("judgments", 1).state is State.RUNNING
    await world.stop()


async def test_a_halted_shard_goes_on_when_an_operator_changed_its_head():
    world = World(halt_after=5)
    world.start()
    world.judge(100)
    await world.agrees()
    for _ in range(8):
        world.log.append(Partition("judgments", 0), b"?")
    await until(lambda: bool(world.notes.halts))
    world._halt_after = 100
    await amend(world.store, "judgments:0", {b"rejects_run": b"0"})
    world.judge(100)
    await world.agrees()
    assert world.notes.resumes == ["judgments:0"]
    await world.stop()


async def test_a_group_offset_above_the_stored_one_counts_as_a_regression(world):
    world.judge(100)
    world.log.reports[Partition("judgments", 0)] = 12
    world.start()
    await world.agrees()
    assert 12 in world.notes.rewinds


async def test_an_unforeseen_error_reaches_the_one_who_runs_the_log(world):
    class Broken(CountingRaters):
        def read(self, records):
            raise KeyError("a bug")

    world.stage = lambda partition: Broken(0) if partition.topic == "outcomes" else CountingItems(partition.number, 2)
    world.judge(100)
    world.start()
    with pytest.raises(KeyError, match="a bug"):
        await world.shards.failure()
    await asyncio.gather(world._running, return_exceptions=True)
