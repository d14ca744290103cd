"""What a shard of stage 1 counts about its queues, and its bytes."""

from collections.abc import Mapping

import msgspec
import numpy as np

from stream.quality.compiled import plain
from stream.quality.gold_doubts import GOLD_COUNTS
from stream.quality.item_rows import Queues
from stream.quality.queue_levels import LEVEL_STATE
from stream.quality.reference import COUNTS, VALUES, empty_counts, refresh
from stream.quality.schema import ITEM_KINDS, LABELS_MAX, QUEUE, RECENT_ANSWERS, TIME_BINS, Kind, classes_of
from stream.quality.suspect_golds import SuspectGold, named
from stream.quality.varints import LONGEST, read_ints, write_ints
from stream.quality.vote_table import VoteTable
from stream.quality.votes import WEIGHTS


class Stored(msgspec.Struct, frozen=True, array_like=True):
    """A queue's counts as the store holds them."""

    counts: bytes
    recent_count: int
    recent: bytes
    times: bytes
    reference: bytes  # int64: own, others and told counts, as varints
    read: bytes  # float64: mix, prior and values as they were last read from the counts
    golds: tuple[int, ...] = (0,) * GOLD_COUNTS  # see gold_doubts.py
    suspects: list[SuspectGold] = []
    level: bytes = b""  # int64[LEVEL_STATE] as varints, see queue_levels.py


class QueueTable:
    """A row per queue, in the directory's order; the settings come from there, the counts from the log."""

    def __init__(self, shards: int = 1) -> None:
        self._votes = VoteTable()
        self.rows = _make(0, self._votes, shards)
        self.levels = np.zeros((0, LEVEL_STATE), "i8")
        self._suspects: list[Mapping[str, SuspectGold]] = []  # by row and item_id

    def declare(
        self, keys: list[int], kinds: list[Kind], scales: list[int], widths: list[int], redundancies: list[int]
    ) -> None:
        """Takes the settings as they now stand; rows are only ever appended."""
        old = len(self.rows.queues)
        if len(keys) > old:
            more = len(keys) - old
            self.rows = _longer(self.rows, more)
            self.levels = np.concatenate([self.levels, np.zeros((more, LEVEL_STATE), "i8")])
            self._suspects += [{}] * more
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

    def note_doubt(self, item_id: str, doubt: np.void) -> None:
        """Takes what became of the doubt in an item's known answer."""
        row = int(doubt["queue"])
        self._suspects[row] = named(self._suspects[row], item_id, doubt)
        self.rows.queues["dirty"][row] = 1

    def suspects(self, row: int) -> list[SuspectGold]:
        """The surest suspect known answers of a queue, the surest first."""
        return list(self._suspects[row].values())

    def take_dirty(self) -> list[tuple[bytes, bytes]]:
        """(key, bytes) of the queues that were counted in since the last call."""
        rows = np.flatnonzero(self.rows.queues["dirty"])
        self.rows.queues["dirty"][rows] = 0
        return [(self.rows.queues["key"][row].tobytes(), self._encode(row)) for row in rows.tolist()]

    def load(self, row: int, data: bytes) -> None:
        """Takes a stored queue's counts."""
        stored = decode_stored(data)
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
        self.rows.golds[row] = stored.golds
        self._suspects[row] = {gold.item_id: gold for gold in stored.suspects}
        self.levels[row] = stored_level(stored)

    def _encode(self, row: int) -> bytes:
        kinds = np.flatnonzero(self.rows.times[row].any(axis=1)).astype("i4")
        times = np.column_stack([kinds, self.rows.times[row, kinds]]).astype("i4")
        count = int(self.rows.queues["recent"][row])
        stored = Stored(
            self.rows.counts[row].tobytes(),
            count,
            self.rows.recent[row, : min(count, RECENT_ANSWERS)].tobytes(),
            times.tobytes(),
            pack_ints(self.rows.own[row], self.rows.others[row], self.rows.told[row]),
            b"".join([self.rows.mix[row].tobytes(), self.rows.prior[row].tobytes(), self.rows.values[row].tobytes()]),
            tuple(self.rows.golds[row].tolist()),
            self.suspects(row),
            pack_ints(self.levels[row]),
        )
        return msgspec.msgpack.encode(stored)


def decode_stored(data: bytes) -> Stored:
    """A stored queue."""
    return msgspec.msgpack.decode(data, type=Stored)


def stored_level(stored: Stored) -> np.ndarray:
    """int64[LEVEL_STATE] of a stored queue."""
    level = np.zeros(LEVEL_STATE, "i8")
    if stored.level:  # rows from before levels were kept lack it
        plain(read_ints)(np.frombuffer(stored.level, "u1"), 0, level)
    return level


def pack_ints(*parts: np.ndarray) -> bytes:
    """int64[] one after another as varints: mostly zeros, a byte each."""
    buffer, at = np.empty(LONGEST * sum(map(len, parts)), "u1"), 0
    for part in parts:
        at = write_ints(part, buffer, at)
    return buffer[:at].tobytes()


def _longer(rows: Queues, more: int) -> Queues:
    new = _make(more, None, 1)
    both = {name: np.concatenate(pair) for name, *pair in zip(Queues._fields, rows, new, strict=True)}
    shared = {"vote_keys": rows.vote_keys, "vote_weights": rows.vote_weights, "shards": rows.shards}
    return Queues(**both | shared)


def _make(rows: int, votes: VoteTable | None, shards: int) -> Queues:
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
        np.zeros((rows, GOLD_COUNTS), "i8"),
        np.array([shards]),
    )
