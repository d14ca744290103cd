"""The rater tables of a shard, one per label width: where a row stands, and its move when a queue gets more labels."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import msgspec
import numpy as np

from stream.quality.groups import GROUP, queue_group, vendor_group
from stream.quality.outcome_message import QueueInfo, QueueNote
from stream.quality.profile import Profile
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.standing import take_usual
from stream.stages.policies import Policies

NOWHERE = -1  # the width and slot of a row that memory does not hold


class RaterTables:
    """`queues` are the settings as of the outcome at hand; `by_width` and `groups` (slots of group rows) their rows.

    Labels are only ever appended, so of two settings of a queue the one with more labels is the newer: sources need not
    agree on when they bring it.
    """

    def __init__(self, room: int = 1_024, policies: Policies | None = None) -> None:
        self._policies = policies or Policies()
        self._room = room  # rows that a table begins with: untouched ones cost nothing, growing on the way would
        self.by_width: dict[int, RaterTable] = {}
        self.groups: dict[int, set[int]] = {}
        self.queues: dict[int, QueueInfo] = {}
        self._queue_of: dict[
            bytes, int
        ] = {}  # a row key's last 8 bytes -> queue; training has the queue's key plus one
        self._table_of: dict[int, RaterTable] = {}
        self._changed: set[int] = set()

    def restore(self, queues: Mapping[bytes, bytes], groups: Mapping[RowKey, bytes]) -> None:
        """Takes queues and group rows from the store."""
        for data in queues.values():
            self.make_room(msgspec.msgpack.decode(data, type=QueueInfo))
        self._changed.clear()
        for key, data in groups.items():
            hot, history = msgspec.msgpack.decode(data, type=tuple[bytes, bytes])
            table = self.table_of(key)
            slot = table.load(key, hot, history)
            self.groups[table.width].add(slot)
            self._describe(table, [slot], self.queue_of(table.key_of[slot]))

    def is_news(self, info: QueueInfo) -> bool:
        """Whether `learn` would change anything."""
        return info.key not in self.queues or len(info.labels) > len(self.queues[info.key].labels)

    def make_room(self, info: QueueInfo) -> None:
        """Takes a new queue; moves a known one's rows to a wider table when its labels need one. Changes no measure."""
        if info.key not in self.queues:
            self.queues[info.key] = info
            self._changed.add(info.key)
            for key in (info.key, info.key + 1):
                self._queue_of[_bytes_of(key)] = info.key
        if info.width not in self.by_width:
            self.by_width[info.width] = RaterTable(info.width, self._room)
        self.groups.setdefault(info.width, set())
        table = self.by_width[info.width]
        old = self._table_of.setdefault(info.key, table)
        if old.width < info.width:
            self._table_of[info.key] = table
            self._move(info.key, old, table)

    def learn(self, info: QueueInfo) -> None:
        """From this outcome on the queue has these labels."""
        self.queues[info.key] = info
        self._changed.add(info.key)
        table = self._table_of[info.key]
        for key, slot in table.slot_of.items():
            if self._queue_of[key[8:16]] == info.key:
                self._describe(table, [slot], self.queue_of(table.key_of[slot]))

    def take_usual(self, note: QueueNote) -> None:
        """What stage 1 says is usual in a queue, from this outcome on."""
        queue = self.queues.get(note.queue)
        if queue is None:
            return  # nobody of this shard works there yet; it is told of again
        table = self._table_of[queue.key]
        slot = self._group(table, *queue_group(queue.key, queue.name))
        take_usual(table.rows, slot, np.array(note.answers), np.array(note.sums))

    def find(self, key: RowKey) -> tuple[RaterTable, int] | None:
        """A row's table and slot, None when memory does not hold it."""
        queue = self._queue_of.get(key[8:16])
        if queue is None:
            return None
        table = self._table_of[queue]
        slot = table.slot_of.get(key)
        return None if slot is None else (table, slot)

    def load(self, key: RowKey, hot: bytes, history: bytes | None, evidence: Sequence[bytes | None] = ()) -> None:
        """Takes a rater's row from the store."""
        table = self.table_of(key)
        slot = table.load(key, hot, history, evidence)
        self._link(table, [slot])

    def find_all(self, keys: Sequence[RowKey]) -> tuple[np.ndarray, np.ndarray]:
        """Per key int32 label width of its row's table and slot there, -1 each for a row that memory does not hold."""
        widths, slots = np.full(len(keys), NOWHERE, "i4"), np.full(len(keys), NOWHERE, "i4")
        for queue, mine, some in _by_queue(keys):
            if queue in self._queue_of:
                table = self._table_of[self._queue_of[queue]]
                found = np.fromiter(map(table.slot_of.get, some, repeat(NOWHERE)), "i4", len(some))
                slots[mine] = found
                widths[mine] = np.where(found >= 0, table.width, NOWHERE)
        return widths, slots

    def open_all(self, keys: Sequence[RowKey], profiles: Sequence[Profile], training: np.ndarray) -> None:
        """Empty rows for new raters; `training` bool[keys]."""
        for _, mine, some in _by_queue(keys):
            table = self.table_of(some[0])
            theirs = profiles[mine] if isinstance(mine, slice) else [profiles[at] for at in mine.tolist()]
            slots = table.open_all(some, theirs)
            table.rows.hot["training"][slots] = training[mine]
            self._link(table, slots)

    def queue_of(self, key: RowKey) -> QueueInfo:
        """The queue that a row belongs to."""
        return self.queues[self._queue_of[key[8:16]]]

    def knows(self, key: RowKey) -> bool:
        """Whether the queue of this row is known."""
        return key[8:16] in self._queue_of

    def table_of(self, key: RowKey) -> RaterTable:
        """The table that holds the rows of this one's queue."""
        return self._table_of[self._queue_of[key[8:16]]]

    def take_changed(self) -> list[tuple[bytes, bytes]]:
        """(field, bytes) of the queues that changed since the last call."""
        changed, self._changed = self._changed, set()
        return [(_bytes_of(key), msgspec.msgpack.encode(self.queues[key])) for key in sorted(changed)]

    def shrink(self, bound: int) -> None:
        """Lets go of what the store holds and nobody used for longest."""
        for table in self.by_width.values():
            table.shrink(bound, self.groups[table.width])

    def _describe(self, table: RaterTable, slots: Sequence[int], queue: QueueInfo) -> None:
        """Tells rows what their queue is."""
        hot = table.rows.hot
        hot["label_kind"][slots], hot["scale"][slots] = queue.kind, len(queue.labels)
        hot["policy"][slots] = self._policies.row(queue.name)

    def _link(self, table: RaterTable, slots: Sequence[int]) -> None:
        """Tells raters' rows of one queue what the queue is, and where its own row and those of its vendors stand."""
        queue = self.queue_of(table.key_of[slots[0]])
        vendors = [table.profiles[slot].vendor for slot in slots]
        row_of = {vendor: self._group(table, *vendor_group(queue.key, queue.name, vendor)) for vendor in set(vendors)}
        whole = self._group(table, *queue_group(queue.key, queue.name))
        self._describe(table, slots, queue)  # only now: a new group may have made the table grow
        hot = table.rows.hot
        hot["queue_row"][slots], hot["vendor_row"][slots] = whole, [row_of[vendor] for vendor in vendors]

    def _group(self, table: RaterTable, key: RowKey, profile: Profile) -> int:
        slot = table.slot_of.get(key)
        if slot is None:
            slot = table.open(key, profile)
            table.rows.hot["kind"][slot] = GROUP
            self.groups[table.width].add(slot)
            self._describe(table, [slot], self.queue_of(table.key_of[slot]))
        return slot

    def _move(self, queue: int, old: RaterTable, new: RaterTable) -> None:
        mine = [(key, slot) for key, slot in old.slot_of.items() if self._queue_of[key[8:16]] == queue]
        moved = {slot: new.take_over(old, slot) for _, slot in mine}
        groups = self.groups[old.width] & moved.keys()
        self.groups[old.width] -= groups
        self.groups[new.width] |= {moved[slot] for slot in groups}
        for key in (queue, queue + 1):
            if slots := [
                moved[slot] for slot in moved.keys() - groups if new.key_of[moved[slot]][8:16] == _bytes_of(key)
            ]:
                self._link(new, slots)


def _by_queue(keys: Sequence[RowKey]) -> Iterator[tuple[bytes, slice | np.ndarray, Sequence[RowKey]]]:
    """(queue part of the keys, which keys have it, these keys)."""
    different = {key[8:16] for key in keys}
    if len(different) == 1:
        yield different.pop(), slice(0, len(keys)), keys
        return
    queues = np.frombuffer(b"".join(keys), "u8")[1::2]
    for queue in np.unique(queues):
        mine = np.flatnonzero(queues == queue)
        yield queue.tobytes(), mine, [keys[at] for at in mine.tolist()]


def _bytes_of(key: int) -> bytes:
    return (key & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8, "little")
