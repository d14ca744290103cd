"""What a shard of stage 1 counts about its queues, and its bytes."""

import msgspec
import numpy as np

from stream.quality.item_rows import Queues
from stream.quality.schema import ITEM_KINDS, QUEUE, RECENT_ANSWERS, TIME_BINS, Kind


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    counts: bytes
    recent_count: int
    recent: bytes
    times: bytes


class QueueTable:
    """A row per queue, in the directory's order; the settings come from there, the counts from the log."""

    def __init__(self) -> None:
        self.rows = _make(0)

    def declare(self, keys: list[int], kinds: list[Kind], scales: list[int], widths: list[int]) -> None:
        """Takes the settings as they now stand; rows are only ever appended."""
        more = len(keys) - len(self.rows.queues)
        if more > 0:
            self.rows = Queues(*(np.concatenate(pair) for pair in zip(self.rows, _make(more), strict=True)))
        queues = self.rows.queues
        queues["key"], queues["kind"], queues["scale"], queues["width"] = keys, kinds, scales, widths

    def take_dirty(self) -> list[tuple[bytes, bytes]]:
        """(key, bytes) of the queues that were counted in since the last call."""
        rows = np.flatnonzero(self.rows.queues["dirty"])
        self.rows.queues["dirty"][rows] = 0
        return [(self.rows.queues["key"][row].tobytes(), self._encode(row)) for row in rows.tolist()]

    def load(self, row: int, data: bytes) -> None:
        """Takes a stored queue's counts."""
        stored = msgspec.msgpack.decode(data, type=_Stored)
        self.rows.counts[row] = np.frombuffer(stored.counts, "i8")
        self.rows.queues["recent"][row] = stored.recent_count
        recent = np.frombuffer(stored.recent, "u4")
        self.rows.recent[row, : len(recent)] = recent
        times = np.frombuffer(stored.times, "i4").reshape(-1, TIME_BINS + 1)
        for kind, *bins in times.tolist():
            self.rows.times[row, kind] = bins

    def _encode(self, row: int) -> bytes:
        kinds = np.flatnonzero(self.rows.times[row].any(axis=1)).astype("i4")
        times = np.column_stack([kinds, self.rows.times[row, kinds]]).astype("i4")
        count = int(self.rows.queues["recent"][row])
        stored = _Stored(
            self.rows.counts[row].tobytes(),
            count,
            self.rows.recent[row, : min(count, RECENT_ANSWERS)].tobytes(),
            times.tobytes(),
        )
        return msgspec.msgpack.encode(stored)


def _make(rows: int) -> Queues:
    return Queues(
        np.zeros(rows, QUEUE),
        np.zeros((rows, 32), "i8"),
        np.zeros((rows, RECENT_ANSWERS), "u4"),
        np.zeros((rows, ITEM_KINDS, TIME_BINS), "i4"),
    )
