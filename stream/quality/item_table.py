"""A shard's items in memory: slots by key, growth, and rows as bytes."""

from collections.abc import Sequence

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.item_marks import release
from stream.quality.item_rows import BLOCK_MARKS, Items
from stream.quality.residency import Residency
from stream.quality.schema import ITEM, MARK, MARK_CHUNK

KEPT_LIMIT = 100_000  # items with a known answer, which are never forgotten
ItemBlock = tuple[int, int, int, bytes]  # slot, block number, generation or -1 for a kept item, bytes


class ItemTable:
    """Items by their 16-byte key. Slots and chunks grow by doubling; `forget` gives slots back."""

    def __init__(self, slots: int = 1024, kept_limit: int = KEPT_LIMIT) -> None:
        self.rows = Items(
            np.zeros(slots, ITEM),
            np.full(slots, -1, "i4"),
            np.full(slots, -1, "i4"),
            np.zeros(slots, "u8"),
            np.zeros(slots * MARK_CHUNK, MARK),
            np.full(slots, -1, "i4"),
            np.arange(slots, dtype="i4")[::-1].copy(),
            np.array([slots]),
            np.array([0, kept_limit]),
        )
        self.slot_of: dict[bytes, int] = {}
        self.key_of: list[bytes] = []
        self._vacant: list[int] = []
        self.residency = Residency(slots)

    def __len__(self) -> int:
        return len(self.slot_of)

    @property
    def kept(self) -> int:
        """How many items of the shard have or had a known answer, whether in memory or only stored."""
        return int(self.rows.kept[0])

    @kept.setter
    def kept(self, count: int) -> None:
        self.rows.kept[0] = count

    @property
    def full(self) -> bool:
        """Whether no further item may be kept."""
        return bool(self.rows.kept[0] >= self.rows.kept[1])

    def open(self, key: bytes) -> int:
        """Gives a key that has none an empty slot."""
        if self._vacant:
            slot = self._vacant.pop()
            self.key_of[slot] = key
        else:
            slot = len(self.key_of)
            self.key_of.append(key)
            if slot == len(self.rows.items):
                self._grow_slots()
        self.slot_of[key] = slot
        return slot

    def load(self, key: bytes, blocks: Sequence[bytes]) -> None:
        """Takes an item's stored blocks, the head's first."""
        slot = self.open(key)
        head = np.frombuffer(blocks[0][: ITEM.itemsize], ITEM)[0]
        marks = np.frombuffer(b"".join([blocks[0][ITEM.itemsize :], *blocks[1:]]), MARK)
        self.rows.items[slot] = head
        previous = -1
        for begin in range(0, len(marks), MARK_CHUNK):
            if self.rows.free_count[0] == 0:
                self.grow_chunks()
            self.rows.free_count[0] -= 1
            chunk = int(self.rows.free[self.rows.free_count[0]])
            some = marks[begin : begin + MARK_CHUNK]
            self.rows.marks[chunk * MARK_CHUNK : chunk * MARK_CHUNK + len(some)] = some
            self.rows.following[chunk] = -1
            if previous < 0:
                self.rows.first[slot] = chunk
            else:
                self.rows.following[previous] = chunk
            self.rows.last[slot] = previous = chunk

    @staticmethod
    def blocks_of(head: bytes) -> int:
        """How many blocks the item has whose first block this is."""
        marks = int(np.frombuffer(head[: ITEM.itemsize], ITEM)["marks"][0])
        return max(1, -(-marks // BLOCK_MARKS))

    def take_dirty(self) -> list[ItemBlock]:
        """The blocks changed since the last call, as absolute values."""
        slots = np.flatnonzero(self.rows.dirty)
        if not len(slots):
            return []
        masks = self.rows.dirty[slots]
        generations = np.where(self.rows.items["kept"][slots], -1, self.rows.items["generation"][slots]).tolist()
        marks = self.rows.items["marks"][slots]
        room = len(slots) * ITEM.itemsize + int(marks.sum()) * MARK.itemsize
        count = int(sum(int(mask).bit_count() for mask in masks)) if masks.max() > 1 else len(slots)
        buffer = np.empty(room, "u1")
        owners, numbers, ends = np.zeros(count, "i4"), np.zeros(count, "i4"), np.zeros(count + 1, "i8")
        used = _pack(
            self.rows, slots, _as_bytes(self.rows.items), _as_bytes(self.rows.marks), buffer, owners, numbers, ends
        )
        self.rows.dirty[slots] = 0
        self.residency.written(slots)
        data, cuts = buffer[: ends[used]].tobytes(), ends.tolist()
        places = slots.tolist()
        return [
            (places[o], n, generations[o], data[cuts[i] : cuts[i + 1]])
            for i, (o, n) in enumerate(zip(owners[:used].tolist(), numbers[:used].tolist(), strict=True))
        ]

    def shrink(self, bound: int) -> None:
        """Drops from memory what the store holds and nobody used for longest, once there are more than `bound`."""
        if len(self.slot_of) <= bound:
            return
        occupied = np.fromiter(self.slot_of.values(), "i8", len(self.slot_of))
        for slot in self.residency.surplus(occupied, self.rows.dirty, bound).tolist():
            release(self.rows, slot)
            self.rows.items[slot] = np.zeros((), ITEM)
            del self.slot_of[self.key_of[slot]]
            self._vacant.append(slot)

    def grow_chunks(self) -> None:
        """Doubles the room for marks."""
        old = len(self.rows.following)
        free = int(self.rows.free_count[0])
        fresh = np.arange(old, 2 * old, dtype="i4")[::-1]
        self.rows = self.rows._replace(
            marks=np.concatenate([self.rows.marks, np.zeros(old * MARK_CHUNK, MARK)]),
            following=np.concatenate([self.rows.following, np.full(old, -1, "i4")]),
            free=np.concatenate([self.rows.free[:free], fresh, np.zeros(old - free, "i4")]),
        )
        self.rows.free_count[0] = free + old

    def _grow_slots(self) -> None:
        old = len(self.rows.items)
        self.rows = self.rows._replace(
            items=np.concatenate([self.rows.items, np.zeros(old, ITEM)]),
            first=np.concatenate([self.rows.first, np.full(old, -1, "i4")]),
            last=np.concatenate([self.rows.last, np.full(old, -1, "i4")]),
            dirty=np.concatenate([self.rows.dirty, np.zeros(old, "u8")]),
        )
        self.residency.grow(2 * old)


def _as_bytes(rows: np.ndarray) -> np.ndarray:
    return rows.view("u1").reshape(len(rows), rows.dtype.itemsize)


@compiled
def _pack(
    table: Items,
    slots: np.ndarray,
    item_bytes: np.ndarray,
    mark_bytes: np.ndarray,
    buffer: np.ndarray,
    owners: np.ndarray,
    numbers: np.ndarray,
    ends: np.ndarray,
) -> int:
    at, used = 0, 0
    for o in range(len(slots)):
        slot = slots[o]
        mask = table.dirty[slot]
        count = table.items[slot]["marks"]
        chunk = table.first[slot]
        for block in range(max(1, (count + BLOCK_MARKS - 1) // BLOCK_MARKS)):
            wanted = (mask >> np.uint64(block)) & np.uint64(1)
            if wanted and block == 0:
                for b in range(item_bytes.shape[1]):
                    buffer[at] = item_bytes[slot, b]
                    at += 1
            for p in range(block * BLOCK_MARKS, min((block + 1) * BLOCK_MARKS, count)):
                if wanted:
                    for b in range(mark_bytes.shape[1]):
                        buffer[at] = mark_bytes[chunk * MARK_CHUNK + p % MARK_CHUNK, b]
                        at += 1
                if p % MARK_CHUNK == MARK_CHUNK - 1:
                    chunk = table.following[chunk]
            if wanted:
                owners[used] = o
                numbers[used] = block
                used += 1
                ends[used] = at
    return used
