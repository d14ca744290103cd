"""What stands beside each queue's measures at the end of the log."""

from collections.abc import Mapping, Sequence

import numpy as np

from stream.quality.groups import GROUP
from stream.quality.outcome_message import QueueInfo
from stream.quality.partners import MEETINGS
from stream.quality.rater_table import RaterTable
from stream.quality.schema import COLUMNS
from stream.quality.windows import Window, window_sums
from stream.stages.items_stage import ItemStage
from stream.stages.policies import Policies
from stream.stages.queue_reading import QueueReading, merged
from stream.stages.queue_told import QueueTold, queue_told
from stream.stages.raters_stage import RatersStage

_WINDOWS = (Window.DAY, Window.WEEK, Window.LIFETIME)


def queues_told(
    items: Sequence[ItemStage], raters: Sequence[RatersStage], policies: Policies, now_ms: int
) -> list[QueueTold]:
    """Every queue with judgments, by name, as of a moment."""
    queues = {queue.name: queue for stage in raters for queue in stage.queues.values()}
    readings = [stage.readings() for stage in items]
    return [
        _told(queues[name], [table for stage in raters for table in stage.tables.values()], readings, policies, now_ms)
        for name in sorted(queues)
    ]


def _told(
    queue: QueueInfo,
    tables: list[RaterTable],
    readings: Sequence[Mapping[str, QueueReading]],
    policies: Policies,
    now_ms: int,
) -> QueueTold:
    by_share = np.zeros(MEETINGS, "i8")
    vendors: dict[str, dict[Window, np.ndarray]] = {}
    for table in tables:
        for slot in table.slots():
            profile = table.profiles[slot]
            if table.rows.hot["kind"][slot] != GROUP or profile.queue != queue.name:
                continue
            if not profile.vendor:
                by_share += table.rows.by_share[slot]
                continue
            sums = vendors.setdefault(profile.vendor, {window: np.zeros(COLUMNS, "i8") for window in _WINDOWS})
            for window in _WINDOWS:
                sums[window] += _sums(table, slot, window, now_ms)
    reading = merged([some[queue.name] for some in readings if queue.name in some])
    return queue_told(queue, reading, by_share, vendors, policies.in_queue(queue.name))


def _sums(table: RaterTable, slot: int, window: Window, now_ms: int) -> np.ndarray:
    sums, mix = np.zeros(COLUMNS, "i8"), np.zeros(table.width, "i8")
    window_sums(table.rows, slot, int(window), now_ms, sums, mix)
    return sums
