"""What shards hold, as rows of the declared columns; where the shards come from is not asked."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from stream.commands.judging import findings_of, state_of, suspicion_of, why_unknown
from stream.commands.reading import RaterRow, ShardRows, latest_sums, sums_of
from stream.quality.columns import COSTED
from stream.quality.groups import GROUP
from stream.quality.rater_table import RaterTable
from stream.quality.schema import COLUMNS, DAY_MS, FIVE_MINUTES_MS, FIVES, HOUR_MS, HOURS
from stream.quality.suspicion import ranked
from stream.quality.windows import Window
from stream.read.columns import Measured, OfFinding, OfMoment, OfQueue, OfRater, OfVendor
from stream.read.measured import measured

_MISSING = {"measure": "no measure", "nats": "no evidence in nats: labels are sets"}


def people(shard: ShardRows) -> Iterator[RaterRow]:
    """The raters in memory, training too; of the silent ones nothing is told."""
    for table in shard.tables.by_width.values():
        for slot in table.slots():
            key = table.key_of[slot]
            if table.rows.hot["kind"][slot] != GROUP and key[:8] not in shard.silent:
                yield RaterRow(shard, table, slot, shard.tables.queue_of(key))


def of_rater(row: RaterRow, window: Window, now_ms: int) -> tuple[object, ...]:
    """(*OfRater, *Measured)."""
    profile, standing = row.table.profiles[row.slot], ranked(row.table.rows, row.slot)
    known = bool(standing.scored)
    sums = latest_sums(row) if window is Window.LAST_50 else sums_of(row.table, row.slot, window, now_ms)
    told = measured(*sums, frozenset([profile.currency]))
    whys = [f"state: {why_unknown(row)}" if why_unknown(row) else None, told.why]
    who = OfRater(
        rater=profile.rater_id,
        queue=profile.queue,
        vendor=profile.vendor,
        locale=profile.locale,
        site=profile.site,
        training=bool(row.hot["training"]),
        state=state_of(row),
        suspicion=suspicion_of(row),
        accuracy=float(standing.accuracy) if known else None,
        accuracy_low=float(standing.accuracy_low) if known else None,
        accuracy_high=float(standing.accuracy_high) if known else None,
        informativeness_bits=float(standing.informativeness_bits) if known else None,
        open_findings=len(findings_of(row)),
        latest_judgment_at=moment(int(row.hot["latest_ms"])) if row.hot["latest_ms"] else None,
    )
    return *who, *told._replace(why="; ".join(filter(None, whys)) or None)


def of_moments(row: RaterRow) -> Iterator[tuple[object, ...]]:
    """(*OfMoment, *Measured) of every piece of time that is kept, by step and time."""
    profile, rows = row.table.profiles[row.slot], row.table.rows
    for step, begin, end, size in _STEPS:
        starts = rows.starts[row.slot, begin:end]
        for at in np.argsort(starts, kind="stable").tolist():
            sums, mix = rows.buckets[row.slot, begin + at], rows.bucket_mix[row.slot, begin + at]
            if starts[at] >= 0 and sums.any():
                piece = OfMoment(row.queue.name, bool(row.hot["training"]), step, moment(int(starts[at]) * size))
                yield *piece, *measured(sums, mix, frozenset([profile.currency]))


def of_findings(shard: ShardRows) -> Iterator[OfFinding]:
    """The open findings, whoever is silent left out."""
    for (key, _), finding in shard.findings.items():
        if key[:8] not in shard.silent:
            missing = [f"{name}: {why}" for name, why in _MISSING.items() if getattr(finding, name) is None]
            yield OfFinding(
                finding=finding.id,
                version=finding.version,
                rater=finding.rater_id,
                queue=finding.queue,
                vendor=finding.vendor,
                site=finding.site,
                detector=finding.detector,
                state=finding.state,
                opened_at=moment(finding.opened_at),
                updated_at=moment(finding.at),
                shadow=finding.shadow,
                n=finding.n,
                peers=finding.peers,
                measure=finding.measure,
                low=finding.low,
                high=finding.high,
                threshold=finding.threshold,
                nats=finding.nats,
                nats_needed=finding.nats_needed,
                sentence=finding.sentence.text,
                why="; ".join(missing) or None,
            )


class _Group:
    """A queue, or a vendor's part of one, over the shards."""

    def __init__(self) -> None:
        self.sums, self.mix = np.zeros(COLUMNS, "i8"), np.zeros(0, "i8")

    def add(self, table: RaterTable, slot: int, window: Window, now_ms: int) -> None:
        sums, mix = sums_of(table, slot, window, now_ms)
        self.sums += sums
        # A shard may not know yet of labels that were appended lately.
        self.mix = np.pad(self.mix, (0, max(0, len(mix) - len(self.mix))))
        self.mix[: len(mix)] += mix


class Place(NamedTuple):
    """A queue, or with a vendor a part of one."""

    queue: str
    vendor: str  # empty: the whole queue


class Groups:
    """Adds up queues and vendors over shards, as of one moment."""

    def __init__(self, window: Window, now_ms: int) -> None:
        self._window, self._now_ms = window, now_ms
        self._groups: defaultdict[Place, _Group] = defaultdict(_Group)
        self._raters: Counter[Place] = Counter()
        self._currencies: defaultdict[Place, set[str | None]] = defaultdict(set)

    def add(self, shard: ShardRows) -> None:
        """The shard's groups, and whom they are made of."""
        for table in shard.tables.by_width.values():
            for slot in sorted(shard.tables.groups[table.width]):
                profile = table.profiles[slot]
                self._groups[Place(profile.queue, profile.vendor)].add(table, slot, self._window, self._now_ms)
        for row in people(shard):
            profile = row.table.profiles[row.slot]
            for place in (Place(profile.queue, profile.vendor), Place(profile.queue, "")):
                self._raters[place] += not row.hot["training"]
                if row.table.rows.life[row.slot, COSTED]:
                    self._currencies[place].add(profile.currency)

    def queues(self) -> list[tuple[object, ...]]:
        """(*OfQueue, *Measured), by name."""
        vendors = Counter(place.queue for place in self._groups if place.vendor)
        return [
            (*OfQueue(place.queue, vendors[place.queue], self._raters[place]), *self._measured(place))
            for place in sorted(self._groups)
            if not place.vendor
        ]

    def vendors(self) -> list[tuple[object, ...]]:
        """(*OfVendor, *Measured), by vendor and queue."""
        return [
            (*OfVendor(place.vendor, place.queue, self._raters[place]), *self._measured(place))
            for place in sorted(self._groups, key=lambda place: (place.vendor, place.queue))
            if place.vendor
        ]

    def _measured(self, place: Place) -> Measured:
        group = self._groups[place]
        return measured(group.sums, group.mix, frozenset(self._currencies[place]))


def moment(at_ms: int) -> datetime:
    """Milliseconds since the epoch as a time of UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


_STEPS = (
    ("5min", 0, FIVES, FIVE_MINUTES_MS),
    ("1h", FIVES, FIVES + HOURS, HOUR_MS),
    ("1d", FIVES + HOURS, FIVES + HOURS + 7, DAY_MS),
)
