"""What a shard of stage 1 counts about its queues, and its bytes."""

import msgspec
import numpy as np

from stream.quality.compiled import plain
from stream.quality.item_rows import Queues
from stream.quality.reference import COUNTS, VALUES, empty_counts, refresh
from stream.quality.schema import ITEM_KINDS, LABELS_MAX, QUEUE, RECENT_ANSWERS, TIME_BINS, Kind, classes_of
from stream.quality.varints import LONGEST, read_ints, write_ints
from stream.quality.vote_table import VoteTable
from stream.quality.votes import WEIGHTS


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    counts: bytes
    recent_count: int
    recent: bytes
    times: bytes
    reference: bytes  # int64: own, others and told counts, as varints
    read: bytes  # float64: mix, prior and values as they were last read from the counts


class QueueTable:
    """A row per queue, in the directory's order; the settings come from there, the counts from the log."""

    def __init__(self) -> None:
        self._votes = VoteTable()
        self.rows = _make(0, self._votes)

    def declare(
        self, keys: list[int], kinds: list[Kind], scales: list[int], widths: list[int], redundancies: list[int]
    ) -> None:
        """Takes the settings as they now stand; rows are only ever appended."""
        old = len(self.rows.queues)
        if len(keys) > old:
            self.rows = _longer(self.rows, len(keys) - old)
        queues = self.rows.queues
        before = queues["classes"].copy()
        queues["key"], queues["kind"], queues["scale"], queues["width"] = keys, kinds, scales, widths
        queues["redundancy"] = redundancies
        queues["classes"] = [classes_of(kind, scale) for kind, scale in zip(kinds, scales, strict=True)]
        for row in np.flatnonzero(queues["classes"] != before).tolist():
            dirty = queues["dirty"][row]
            plain(refresh)(row, self.rows)
            queues["dirty"][row] = dirty

    @property
    def votes(self) -> VoteTable:
        """What is known of raters."""
        return self._votes

    def show_votes(self) -> None:
        """Hands the vote table's arrays to the kernels, after it may have grown."""
        self.rows = self.rows._replace(vote_keys=self._votes.keys, vote_weights=self._votes.weights)

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
        reference = np.zeros(3 * COUNTS, "i8")
        plain(read_ints)(np.frombuffer(stored.reference, "u1"), 0, reference)
        self.rows.own[row], self.rows.others[row], self.rows.told[row] = reference.reshape(3, COUNTS)
        mix, prior, values = np.split(np.frombuffer(stored.read, "f8"), [LABELS_MAX, 2 * LABELS_MAX])
        self.rows.mix[row], self.rows.prior[row], self.rows.values[row] = mix, prior, values

    def _encode(self, row: int) -> bytes:
        kinds = np.flatnonzero(self.rows.times[row].any(axis=1)).astype("i4")
        times = np.column_stack([kinds, self.rows.times[row, kinds]]).astype("i4")
        count = int(self.rows.queues["recent"][row])
        stored = _Stored(
            self.rows.counts[row].tobytes(),
            count,
            self.rows.recent[row, : min(count, RECENT_ANSWERS)].tobytes(),
            times.tobytes(),
            pack_ints(np.concatenate([self.rows.own[row], self.rows.others[row], self.rows.told[row]])),
            np.concatenate([self.rows.mix[row], self.rows.prior[row], self.rows.values[row]]).tobytes(),
        )
        return msgspec.msgpack.encode(stored)


def pack_ints(values: np.ndarray) -> bytes:
    """int64[] as varints: mostly zeros, a byte each."""
    buffer = np.empty(LONGEST * len(values), "u1")
    return buffer[: write_ints(values, buffer, 0)].tobytes()


def _longer(rows: Queues, more: int) -> Queues:
    new = _make(more, None)
    both = {name: np.concatenate(pair) for name, *pair in zip(Queues._fields, rows, new, strict=True)}
    return Queues(**both | {"vote_keys": rows.vote_keys, "vote_weights": rows.vote_weights})


def _make(rows: int, votes: VoteTable | None) -> Queues:
    return Queues(
        np.zeros(rows, QUEUE),
        np.zeros((rows, 32), "i8"),
        np.zeros((rows, RECENT_ANSWERS), "u4"),
        np.zeros((rows, ITEM_KINDS, TIME_BINS), "i4"),
        empty_counts(rows),
        empty_counts(rows),
        empty_counts(rows),
        np.zeros((rows, LABELS_MAX)),
        np.zeros((rows, LABELS_MAX)),
        np.zeros((rows, VALUES)),
        votes.keys if votes else np.zeros(0, "u8"),
        votes.weights if votes else np.zeros((0, WEIGHTS + LABELS_MAX), "i2"),
    )
