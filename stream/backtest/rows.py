"""One row of raters.csv: what is known of a rater in a queue at the end of the log."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from stream.quality.groups import GROUP
from stream.quality.measures import measure
from stream.quality.policy import DETECTOR_NAMES, STATE_NAMES, Detector, State
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.schema import Column
from stream.quality.suspicion import ranked, suspicion
from stream.stages.raters_stage import RatersStage


class RaterRow(NamedTuple):
    """Over the whole log; None is unknown. Columns of raters.csv in order."""

    rater_id: str
    queue: str
    vendor: str
    judgments: int  # answered and standing
    agreement: float | None  # mean agreement with the others who judged the same items, 0 to 1
    agreement_low: float | None  # Wilson, 95 %
    agreement_high: float | None
    gold_judgments: int  # on items with a known answer
    gold_accuracy: float | None
    median_duration_ms: float | None
    fast_share: float | None  # below a third of the item kind's median
    suspicion: float  # 0 to 1, more is worse: ranks, decides nothing
    state: str  # unknown, ok, watch, suspect
    first_suspect_at: int | None  # which of the rater's judgments in order, counted from 1
    reasons: str  # detectors, with the sentence of an open finding; of "unknown" what is missing
    accuracy: float | None  # by peers: share of right answers
    accuracy_low: float | None  # 95 %
    accuracy_high: float | None
    informativeness: float | None  # bits a judgment beyond a fixed habit; 0 and below tells nothing


def rater_rows(
    shards: Sequence[RatersStage], first_suspect_at: Mapping[RowKey, int], medians_ms: Mapping[RowKey, float]
) -> list[RaterRow]:
    """All raters of all shards, the most suspicious first. Work in training is no part of it."""
    rows = [
        _row(shard, table, slot, first_suspect_at, medians_ms)
        for shard in shards
        for table in shard.tables.values()
        for slot in rater_slots(table)
    ]
    return sorted(rows, key=lambda row: (-row.suspicion, row.queue, row.rater_id))


def rater_slots(table: RaterTable) -> Iterator[int]:
    """The rows that are raters at work: no groups, no training."""
    for slot in table.slots():
        hot = table.rows.hot[slot]
        if hot["kind"] != GROUP and not hot["training"]:
            yield slot


def _row(
    shard: RatersStage,
    table: RaterTable,
    slot: int,
    first_suspect_at: Mapping[RowKey, int],
    medians_ms: Mapping[RowKey, float],
) -> RaterRow:
    key, profile, hot = table.key_of[slot], table.profiles[slot], table.rows.hot[slot]
    known = measure(table.rows.life[slot], table.rows.mix[slot])
    agreement, gold = known.agreement, known.gold_accuracy
    standing = ranked(table.rows, slot)
    return RaterRow(
        rater_id=profile.rater_id,
        queue=profile.queue,
        vendor=profile.vendor,
        judgments=known.judgments,
        agreement=agreement.value if agreement else None,
        agreement_low=agreement.low if agreement else None,
        agreement_high=agreement.high if agreement else None,
        gold_judgments=int(table.rows.life[slot, Column.GOLD_SEEN]),
        gold_accuracy=gold.value if gold else None,
        median_duration_ms=medians_ms.get(key),
        fast_share=known.fast_share,
        suspicion=float(suspicion(table.rows, slot)),
        state=STATE_NAMES[hot["state"]],
        first_suspect_at=first_suspect_at.get(key),
        reasons="; ".join(_reasons(shard, table, slot)),
        accuracy=float(standing.accuracy) if standing.scored else None,
        accuracy_low=float(standing.accuracy_low) if standing.scored else None,
        accuracy_high=float(standing.accuracy_high) if standing.scored else None,
        informativeness=float(standing.informativeness_bits) if standing.scored else None,
    )


def _reasons(shard: RatersStage, table: RaterTable, slot: int) -> Iterator[str]:
    hot, life = table.rows.hot[slot], table.rows.life[slot]
    for detector in Detector:
        if hot["open"] >> detector & 1:
            yield f"{DETECTOR_NAMES[detector]}: {shard.findings[table.key_of[slot], detector].sentence.text}"
        elif hot["watch"] >> detector & 1:
            yield f"{DETECTOR_NAMES[detector]}: worth a look, not certain yet"
    if hot["state"] == State.UNKNOWN:
        missing = math.ceil(shard.policies.common.least_known) - int(life[Column.JUDGMENTS])
        if missing > 0:
            yield f"needs {missing} more judgment{'s' * (missing > 1)}"
        if not life[Column.SCORED]:
            yield "no judgment has a peer yet"
