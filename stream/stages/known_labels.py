"""The known answer that stands on each item: an adjudication before a gold."""

from typing import NamedTuple

import numpy as np

from stream.quality.schema import Known


class KnownLabel(NamedTuple):
    """Code in the queue's labels, and whose word it is: "adjudication" or "gold"."""

    code: int
    source: str


def known_labels(items: np.ndarray) -> dict[int, KnownLabel]:
    """Of ITEM[], by row; items without one are left out."""
    found: dict[int, KnownLabel] = {}
    for source, state, code in (("gold", "gold_state", "gold"), ("adjudication", "adjudication_state", "adjudication")):
        rows = np.flatnonzero(items[state] == Known.STANDING)
        labels = items[code][rows].tolist()
        found |= {row: KnownLabel(label, source) for row, label in zip(rows.tolist(), labels, strict=True)}
    return found
