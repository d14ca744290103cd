"""Whether copying could be told on a queue, if there were any."""

import math

import msgspec
import numpy as np

from stream.events import Sentence
from stream.quality.copying import LEAST_LABELS
from stream.quality.copying_power import SHARED_ITEMS, can_tell, shared_items_to_tell
from stream.quality.schema import Kind
from stream.stages.sentences import sentence


class CopyingPower(msgspec.Struct, frozen=True, kw_only=True):
    """How many items a copier must share with the partner before four in five of them stand out."""

    can_tell: bool  # within SHARED_ITEMS
    shared_items: int | None  # None: not on this queue, as far as it is known
    sentence: Sentence


def copying_power(by_share: np.ndarray, kind: int, labels: int, peers: float, threshold: float) -> CopyingPower:
    """From a queue's int64[MEETINGS], its declared labels, the mean number of peers of its judgments, and the threshold
    in nats: an item's judgments are taken to be one more than its peers."""
    if kind == Kind.SET or labels < LEAST_LABELS:
        return CopyingPower(can_tell=False, shared_items=None, sentence=sentence("copying_two_labels"))
    redundancy = max(round(peers) + 1, 2)
    items = shared_items_to_tell(by_share, labels, threshold, redundancy)
    if not math.isfinite(items):
        return CopyingPower(can_tell=False, shared_items=None, sentence=sentence("copying_untold"))
    told = can_tell(by_share, labels, threshold, redundancy)
    key = "copying_told" if told else "copying_slow"
    return CopyingPower(
        can_tell=told, shared_items=round(items), sentence=sentence(key, items=round(items), promised=SHARED_ITEMS)
    )
