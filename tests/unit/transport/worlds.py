"""A worker on memory adapters, for the tests of the runner."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from stream.stages.port import Effects, Stage
from stream.state.memory_store import MemoryStore
from stream.state.port import Refusal
from stream.transport.births import MemoryBirths
from stream.transport.claim import Surroundings
from stream.transport.identity import FixedIdentities
from stream.transport.limits import RunnerLimits
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.observer import SilentObserver
from stream.transport.port import Partition
from stream.transport.runner import ShardRunner
from stream.transport.shards import Shards
from tests.integration.transport.counting_stage import CountingItems, CountingRaters, expected_raters, rater_row

LIMITS = RunnerLimits(
    linger_ms=1, backlog_linger_ms=2, flush_records=300, batch_records=150, retry_first_s=0.001, retry_longest_s=0.01,
    halted_poll_s=0.01, idle_check_s=0.02, owned_poll_s=0.01, claim_wait_s=1.0, stop_wait_s=2.0,
)  # fmt: skip
PARTITIONS = 2


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


async def until(condition: Callable[[], bool], patience_s: float = 8.0) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (the condition is in another object's hands)
            await asyncio.sleep(0.001)
