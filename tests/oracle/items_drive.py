"""Stage 1's join fed with records that a test writes itself, on one queue whose reference the test may pin."""

from typing import NamedTuple

import numpy as np
import xxhash

from stream.quality import items
from stream.quality.compiled import plain
from stream.quality.item_rows import Queues, make_outcomes, make_scratch
from stream.quality.item_table import ItemTable
from stream.quality.queue_table import QueueTable
from stream.quality.reference import ANSWERS, LIKELY, WEIGHED, refresh
from stream.quality.schema import OUTCOME, RECORD, SHARE, Kind, Op
from stream.quality.votes import WEIGHTS, vote_key, weigh_rater

QUEUE = 77  # the queue's key
_FOREVER_MS = 10**15


class Usual(NamedTuple):
    """What a pinned queue is like: label counts, and how often peers are right by their own count."""

    answers: tuple[int, ...]
    likely: float = 0.8
    weighed: int = 10_000


class ItemBench:
    """One queue in memory; each call answers the outcomes that its records sent."""

    def __init__(self, usual: Usual | None = None, *, scale: int = 4, kind: Kind = Kind.NOMINAL, of: int = 3) -> None:
        self.items, self.table = ItemTable(), QueueTable()
        self.table.declare([QUEUE], [kind], [scale], [8], [of])
        self._judgments = 0
        if usual is not None:
            self.queues.own[0, ANSWERS : ANSWERS + scale] = usual.answers
            self.queues.own[0, WEIGHED] = usual.weighed
            self.queues.own[0, LIKELY] = round(usual.weighed * usual.likely * SHARE)
            plain(refresh)(0, self.queues)

    @property
    def queues(self) -> Queues:
        return self.table.rows

    def trust(self, rater: int, skill: float, mix: tuple[float, ...], good: float) -> None:
        """Stage 2 tells of a rater."""
        weights = np.zeros(WEIGHTS + 32, "i2")
        shares = np.array([round(share * SHARE) for share in mix])
        plain(weigh_rater)(round(skill * SHARE), shares, good, len(mix), weights)
        self.table.votes.put(int(plain(vote_key)(_hashed(rater), QUEUE)), weights[: WEIGHTS + len(mix)])

    def judge(self, rater: int, label: int, item: bytes = b"item", *, known: int | None = None) -> np.ndarray:
        """A rater's answer, with the item's known one if it brings that."""
        self._judgments += 1
        record = self._record(Op.JUDGMENT, item)
        record["judgment"], record["rater"], record["label"] = self._judgments, _hashed(rater), label
        record["has_known"], record["known"] = known is not None, known or 0
        return self._join(record)

    def gold(self, known: int | None, revision: int, item: bytes = b"item") -> np.ndarray:
        """The item's known answer, or that it is withdrawn."""
        record = self._record(Op.GOLD, item)
        record["has_known"], record["known"], record["revision"] = known is not None, known or 0, revision
        return self._join(record)

    def retract(self, judgment: int, rater: int, item: bytes = b"item") -> np.ndarray:
        """The `judgment`-th judgment does not count any more."""
        record = self._record(Op.RETRACTION, item)
        record["judgment"], record["rater"] = judgment, _hashed(rater)
        return self._join(record)

    def _record(self, op: Op, item: bytes) -> np.ndarray:
        record = np.zeros(1, RECORD)
        record["op"], record["offset"], record["submitted_ms"] = op, self._judgments, self._judgments
        slot = self.items.slot_of.get(item)
        record["item"] = self.items.open(item) if slot is None else slot
        return record

    def _join(self, record: np.ndarray) -> np.ndarray:
        self.table.show_votes()
        out, results = make_outcomes(64), np.zeros(1, "u1")
        while True:
            at, why, _ = items.join(
                record, 0, self.items.rows, self.queues, _FOREVER_MS, 0, 0, out, results, make_scratch()
            )
            if why == items.NEED_CHUNKS:
                self.items.grow_chunks()
                continue
            assert (at, why) == (1, items.DONE)
            return np.array(out.rows[: out.cursor[0]], OUTCOME)


def _hashed(rater: int) -> int:
    """Raters are hashes in the stream: far from each other."""
    return xxhash.xxh3_64_intdigest(rater.to_bytes(4, "little"))


def by_judgment(rows: np.ndarray) -> dict[int, np.void]:
    """The last outcome of each judgment."""
    return {int(row["judgment"]): row for row in rows}
