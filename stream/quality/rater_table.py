"""A shard's rater rows of one label width: slots by key, names, growth, and rows as bytes."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from stream.quality.evidence_bytes import pack_touched, unpack_block
from stream.quality.groups import GROUP
from stream.quality.profile import Profile
from stream.quality.rater_bytes import pack, unpack
from stream.quality.rater_rows import Raters, clear_slot, name_slots, reserve_raters
from stream.quality.residency import Residency
from stream.quality.schema import RING, Kind
from stream.quality.standing_bytes import pack_standing, unpack_standing

RowKey = bytes  # rater's and queue's 64-bit keys, little-endian; groups have their own, see `groups.py`
_LENGTH_BYTES = 2


class Packed(NamedTuple):
    """Rows as absolute values: per row its hot part and its history, per block of the evidence (key, block, bytes)."""

    keys: list[RowKey]
    hot: list[bytes]
    history: list[bytes]
    blocks: list[tuple[RowKey, int, bytes]]


class RaterTable:
    """Rows of one width. A group's row stays for good; raters' rows may be let go and loaded again."""

    def __init__(self, width: int, slots: int = 1_024) -> None:
        self.width = width
        self.rows: Raters = reserve_raters(slots, width)
        self.slot_of: dict[RowKey, int] = {}
        self.key_of: list[RowKey] = []
        self.profiles: list[Profile] = []
        self._profile_bytes: list[bytes] = []  # as they stand before each hot part
        self.item_ids = np.full((slots, RING), "", object)  # by slot and the ring entry's name
        self.residency = Residency(slots)
        self._vacant: list[int] = []

    def open(self, key: RowKey, profile: Profile) -> int:
        """Gives a key that has none an empty row."""
        return self.open_all([key], [profile])[0]

    def open_all(self, keys: Sequence[RowKey], profiles: Sequence[Profile]) -> list[int]:
        """Gives keys that have none an empty row each."""
        reused = [self._vacant.pop() for _ in range(min(len(keys), len(self._vacant)))]
        for slot, key, profile in zip(reused, keys, profiles, strict=False):
            self._name(slot, key, profile)
        begin, rest = len(self.key_of), len(reused)
        self.key_of += keys[rest:]
        self.profiles += profiles[rest:]
        self._profile_bytes += map(_profile_bytes, profiles[rest:])
        end = len(self.key_of)
        while end > len(self.rows.hot):
            self._grow()
        name_slots(self.rows, slice(begin, end))
        slots = [*reused, *range(begin, end)]
        self.slot_of.update(zip(keys, slots, strict=True))
        raters_and_queues = np.frombuffer(b"".join(keys), "u8").reshape(-1, 2)
        self.rows.hot["rater"][slots], self.rows.hot["queue"][slots] = raters_and_queues.T
        return slots

    def load(self, key: RowKey, hot: bytes, history: bytes | None, evidence: Sequence[bytes | None] = ()) -> int:
        """Takes a row from its stored parts; `evidence` are its blocks, None where there is none."""
        begin = _LENGTH_BYTES + int.from_bytes(hot[:_LENGTH_BYTES], "little")
        slot = self.open(key, msgspec.msgpack.decode(hot[_LENGTH_BYTES:begin], type=Profile))
        middle = begin + _LENGTH_BYTES + int.from_bytes(hot[begin : begin + _LENGTH_BYTES], "little")
        unpack_standing(self.rows, slot, hot[begin + _LENGTH_BYTES : middle])
        unpack(self.rows, slot, hot[middle:], history or b"")
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
            elif theirs.ndim == 2 and theirs.shape[1] != ours.shape[1]:
                ours[mine, : theirs.shape[1]] = theirs[slot]  # by label from the first on
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

    def take_dirty(self) -> tuple[Packed, Packed]:
        """(raters' rows, groups' rows) that changed since the last call."""
        slots = np.flatnonzero(self.rows.dirty)
        self.rows.dirty[slots] = 0
        self.residency.written(slots)
        is_group = self.rows.hot["kind"][slots] == GROUP
        return self._pack(slots[~is_group]), self._pack(slots[is_group])

    def _pack(self, slots: np.ndarray) -> Packed:
        owners = slots.tolist()
        keys = [self.key_of[slot] for slot in owners]
        parts, history = pack(self.rows, slots)
        standing = pack_standing(self.rows, slots)
        hot = [
            self._profile_bytes[slot] + len(stood).to_bytes(_LENGTH_BYTES, "little") + stood + part
            for slot, stood, part in zip(owners, standing, parts, strict=True)
        ]
        blocks = [(keys[owner], block, data) for owner, block, data in pack_touched(self.rows, slots, self.item_ids)]
        return Packed(keys, hot, history, blocks)

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

    def _name(self, slot: int, key: RowKey, profile: Profile) -> None:
        self.key_of[slot], self.profiles[slot], self._profile_bytes[slot] = key, profile, _profile_bytes(profile)

    def _grow(self) -> None:
        old = len(self.rows.hot)
        more = reserve_raters(old, self.width)
        self.rows = Raters(*(np.concatenate(pair) for pair in zip(self.rows, more, strict=True)))
        self.item_ids = np.concatenate([self.item_ids, np.full((old, RING), "", object)])
        self.residency.grow(2 * old)


def _profile_bytes(profile: Profile) -> bytes:
    """With its length before it."""
    data = msgspec.msgpack.encode(profile)
    return len(data).to_bytes(_LENGTH_BYTES, "little") + data
