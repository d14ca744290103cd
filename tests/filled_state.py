"""State as workers leave it, without a worker: a simulated crowd through both stages, committed as shards would."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import msgspec

from stream.events import Judgment
from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.intake.partition import partition_of
from stream.intake.queues import Settings as QueuesFile
from stream.intake.queues_file import parse_settings
from stream.intake.settings_control import settings_control
from stream.quality.schema import SCHEMA_VERSION
from stream.simulate.queues_file import queues_file
from stream.simulate.simulation import simulate
from stream.simulate.truth import RaterTruth
from stream.simulate.world import CrowdSettings, World
from stream.stages.items_stage import ItemStage
from stream.stages.port import Flush
from stream.stages.raters_stage import RatersStage
from stream.state.port import Commit, ShardStore

KEY = ControlKey(b"k" * 32)
START_MS = 1_767_571_200_000
VERSION = 7  # of the settings record that every log begins with
CHUNK = 1_000
OWNER = b"filled"


class Record(NamedTuple):
    offset: int
    timestamp: int
    value: bytes | None


@dataclass
class Crowd:
    """A simulated crowd's log, cut into partitions, and the stages that have read it."""

    judgments: int = 4_000
    raters: int = 30
    partitions: int = 2
    seed: int = 3
    start_ms: int = START_MS
    topics: tuple[str, str] = ("judgments", "outcomes")
    logs: list[list[Record]] = field(default_factory=list, repr=False)
    outcomes: list[list[Record]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        world = World(judgments=self.judgments, crowd=CrowdSettings(raters=self.raters), start_ms=self.start_ms)
        self.queues_toml = queues_file(world)
        self.queues: QueuesFile = parse_settings(self.queues_toml)
        self.events = simulate(world, self.seed)
        settings = settings_control(self.queues, VERSION, self.start_ms, KEY)
        self.logs = [[Record(0, self.start_ms, settings)] for _ in range(self.partitions)]
        self.outcomes = [[] for _ in range(self.partitions)]
        self.item_stages = [ItemStage(number, self.partitions, Directory(KEY), stored=False) for number in self.numbers]
        self.rater_stages = [RatersStage(number, self.partitions, stored=False) for number in self.numbers]
        self._flushes: dict[tuple[str, int], list[Flush]] = defaultdict(list)
        self._read_logs()

    @property
    def numbers(self) -> range:
        return range(self.partitions)

    @property
    def truth(self) -> list[RaterTruth]:
        return list(self.events.truth.raters())

    def stage_of(self, rater_id: str) -> RatersStage:
        return self.rater_stages[partition_of(rater_id, self.partitions)]

    async def store_in(self, store: ShardStore, identity: dict[bytes, bytes] | None = None) -> None:
        """Commits everything: each shard is born and takes one commit."""
        fields = {b"schema": b"%d" % SCHEMA_VERSION}
        fields |= {b"partitions:" + topic.encode(): b"%d" % self.partitions for topic in self.topics}
        for topic in self.topics:
            for number in self.numbers:
                await _commit(store, f"{topic}:{number}", self._flushes[topic, number], fields | (identity or {}))

    def _read_logs(self) -> None:
        for chunk in _chunks(self._arrivals()):
            fresh = [self._append(chunk, number) for number in self.numbers]
            for sender, records in zip(self.item_stages, fresh, strict=True):
                if records:
                    sender.apply(sender.read(records))
                    self._deliver(sender)
        for stage in self.rater_stages:
            records = self.outcomes[stage.partition]
            stage.apply(stage.read(records))
            self._flushes[self.topics[1], stage.partition].append(stage.flush())

    def _arrivals(self) -> Iterator[tuple[int, int, bytes]]:
        """(partition, log time, value) of each event."""
        now_ms = self.start_ms
        for event in self.events:
            at = event.submitted_at if isinstance(event, Judgment) else event.at
            now_ms = max(now_ms, int(at))
            yield partition_of(event.item_id, self.partitions), now_ms, msgspec.json.encode(event)

    def _append(self, chunk: Sequence[tuple[int, int, bytes]], number: int) -> list[Record]:
        log = self.logs[number]
        fresh = log[:] if len(log) == 1 else []
        for partition, at, value in chunk:
            if partition == number:
                log.append(Record(len(log), at, value))
                fresh.append(log[-1])
        return fresh

    def _deliver(self, stage: ItemStage) -> None:
        flush = stage.flush()
        self._flushes[self.topics[0], stage.partition].append(flush)
        for message in flush.messages:
            if message.topic != self.topics[1]:
                continue  # what shards tell each other; nobody hears it here
            log = self.outcomes[message.partition or 0]
            log.append(Record(len(log), 0, message.value))


@cache
def small_crowd() -> Crowd:
    """A small crowd whose raters have worked for three days, with open findings; several folders of tests share it."""
    return Crowd(judgments=6_000, raters=24, partitions=2, seed=5)


def _chunks(arrivals: Iterator[tuple[int, int, bytes]]) -> Iterator[list[tuple[int, int, bytes]]]:
    chunk: list[tuple[int, int, bytes]] = []
    for arrival in arrivals:
        chunk.append(arrival)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


async def _commit(store: ShardStore, shard: str, flushes: Sequence[Flush], fields: dict[bytes, bytes]) -> None:
    await store.claim(shard, OWNER, fields, 0)
    at = 0
    for flush in flushes:
        commit = Commit(
            OWNER, at, flush.offset, b"%d" % flush.offset, flush.head, flush.rows, flush.removed, flush.dropped
        )
        assert await store.commit(shard, commit) is None
        at = flush.offset
