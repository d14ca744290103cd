"""items.csv: what the raters of each item say together, and whether that hangs on raters who need review."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np

from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import Kind
from stream.report.answers import Answers, Key
from stream.report.consensus import consensus, vote_weights


class ItemRow(NamedTuple):
    """Columns of items.csv in order; None is an empty cell."""

    item_id: str
    queue: str
    consensus: str  # members of a set joined by |
    confidence: float  # 0 to 1, see `consensus.py`
    judgments: int  # answers on the item, one a rater
    disagreement: float  # 0 to 1: share of them that differ from the consensus
    flips: bool | None  # whether the consensus is another one without the raters who need review; None: nobody else
    consensus_without: str | None  # answered


def item_rows(answers: Answers, accuracy: Mapping[Key, float], flagged: AbstractSet[Key]) -> Iterator[ItemRow]:
    """All items with an answer by queue and id; `flagged` are the raters in need of review, by rater and queue."""
    weights = vote_weights(answers, accuracy)
    whole = consensus(answers, weights)
    trusted = np.array([key not in flagged for key in answers.raters], bool)
    others = consensus(answers, weights, trusted[answers.rater])
    without = dict(zip(others.item.tolist(), others.label.tolist(), strict=True))
    rows = zip(*(column.tolist() for column in whole), strict=True)
    for at, label, confidence, judgments, disagreement in sorted(rows, key=lambda row: answers.items[row[0]]):
        queue, item_id = answers.items[at]
        info, other = answers.queues[queue], without.get(at)
        yield ItemRow(
            item_id=item_id,
            queue=queue,
            consensus=label_text(info, label),
            confidence=confidence,
            judgments=judgments,
            disagreement=disagreement,
            flips=None if other is None else other != label,
            consensus_without=None if other is None else label_text(info, other),
        )


def label_text(info: QueueInfo, code: int) -> str:
    """A label as people write it; what is not among the declared ones is "other"."""
    if info.kind == Kind.SET:
        return "|".join(label for at, label in enumerate(info.labels) if code >> at & 1)
    return info.labels[code] if code < len(info.labels) else "other"
