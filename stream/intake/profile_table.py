"""What a directory says about each profile, worked out once and then looked up.

A worker meets the same few thousand profiles again and again. One dict look-up of the tuple that comes off the wire
finds the slot; everything else about the rater is then a column indexed by slots. The table is a cache: it may be
emptied at any time without changing a result.
"""

from collections.abc import Callable, Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream.events import Judgment
from stream.intake.partition import positive_hash
from stream.quality.profile import Profile

SLOTS_MAX = 200_000

SLOT = np.dtype(
    [
        ("rater", "u8"),
        ("partition_hash", "u4"),
        ("queue", "i4"),  # row of the directory, -1 when unknown
        ("refused", "u1"),  # code of the reason, 0 when accepted
    ]
)

WireProfile = tuple[str, str, str, str | None, str | None, str | None]


class ProfileTable(dict[WireProfile, int]):
    """Slots by profile; looking up a new profile makes its slot. `judge` answers (queue row, reason code)."""

    def __init__(self, judge: Callable[[Profile], tuple[int, int]]) -> None:
        super().__init__()
        self._judge = judge
        self._texts: dict[str, str] = {}
        self._shared = self._texts.setdefault
        self._slots = np.zeros(1024, SLOT)
        self.profiles: list[Profile] = []

    def __missing__(self, wire: WireProfile) -> int:
        slot = len(self.profiles)
        if slot == len(self._slots):
            self._slots = np.concatenate([self._slots, np.zeros_like(self._slots)])
        # Look-ups compare texts: shared ones stay in the processor's cache, which makes them twice as fast.
        rater_id, queue_name, vendor, locale, site, currency = wire
        queue_name, vendor = self._shared(queue_name, queue_name), self._shared(vendor, vendor)
        locale, site, currency = (text and self._shared(text, text) for text in (locale, site, currency))
        wire = (rater_id, queue_name, vendor, locale, site, currency)
        profile = Profile(rater_id, queue_name, vendor, locale or None, site or None, currency)
        queue, refused = self._judge(profile)
        rater = xxhash.xxh3_64_intdigest(rater_id.encode())
        self._slots[slot] = (rater, positive_hash(rater_id), queue, refused)
        self.profiles.append(profile)
        self[wire] = slot
        return slot

    def slots_of(self, judgments: Sequence[Judgment]) -> list[int]:
        """The slot of each judgment's profile."""
        wires = zip(
            [judgment.rater_id for judgment in judgments],
            [judgment.queue for judgment in judgments],
            [judgment.vendor for judgment in judgments],
            [judgment.locale for judgment in judgments],
            [judgment.site for judgment in judgments],
            [judgment.currency for judgment in judgments],
            strict=True,
        )
        return list(map(self.__getitem__, wires))

    @property
    def slots(self) -> NDArray[np.void]:
        """One SLOT record per profile, in the order of `profiles`."""
        return self._slots[: len(self.profiles)]

    def empty(self) -> None:
        """Forgets all slots; numbers given out before mean nothing afterwards."""
        self.clear()
        self.profiles.clear()
        self._texts.clear()

    def empty_when_large(self) -> None:
        """Bounds the memory; called between batches."""
        if len(self.profiles) > SLOTS_MAX:
            self.empty()
