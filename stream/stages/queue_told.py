"""All that stands beside a queue's measures: what could be told there, what is suspect, and what moved."""

from collections.abc import Mapping

import msgspec
import numpy as np

from stream.events import Sentence
from stream.quality.columns import PEERS, SCORED
from stream.quality.outcome_message import QueueInfo
from stream.quality.policy import Policy
from stream.quality.schema import Kind
from stream.quality.windows import Window
from stream.stages.agreement_change import AgreementChange, agreement_change
from stream.stages.queue_copying import CopyingPower, copying_power
from stream.stages.queue_reading import LevelShift, QueueReading, gold_sentence, shifted


class SuspectItem(msgspec.Struct, frozen=True):
    """A known answer that somebody should look at."""

    item_id: str
    probability: float  # that it is wrong, 0 to 1
    nats: float
    sentence: Sentence


class QueueTold(msgspec.Struct, frozen=True, kw_only=True):
    """Of a queue over all shards; None is unknown."""

    queue: str
    copying: CopyingPower
    known_items: int | None  # with a known answer; None where answers are sets, which have no votes
    suspect_known_items: int | None
    suspects: list[SuspectItem]  # the surest of these
    level: float | None  # usual mean belief in the answers, 0 to 1; None until it is known
    shift: LevelShift | None  # None while the queue stands still
    change: AgreementChange | None  # of its vendors within a day; None with too little to tell


def queue_told(
    queue: QueueInfo,
    reading: QueueReading,
    by_share: np.ndarray,
    vendors: Mapping[str, Mapping[Window, np.ndarray]],
    policy: Policy,
) -> QueueTold:
    """From what stage 1 read, the queue's int64[MEETINGS], and its vendors' int64[COLUMNS] by window."""
    lives = [sums[Window.LIFETIME] for sums in vendors.values()]
    scored, peers = (sum(int(life[column]) for life in lives) for column in (SCORED, PEERS))
    has_votes = queue.kind != Kind.SET
    return QueueTold(
        queue=queue.name,
        copying=copying_power(by_share, queue.kind, len(queue.labels), peers / max(scored, 1), policy.copying),
        known_items=reading.known_items if has_votes else None,
        suspect_known_items=reading.suspect_items if has_votes else None,
        suspects=[
            SuspectItem(gold.item_id, gold.probability, gold.nats, gold_sentence(gold, queue))
            for gold in reading.suspects
        ],
        level=float(reading.shift.before) if reading.shift else None,
        shift=shifted(reading.shift),
        change=agreement_change(vendors),
    )
