"""A queue's windows and its vendors', summed over all shards."""

import msgspec
import numpy as np

from stream.commands.queue_readings import StoredQueues
from stream.commands.reading import ShardReader, ShardRows, partition_count, read_shard, sums_of
from stream.errors import InputError
from stream.quality.detectability import INFORMATION_SUMS, JUDGMENTS, expected_judgments
from stream.quality.groups import queue_group
from stream.quality.measures import Measures, measure
from stream.quality.outcome_message import QueueInfo
from stream.quality.partners import MEETINGS
from stream.quality.rater_table import RaterTable
from stream.quality.schema import COLUMNS
from stream.quality.windows import WINDOW_NAMES, Window
from stream.settings import Settings
from stream.stages.label_mix import label_mix
from stream.stages.policies import Policies
from stream.stages.queue_told import QueueTold, queue_told

_LEAST_SAMPLED, _HOPELESS = 20, 10_000.0  # judgments
WINDOWS = (Window.HOUR, Window.DAY, Window.WEEK, Window.LIFETIME)  # groups keep no list of latest judgments


class GroupReport(msgspec.Struct, frozen=True):
    """A queue, or a vendor's part of it."""

    windows: dict[str, Measures]
    label_mix: dict[str, dict[str, int]]  # by window: answers by label name


class QueueReport(msgspec.Struct, frozen=True):
    """A queue and its vendors by name."""

    queue: str
    labels: tuple[str, ...]
    whole: GroupReport
    vendors: dict[str, GroupReport]
    detectable: dict[str, float | None]  # kind of rater: weighed answers until its alarm; None: not by peers
    told: QueueTold


class _Sums:
    """Columns of one group over the shards."""

    def __init__(self, width: int) -> None:
        self.sums = {window: np.zeros(COLUMNS, "i8") for window in WINDOWS}
        self.mixes = {window: np.zeros(width, "i8") for window in WINDOWS}

    def add(self, table: RaterTable, slot: int, now_ms: int) -> None:
        for window in WINDOWS:
            sums, mix = sums_of(table, slot, window, now_ms)
            self.sums[window] += sums
            # A shard may not know yet of labels that were appended lately.
            self.mixes[window][: len(mix)] += mix

    def report(self, queue: QueueInfo) -> GroupReport:
        windows = {WINDOW_NAMES[w]: measure(self.sums[w], self.mixes[w]) for w in WINDOWS}
        mixes = {name: label_mix(queue, measures.label_mix) for name, measures in windows.items()}
        return GroupReport(windows, mixes)


async def queue_reports(
    store: ShardReader, settings: Settings, policies: Policies, now_ms: int, name: str | None = None
) -> list[QueueReport]:
    """Every queue, or the named one. Raises InputError when no shard knows the name."""
    shards = [
        rows
        for partition in range(await partition_count(store, settings))
        if (rows := await read_shard(store, settings, partition)) is not None
    ]
    queues: dict[int, QueueInfo] = {}
    for rows in shards:
        for key, info in rows.tables.queues.items():
            if key not in queues or len(info.labels) > len(queues[key].labels):
                queues[key] = info
    wanted = sorted((q for q in queues.values() if name in (None, q.name)), key=lambda queue: queue.name)
    if name is not None and not wanted:
        known = ", ".join(sorted(queue.name for queue in queues.values())) or "none yet"
        raise InputError(f"no judgment was applied in a queue called {name!r}; queues with judgments: {known}")
    stored = await StoredQueues.read(store, settings)
    return [_report(queue, shards, stored, policies, now_ms) for queue in wanted]


def _report(
    queue: QueueInfo, shards: list[ShardRows], stored: StoredQueues, policies: Policies, now_ms: int
) -> QueueReport:
    tells, by_share = np.zeros(INFORMATION_SUMS, "i8"), np.zeros(MEETINGS, "i8")
    whole, vendors = _Sums(queue.width), dict[str, _Sums]()
    whole_key, _ = queue_group(queue.key, queue.name)
    for rows in shards:
        place = rows.tables.find(whole_key)
        if place is None:
            continue
        table, at = place
        tells += table.rows.tells[at]
        by_share += table.rows.by_share[at]
        for slot in sorted(rows.tables.groups[table.width]):
            profile = table.profiles[slot]
            if profile.queue == queue.name:
                group = vendors.setdefault(profile.vendor, _Sums(queue.width)) if profile.vendor else whole
                group.add(table, slot, now_ms)
    policy = policies.in_queue(queue.name)
    return QueueReport(
        queue.name,
        queue.labels,
        whole.report(queue),
        {vendor: vendors[vendor].report(queue) for vendor in sorted(vendors)},
        _expected(tells, policy.alarm),
        queue_told(queue, stored.of(queue), by_share, {name: group.sums for name, group in vendors.items()}, policy),
    )


def _expected(tells: np.ndarray, alarm: float) -> dict[str, float | None]:
    """Known once a few judgments were looked at; None where peers alone cannot tell."""
    expected = expected_judgments(tells, alarm)._asdict()
    return {kind: n if tells[JUDGMENTS] >= _LEAST_SAMPLED and n < _HOPELESS else None for kind, n in expected.items()}
