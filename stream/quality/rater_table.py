"""A shard's rater rows of one label width: slots by key, names, growth, and rows as bytes."""

from collections.abc import Sequence

import msgspec
import numpy as np

from stream.quality.evidence_bytes import pack_touched, unpack_block
from stream.quality.profile import Profile
from stream.quality.rater_bytes import pack, unpack
from stream.quality.rater_rows import Raters, clear_slot, name_slot, reserve_raters
from stream.quality.residency import Residency
from stream.quality.schema import RING, Kind

RowKey = bytes  # rater's and queue's 64-bit keys, little-endian; groups have their own, see `groups.py`


class _Parts(msgspec.Struct, frozen=True, array_like=True):
    profile: Profile
    hot: bytes


class RaterTable:
    """Rows of one width. A group's row stays for good; raters' rows may be let go and loaded again."""

    def __init__(self, width: int, slots: int = 1_024) -> None:
        self.width = width
        self.rows: Raters = reserve_raters(slots, width)
        self.slot_of: dict[RowKey, int] = {}
        self.key_of: list[RowKey] = []
        self.profiles: list[Profile] = []
        self.item_ids = np.full((slots, RING), "", object)  # by slot and the ring entry's name
        self.residency = Residency(slots)
        self._vacant: list[int] = []

    def open(self, key: RowKey, profile: Profile) -> int:
        """Gives a key that has none an empty row."""
        if self._vacant:
            slot = self._vacant.pop()
            self.key_of[slot], self.profiles[slot] = key, profile
        else:
            slot = len(self.key_of)
            if slot == len(self.rows.hot):
                self._grow()
            self.key_of.append(key)
            self.profiles.append(profile)
            name_slot(self.rows, slot)
        self.slot_of[key] = slot
        self.rows.hot["rater"][slot], self.rows.hot["queue"][slot] = np.frombuffer(key[:16], "u8")
        return slot

    def load(self, key: RowKey, hot: bytes, history: bytes | None, evidence: Sequence[bytes | None] = ()) -> int:
        """Takes a row from its stored parts; `evidence` are its blocks, None where there is none."""
        parts = msgspec.msgpack.decode(hot, type=_Parts)
        slot = self.open(key, parts.profile)
        unpack(self.rows, slot, parts.hot, history or b"")
        for block, data in enumerate(evidence):
            if data is not None:
                unpack_block(self.rows, slot, block, data, self.item_ids)
        return slot

    def take_over(self, other: "RaterTable", slot: int) -> int:
        """Moves a row here from a narrower table, which forgets it. The last cell, "other", stays the last."""
        mine = self.open(other.key_of[slot], other.profiles[slot])
        nominal = int(other.rows.hot["label_kind"][slot] == Kind.NOMINAL)
        labels = other.width - nominal
        for name, theirs, ours in zip(Raters._fields, other.rows, self.rows, strict=True):
            if name in ("mix", "bucket_mix"):
                ours[mine, ..., :labels] = theirs[slot, ..., :labels]
                if nominal:
                    ours[mine, ..., -1] = theirs[slot, ..., -1]
            else:
                ours[mine] = theirs[slot]
        self.item_ids[mine] = other.item_ids[slot]
        self.residency.written(np.array([mine]))  # its last write may be on its way
        other.forget(slot)
        return mine

    def forget(self, slot: int) -> None:
        """Gives a row back."""
        del self.slot_of[self.key_of[slot]]
        clear_slot(self.rows, slot)
        self.item_ids[slot] = ""
        self._vacant.append(slot)

    def take_dirty(self) -> list[tuple[int, bytes, bytes, list[tuple[int, bytes]]]]:
        """(slot, hot, history, blocks of the evidence) of what changed since the last call, as absolute values."""
        slots = np.flatnonzero(self.rows.dirty)
        self.rows.dirty[slots] = 0
        self.residency.written(slots)
        encode = msgspec.msgpack.encode
        rows = []
        evidence = pack_touched(self.rows, slots, self.item_ids)
        for slot, (hot, history), blocks in zip(slots.tolist(), pack(self.rows, slots), evidence, strict=True):
            rows.append((slot, encode(_Parts(self.profiles[slot], hot)), history, blocks))
        return rows

    def shrink(self, bound: int, kept: set[int]) -> None:
        """Lets go of stored rows that nobody used for longest, once there are more than `bound`; never of `kept`."""
        if len(self.slot_of) - len(kept) <= bound:
            return
        occupied = np.fromiter((slot for slot in self.slot_of.values() if slot not in kept), "i8")
        for slot in self.residency.surplus(occupied, self.rows.dirty, bound).tolist():
            self.forget(slot)

    def slots(self) -> Sequence[int]:
        """The rows in use."""
        return list(self.slot_of.values())

    def _grow(self) -> None:
        old = len(self.rows.hot)
        more = reserve_raters(old, self.width)
        self.rows = Raters(*(np.concatenate(pair) for pair in zip(self.rows, more, strict=True)))
        self.item_ids = np.concatenate([self.item_ids, np.full((old, RING), "", object)])
        self.residency.grow(2 * old)
