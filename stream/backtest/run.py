"""The worker's two stages over a log of events, in memory, cut as the partitions of Kafka would be."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import msgspec

from stream.backtest.durations import Durations
from stream.backtest.order import in_file_order
from stream.backtest.queues import queues_told
from stream.backtest.rows import RaterRow, rater_rows
from stream.backtest.sources import HORIZON_DAYS, event_ms, key_of
from stream.backtest.watch import Snapshot, Watch
from stream.errors import InputError, ShardHalted
from stream.events import Event, Finding
from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.intake.partition import partition_of
from stream.intake.payload import SettingsPayload
from stream.intake.reasons import Reason
from stream.quality.items import PERIOD_MS
from stream.stages.items_stage import ItemStage
from stream.stages.known_labels import KnownLabel
from stream.stages.policies import Policies
from stream.stages.port import Effects
from stream.stages.queue_told import QueueTold
from stream.stages.raters_stage import RatersStage
from stream.stages.raters_work import RaterWork

BATCH_EVENTS = 4_000
EXCHANGE_AFTER = 200  # events between two exchanges of knowledge among shards
CACHED_PARTITIONS = 1_000_000
_ENCODER = msgspec.json.Encoder()
Listener = Callable[[RaterWork], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run: partitions of both topics, thresholds, and the judgment counts at which to note scores."""

    partitions: int = 4
    policies: Policies = field(default_factory=Policies)
    snapshots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came out; `rejects` maps a reason to (times, number of the first such record, counted from 1)."""

    raters: list[RaterRow]  # the most suspicious first
    findings: list[Finding]  # openings and closings, in the order in which they happened
    snapshots: list[Snapshot]
    shards: list[RatersStage]  # stage 2 as it ended, for whoever wants more
    records: int
    queues: list[QueueTold] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejects: dict[str, tuple[int, int]] = field(default_factory=dict)
    known_labels: dict[bytes, KnownLabel] = field(default_factory=dict)  # by item key, as they stand at the end


def run(events: Iterable[Event], settings: SettingsPayload, plan: Plan | None = None) -> Result:
    """Runs all events; raises InputError when so many are refused that a worker would halt."""
    backtest = Backtest(settings, plan or Plan())
    for batch in batches(events):
        backtest.feed(batch)
    return backtest.finish()


def batches(events: Iterable[Event], size: int = BATCH_EVENTS) -> Iterator[list[Event]]:
    """The events a few thousand at a time. Their number changes the speed and nothing else."""
    rest = iter(events)
    while batch := list(islice(rest, size)):
        yield batch


class Backtest:
    """Feed it batches of events in order, then finish it.

    The log's time is the latest event time so far: each event is read as if it had arrived when it happened. Nothing is
    forgotten for its age. `listeners` are told of each batch that stage 2 has applied.
    """

    def __init__(self, settings: SettingsPayload, plan: Plan, listeners: Sequence[Listener] = ()) -> None:
        self._listeners = listeners
        self._watch, self._durations = Watch(plan.snapshots), Durations()
        self._policies = plan.policies
        numbers, key = range(plan.partitions), ControlKey(secrets.token_bytes(32))
        self._items = [
            ItemStage(
                n,
                plan.partitions,
                Directory.of(settings, key),
                partitions=plan.partitions,
                stored=False,
                horizon_days=int(HORIZON_DAYS),
            )
            for n in numbers
        ]
        self._raters = [
            RatersStage(
                n,
                plan.partitions,
                policies=plan.policies,
                knowledge_key=key,
                stored=False,
                snapshots=sorted(set(plan.snapshots)),
                on_snapshot=self._watch.on_snapshot,
                on_finding=self._watch.on_finding,
            )
            for n in numbers
        ]
        self._partition_of: dict[str, int] = {}
        self._records, self._log_ms = 0, 0
        self._period, self._told_at = 0, 0  # of the last exchange: log time, and records so far
        self._knowledge: list[tuple[int, bytes]] = []  # (partition, control record) on their way to stage 1
        self._logs: list[list[_Record]] = [[] for _ in numbers]
        self._findings: list[Finding] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._rejects: dict[str, tuple[int, int]] = {}

    def feed(self, events: Sequence[Event]) -> None:
        """Applies the next events of the log to both stages.

        What the shards tell each other arrives at the first event of a period of log time, EXCHANGE_AFTER events after
        the last exchange or later: wherever the batches were cut.
        """
        known, encode = self._partition_of, _ENCODER.encode
        for event in events:
            self._log_ms = max(self._log_ms, event_ms(event))
            period = self._log_ms // PERIOD_MS
            if period > self._period and self._records - self._told_at >= EXCHANGE_AFTER:
                self._exchange(period)
            key = key_of(event)
            partition = known[key] if key in known else self._place(key)
            self._logs[partition].append(_Record(self._records, self._log_ms, encode(event)))
            self._records += 1
        self._apply()

    def finish(self) -> Result:
        """What there is to know at the end of the log."""
        self._apply()
        self._gather()
        return Result(
            raters=rater_rows(self._raters, self._watch.first_suspect_at, self._durations.medians_ms()),
            findings=sorted(self._findings, key=lambda found: (found.at, found.rater_id, found.queue)),
            snapshots=sorted(self._watch.snapshots, key=lambda row: (row.queue, row.rater_id, row.n)),
            shards=self._raters,
            records=self._records,
            queues=queues_told(self._items, self._raters, self._policies, self._log_ms),
            counts=self._counts,
            rejects=self._rejects,
            known_labels={key: known for stage in self._items for key, known in stage.known_labels().items()},
        )

    def _exchange(self, period: int) -> None:
        """Both stages catch up; then every shard hears what the others have told."""
        self._apply()
        self._gather()
        self._period, self._told_at = period, self._records
        for partition, value in self._knowledge:
            self._logs[partition].append(_Record(self._records - 1, self._log_ms, value))
        self._knowledge = []

    def _apply(self) -> None:
        inboxes: list[list[_Record]] = [[] for _ in self._raters]
        for stage, log in zip(self._items, self._logs, strict=True):
            if log:
                self._join(stage, log, inboxes)
        self._logs = [[] for _ in self._items]
        for shard, inbox in zip(self._raters, inboxes, strict=True):
            if inbox:
                work = in_file_order(shard.read(inbox))
                self._counts.update(shard.apply(work).counts)
                self._durations.add(work)
                for listener in self._listeners:
                    listener(work)

    def _gather(self) -> None:
        """Takes what stage 2 wants to send: findings, and summaries for stage 1."""
        for shard in self._raters:
            for message in shard.flush().messages:
                if message.partition is None:
                    self._findings.append(msgspec.json.decode(message.value, type=Finding))
                else:
                    self._knowledge.append((message.partition, message.value))

    def _join(self, stage: ItemStage, log: list["_Record"], inboxes: list[list["_Record"]]) -> None:
        try:
            effects = stage.apply(stage.read(log))
        except ShardHalted as halted:
            raise InputError(f"stopped: {halted.reason}. {'; '.join(refusals(self._rejects))}") from None
        self._note(effects)
        for message in stage.flush().messages:
            if message.topic == "judgments" and message.partition is not None:
                self._knowledge.append((message.partition, message.value))
            elif message.partition is not None:
                inbox = inboxes[message.partition]
                inbox.append(_Record(log[0].offset, self._log_ms, message.value))

    def _note(self, effects: Effects) -> None:
        self._counts.update(effects.counts)
        for reject in effects.rejects:
            times, first = self._rejects.get(reject.reason, (0, reject.offset + 1))
            self._rejects[reject.reason] = (times + 1, min(first, reject.offset + 1))

    def _place(self, key: str) -> int:
        if len(self._partition_of) >= CACHED_PARTITIONS:
            self._partition_of.clear()
        partition = self._partition_of[key] = partition_of(key, len(self._items))
        return partition


def refusals(rejects: Mapping[str, tuple[int, int]]) -> list[str]:
    """A line for each reason for which records were refused, the most frequent first."""
    return [
        f"{times:,} {reason} (first: record {first:,}). {Reason(reason).advice}"
        for reason, (times, first) in sorted(rejects.items(), key=lambda item: (-item[1][0], item[0]))
    ]


class _Record(NamedTuple):
    """A record of either topic. In `judgments` the offset is the event's number in the log, over all partitions."""

    offset: int
    timestamp: int
    value: bytes | None
