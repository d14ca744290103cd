"""All raters of a deployment, the most suspicious first, read cheaply: hot rows of all, latest judgments of a few."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from stream.commands.judging import findings_of, short_reasons, state_of, suspicion_of, why_unknown
from stream.commands.reading import (
    RaterRow,
    ShardReader,
    ShardRows,
    latest_sums,
    partition_count,
    read_shard,
)
from stream.quality.columns import FAST, FAST_KNOWN, GOLD_RIGHT, GOLD_SEEN, JUDGMENTS
from stream.quality.groups import GROUP
from stream.quality.measures import measure
from stream.quality.rater_table import RowKey
from stream.quality.schema import UNIT
from stream.settings import Settings
from stream.stages.raters_stage import row_fields
from stream.state.keys import EVIDENCE, RATERS

STATE_ORDER = {"suspect": 0, "watch": 1, "ok": 2, "unknown": 2}
_LOOKED_AT = 3  # so many times the wanted number is ranked again with the latest judgments


class RankedRater(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `top`. Shares are 0 to 1; None is unknown."""

    rater: str
    queue: str
    vendor: str
    state: str
    suspicion: float
    judgments: int
    last50_agreement: float | None
    last50_chance_corrected: float | None
    gold_right: float
    gold_seen: int
    fast_share: float | None
    reasons: list[str]
    unknown_why: str | None
    findings: list[str]
    latest_judgment_ms: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which raters are wanted; None is any."""

    queue: str | None = None
    vendor: str | None = None
    state: str | None = None


class Ranking(msgspec.Struct, frozen=True):
    """The first raters, and how many there are of each state among all that pass the filters for queue and vendor."""

    raters: list[RankedRater]
    by_state: dict[str, int]
    shards: int
    partitions: int


async def rank(store: ShardReader, settings: Settings, filters: Filters, *, limit: int) -> Ranking:
    """Ranks by state, then by suspicion.

    A first pass over the hot rows knows all but the last 50 judgments; who stands in front after it, suspects and those
    on watch before others, is ranked again with them. So somebody whose work fell off only lately, and so little
    that no detector watches, may stand too far back.
    """
    partitions = await partition_count(store, settings)
    in_front: list[RaterRow] = []
    by_state: Counter[str] = Counter()
    shards = 0
    for partition in range(partitions):
        hot = await store.scan(f"{settings.outcomes}:{partition}", RATERS)
        rows = await read_shard(store, settings, partition, room=len(hot) + _LOOKED_AT * limit)
        if rows is None:
            continue
        shards += 1
        rows.add(list(hot), {RATERS: list(hot.values())})
        shown = [row for key in hot if key[:8] not in rows.silent and (row := rows.find(key))]
        wanted = [row for row in shown if _passes(row, filters, by_state)]
        first = heapq.nsmallest(_LOOKED_AT * limit, wanted, key=_order)
        in_front += await _with_latest(store, rows, [row.key for row in first], hot)
    first = heapq.nsmallest(limit, in_front, key=_order)
    return Ranking([ranked_rater(row) for row in first], dict(by_state), shards, partitions)


@dataclass(slots=True)
class QueueRaters:
    """A queue's raters, training apart."""

    by_state: Counter[str] = field(default_factory=Counter)
    latest_judgment_ms: int = 0


async def raters_by_queue(store: ShardReader, settings: Settings) -> dict[str, QueueRaters]:
    """Every queue's raters, by one reading of all hot rows."""
    queues: defaultdict[str, QueueRaters] = defaultdict(QueueRaters)
    for partition in range(await partition_count(store, settings)):
        hot = await store.scan(f"{settings.outcomes}:{partition}", RATERS)
        rows = await read_shard(store, settings, partition, room=len(hot))
        if rows is not None:
            rows.add(list(hot), {RATERS: list(hot.values())})
            for row in (row for key in hot if (row := rows.find(key)) and not row.hot["training"]):
                found = queues[row.queue.name]
                found.by_state[state_of(row)] += 1
                found.latest_judgment_ms = max(found.latest_judgment_ms, int(row.hot["latest_ms"]))
    return queues


def ranked_rater(row: RaterRow) -> RankedRater:
    """The line of one row."""
    profile = row.table.profiles[row.slot]
    life = row.table.rows.life[row.slot]
    latest = measure(*latest_sums(row))
    return RankedRater(
        rater=profile.rater_id,
        queue=profile.queue,
        vendor=profile.vendor,
        state=state_of(row),
        suspicion=suspicion_of(row),
        judgments=int(life[JUDGMENTS]),
        last50_agreement=latest.agreement.value if latest.agreement else None,
        last50_chance_corrected=latest.chance_corrected.value if latest.chance_corrected else None,
        gold_right=float(life[GOLD_RIGHT]) / UNIT,
        gold_seen=int(life[GOLD_SEEN]),
        fast_share=float(life[FAST] / life[FAST_KNOWN]) if life[FAST_KNOWN] else None,
        reasons=short_reasons(row),
        unknown_why=why_unknown(row),
        findings=[finding.sentence.text for finding in findings_of(row)],
        latest_judgment_ms=int(row.hot["latest_ms"]),
    )


def _passes(row: RaterRow, filters: Filters, by_state: Counter[str]) -> bool:
    profile = row.table.profiles[row.slot]
    if row.hot["kind"] == GROUP or row.hot["training"]:
        return False
    if filters.queue not in (None, profile.queue) or filters.vendor not in (None, profile.vendor):
        return False
    by_state[state_of(row)] += 1
    return filters.state in (None, state_of(row))


def _order(row: RaterRow) -> tuple[int, float, bytes]:
    """The key decides between equals, so that a list does not change without cause."""
    return STATE_ORDER[state_of(row)], -suspicion_of(row), row.key


async def _with_latest(
    store: ShardReader, rows: ShardRows, keys: Sequence[RowKey], hot: dict[bytes, bytes]
) -> list[RaterRow]:
    """The same rows with their latest judgments."""
    if not keys:
        return []
    loaded = await store.load(rows.shard, {EVIDENCE: row_fields(keys)[EVIDENCE]})
    rows.add(keys, {RATERS: [hot[key] for key in keys], **loaded})
    return [row for key in keys if (row := rows.find(key))]
