"""A rater's latest judgments by (submitted_at, id): the last-50 window and the evidence a finding can name.

The ring holds RING entries, more than the window, so that a retraction among the latest 50 brings the 51st back.
"""

from typing import Any

from stream.quality.compiled import compiled, int64, uint64
from stream.quality.evidence_bytes import touch_entry
from stream.quality.rater_rows import Raters
from stream.quality.schema import RING


@compiled
def insert(raters: Raters, slot: int, submitted_ms: int, judgment: int, score: Any) -> int:
    """Puts a judgment at its place in time; answers its entry's name, -1 when it is older than all kept.

    Names are a permutation of 0 to RING - 1 that travels with the entries, used or not: they index what is kept beside.
    """
    hot = raters.hot[slot]
    ring = raters.ring[slot]
    length = hot["ring_length"]
    if length == RING:
        if _before(submitted_ms, judgment, ring[hot["ring_start"]]):
            return -1
        hot["ring_start"] = (hot["ring_start"] + 1) & (RING - 1)
        length -= 1
    place = length
    name = ring[(hot["ring_start"] + place) & (RING - 1)]["name"]
    while place > 0 and _before(submitted_ms, judgment, ring[(hot["ring_start"] + place - 1) & (RING - 1)]):
        ring[(hot["ring_start"] + place) & (RING - 1)] = ring[(hot["ring_start"] + place - 1) & (RING - 1)]
        touch_entry(raters, slot, (hot["ring_start"] + place) & (RING - 1))
        place -= 1
    entry = ring[(hot["ring_start"] + place) & (RING - 1)]
    entry["submitted_ms"] = submitted_ms
    entry["judgment"] = judgment
    entry["score"] = score
    entry["name"] = name
    touch_entry(raters, slot, (hot["ring_start"] + place) & (RING - 1))
    hot["ring_length"] = length + 1
    return int64(name)


@compiled
def find(raters: Raters, slot: int, judgment: int) -> int:
    """The place (0 is the oldest) of a judgment in the ring, -1 when it is not there."""
    hot = raters.hot[slot]
    for back in range(1, hot["ring_length"] + 1):
        place = hot["ring_length"] - back
        if raters.ring[slot, (hot["ring_start"] + place) & (RING - 1)]["judgment"] == judgment:
            return int64(place)
    return -1


@compiled
def remove(raters: Raters, slot: int, place: int) -> None:
    """Takes a withdrawn judgment out."""
    hot = raters.hot[slot]
    ring = raters.ring[slot]
    name = ring[(hot["ring_start"] + place) & (RING - 1)]["name"]
    for p in range(place, hot["ring_length"] - 1):
        ring[(hot["ring_start"] + p) & (RING - 1)] = ring[(hot["ring_start"] + p + 1) & (RING - 1)]
        touch_entry(raters, slot, (hot["ring_start"] + p) & (RING - 1))
    ring[(hot["ring_start"] + hot["ring_length"] - 1) & (RING - 1)]["name"] = name
    touch_entry(raters, slot, (hot["ring_start"] + hot["ring_length"] - 1) & (RING - 1))
    hot["ring_length"] -= 1


@compiled
def _before(submitted_ms: int, judgment: int, entry: Any) -> bool:
    if submitted_ms == entry["submitted_ms"]:
        return bool(uint64(judgment) < entry["judgment"])
    return bool(submitted_ms < entry["submitted_ms"])
