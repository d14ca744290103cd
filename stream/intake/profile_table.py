"""What a directory says about each profile, worked out once and then looked up.

A worker meets the same few thousand profiles again and again. One dict look-up of the tuple that comes off the wire
finds the slot; everything else about the rater is then a column indexed by slots. The table is a cache: it may be
emptied at any time without changing a result.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream.events import Judgment
from stream.intake.rater_hashes import rater_hashes
from stream.quality.profile import Profile
from stream.quality.schema import Held

SLOTS_MAX = 200_000

SLOT = np.dtype(
    [
        ("rater", "u8"),
        ("partition_hash", "u4"),
        ("queue", "i4"),  # row of the directory, -1 when unknown
        ("refused", "u1"),  # code of the reason, 0 when accepted
        ("held", "u1"),  # Held.UNSENT for a restricted rater
    ]
)

WireProfile = tuple[str, str, str, str | None, str | None, str | None]
Judge = Callable[[Profile], tuple[int, int]]
Withhold = Callable[[NDArray[np.void]], None]


class _Company(NamedTuple):
    """What the raters have in common whose profiles differ by their ids only."""

    wire: tuple[str | None, ...]  # a profile off the wire, the id apart
    names: tuple[str | None, ...]  # the same as a profile has it
    verdict: tuple[int, int]  # (queue row, reason code)


class ProfileTable(dict[WireProfile, int]):
    """Slots by profile; looking up a new profile makes its slot. `judge` answers a profile's (queue row, reason code).

    Of the rater's id only `is_acceptable` may matter to `judge`: it is asked once for all raters of a queue, vendor,
    locale, site and currency whose ids are alike in this. `withhold` has the last word about the slots of new profiles.
    """

    def __init__(self, judge: Judge, is_acceptable: Callable[[str], bool], withhold: Withhold) -> None:
        super().__init__()
        self._judge, self._is_acceptable, self._withhold = judge, is_acceptable, withhold
        self._texts: dict[str, str] = {}
        self._companies: dict[tuple[object, ...], _Company] = {}
        self._slots = np.zeros(1024, SLOT)
        self.profiles: list[Profile] = []

    def slots_of(self, judgments: Sequence[Judgment]) -> list[int]:
        """The slot of each judgment's profile; a new profile gets one."""
        rater_ids = [judgment.rater_id for judgment in judgments]
        wires = list(
            zip(
                rater_ids,
                [judgment.queue for judgment in judgments],
                [judgment.vendor for judgment in judgments],
                [judgment.locale for judgment in judgments],
                [judgment.site for judgment in judgments],
                [judgment.currency for judgment in judgments],
                strict=True,
            )
        )
        slots = list(map(self.get, wires))
        if None in slots:
            # All new ones in one go: a rater's first judgment would else cost as much as ten of the others.
            new = [wire for wire, slot in zip(wires, slots, strict=True) if slot is None]
            self._learn(list(dict.fromkeys(new)))
            return list(map(self.__getitem__, wires))
        return slots  # type: ignore[return-value]

    def __missing__(self, wire: WireProfile) -> int:
        self._learn([wire])
        return self[wire]

    def _learn(self, wires: Sequence[WireProfile]) -> None:
        """Makes slots for profiles that have none."""
        begin, end = len(self.profiles), len(self.profiles) + len(wires)
        while end > len(self._slots):
            self._slots = np.concatenate([self._slots, np.zeros_like(self._slots)])
        rater_ids = [wire[0] for wire in wires]
        companies = [self._company(wire) for wire in wires]
        new = self._slots[begin:end]
        new["rater"], new["partition_hash"] = rater_hashes(rater_ids)
        new["queue"], new["refused"] = np.array([company.verdict for company in companies]).T
        new["held"] = Held.NO
        self._withhold(new)
        both = list(zip(rater_ids, companies, strict=True))
        self.profiles += [Profile(rater_id, *company.names) for rater_id, company in both]  # type: ignore[arg-type]
        # Look-ups compare texts: shared ones stay in the processor's cache, which makes them twice as fast.
        keys = [(rater_id, *company.wire) for rater_id, company in both]
        self.update(zip(keys, range(begin, end), strict=True))  # type: ignore[arg-type]

    def _company(self, wire: WireProfile) -> _Company:
        key = (self._is_acceptable(wire[0]), *wire[1:])
        company = self._companies.get(key)
        if company is None:
            profile = Profile(*wire[:3], wire[3] or None, wire[4] or None, wire[5])
            company = _Company(self._shared(wire[1:]), self._shared(profile[1:]), self._judge(profile))
            self._companies[key] = company
        return company

    def _shared(self, texts: tuple[str | None, ...]) -> tuple[str | None, ...]:
        return tuple(text and self._texts.setdefault(text, text) for text in texts)

    @property
    def slots(self) -> NDArray[np.void]:
        """One SLOT record per profile, in the order of `profiles`."""
        return self._slots[: len(self.profiles)]

    def empty(self) -> None:
        """Forgets all slots; numbers given out before mean nothing afterwards."""
        self.clear()
        self.profiles.clear()
        self._texts.clear()
        self._companies.clear()

    def empty_when_large(self) -> None:
        """Bounds the memory; called between batches."""
        if len(self.profiles) > SLOTS_MAX:
            self.empty()
