"""Stage 1 of one shard: its decoder, its caches, and the outcomes it owes to stage 2."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import repeat

import msgspec
import numpy as np

from stream.events import Control, Verdict
from stream.intake.decode import Decoded, decode
from stream.intake.directory import Directory
from stream.intake.halting import Halting
from stream.intake.payload import SETTINGS_SOURCE
from stream.intake.privacy_order import PrivacyOrder
from stream.intake.reasons import Reason
from stream.policy.arming_book import ARMING_FIELD
from stream.policy.arming_order import ARMING_SOURCE
from stream.quality import items
from stream.quality.item_results import REJECTED, RESULT_NAMES
from stream.quality.item_rows import make_scratch
from stream.quality.item_table import KEPT_LIMIT, ItemTable
from stream.quality.known_answers import not_taken
from stream.quality.outcome_message import VerdictNote
from stream.quality.queue_table import QueueTable
from stream.quality.schema import DAY_MS, SCHEMA_VERSION, Op
from stream.stages.arming import ArmingOrders
from stream.stages.item_loading import ItemLoading, home
from stream.stages.item_outbox import ItemOutbox
from stream.stages.item_withholding import Fields, ItemWithholding, order_of
from stream.stages.knowledge import Knowledge
from stream.stages.port import Effects, Flush, Reject, SourceRecord
from stream.stages.queue_reading import QueueReading, is_home, read_queue

HORIZON_DAYS = 14
_NO_SLOT = -1
_IS_REJECTED = np.isin(np.arange(len(RESULT_NAMES)), REJECTED)
_QUEUES, _VOTES, _DIRECTORY = "queues", "votes", b"directory"


class ItemWork(msgspec.Struct, frozen=True):
    """A decoded batch with the records it came from."""

    records: Sequence[SourceRecord]
    decoded: Decoded


class ItemStage:
    """One partition of `judgments`. Without a store (`stored=False`, a backtest) everything stays in memory.

    `partitions` is the number of partitions of its own topic, `own_topic`, to which it tells what it counts;
    `destinations` is the number of partitions of `outcomes`; `cached_items` bounds what memory keeps of clean items,
    `kept_limit` the items that are kept for good because they have or had a known answer.
    """

    whole_keys = (_QUEUES, _VOTES)

    def __init__(  # noqa: PLR0913
        self,
        partition: int,
        destinations: int,
        directory: Directory,
        *,
        partitions: int = 1,
        own_topic: str = "judgments",
        topic: str = "outcomes",
        stored: bool = True,
        horizon_days: int = HORIZON_DAYS,
        cached_items: int = 200_000,
        kept_limit: int = KEPT_LIMIT,
    ) -> None:
        self.offset = 0
        self.partition, self._partitions, self._destinations = partition, partitions, destinations
        self._directory, self._directory_written = directory, b""
        self._joined = _copy(directory)  # the settings as of the record at hand; the decoder is a batch ahead
        self._stored, self._horizon_ms, self._cached_items = stored, horizon_days * DAY_MS, cached_items
        self._items, self._queues = ItemTable(kept_limit=kept_limit), QueueTable(partitions)
        self._loading = ItemLoading(self._items)
        self._arming = ArmingOrders()
        self._knowledge = Knowledge(partition, partitions, own_topic, self._queues, directory.control_key)
        self._withholding = ItemWithholding(partition, self._items, self._queues.votes)
        self._generation, self._generation_written = 0, 0
        self._sweeps = False  # the outbox may name somebody who is to be forgotten: one more commit clears it
        self._outbox = ItemOutbox(partition, destinations, topic)
        self._scratch = make_scratch()
        self._at = 0  # how much of the batch is joined
        self._halting = Halting()
        self.unflushed = 0
        self.hits, self.misses, self._asked = 0, 0, 0  # items found in memory, or asked of the store
        self._declare()

    def restore(self, head: Mapping[bytes, bytes], keys: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Takes what the last commit left."""
        queues = dict(keys.get(_QUEUES, {}))
        stored = queues.pop(_DIRECTORY, None)
        if arming := queues.pop(ARMING_FIELD, None):
            self._arming.restore(arming)
        if stored is not None:
            self._directory = Directory.from_bytes(stored, self._directory.control_key)
            self._joined = _copy(self._directory)
            self._directory_written = stored
        self._declare()
        row_of = {np.uint64(queue.key).tobytes(): queue.row for queue in self._directory.queues}
        for key, data in queues.items():
            self._queues.load(row_of[key], data)
        for field, data in keys.get(_VOTES, {}).items():
            self._queues.votes.load(field, data)
        if b"generation" in head:
            self._generation = self._generation_written = int(head[b"generation"])
            self._knowledge.period = int(head[b"period"])
            self._items.kept = int(head.get(b"kept", b"0"))  # heads from before the limit lack it
            self._outbox.sent = np.frombuffer(head[b"sent"], "i8").reshape(-1, 2).copy()
            self._halting = Halting.from_bytes(head[b"halting"])
            self.unflushed = int(head.get(b"sweeps", b"0"))

    def read(self, records: Sequence[SourceRecord]) -> ItemWork:
        """Decodes; settings in the batch are folded into the directory, record by record."""
        self._halting.check(f"judgments:{self.partition}")
        if self._stored:
            self._items.shrink(self._cached_items)
        return ItemWork(records, decode(records, self._directory, self._destinations))

    def sought(self, work: ItemWork) -> Fields:
        """The judgments of a rater about whom there is an order."""
        sought = self._withholding.sought(work.decoded.controls, (self._generation_written, self._generation))
        return sought if self._stored else {}

    def found(self, fields: Fields) -> None:
        """Takes where they may be stored."""
        self._withholding.found(fields)

    def missing(self, work: ItemWork | None) -> dict[str, list[bytes]]:
        """Items that memory does not hold."""
        if not work or not self._stored:
            return {}
        keys = work.decoded.item_keys
        return self._loading.missing(keys + self._withholding.wanted if keys else keys, self._generation)

    def fill(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        """Takes loaded items; a key found nowhere is a new item."""
        self._asked += len(next(iter(wanted.values())))
        self._loading.fill(loaded, wanted, self._generation)

    def apply(self, work: ItemWork) -> Effects:
        """Joins the batch; outcomes pile up until the next flush."""
        decoded, rows = work.decoded, work.decoded.rows
        self._name_slots(decoded)
        begin = self._outbox.owed
        results, self._at = np.zeros(len(rows), "u1"), 0
        for row, control in decoded.controls:
            self._join(rows[:row], results)
            self._outbox.settle(self._joined.queues)
            self._joined.apply(control)
            self._take_control(control, int(rows["offset"][row]), int(rows["log_ms"][row]))
        self._join(rows, results)
        self._outbox.name(begin, decoded.profiles, decoded.item_ids)
        for doubt in self._outbox.take_doubts():
            self._queues.note_doubt(decoded.item_ids[doubt["record"]], doubt)
        for row, verdict in decoded.verdicts:
            self._note_verdict(rows[row], verdict)
        self.offset = int(rows["offset"][-1]) + 1
        self.misses += self._asked
        self.hits += max(0, len(rows) - self._asked)
        self._asked = 0
        self.unflushed += len(rows)
        rejects = [*decoded.rejects, *self._refused(work, results)]
        # Who was forgotten and still works is nobody's mistake here: it halts nothing.
        bad = [reject.offset for reject in rejects if reject.reason != Reason.FORGOTTEN]
        self._halting = self._halting.after(len(rows), bad, rows["offset"])
        return Effects(rejects, self._counts(decoded, results), rows["log_ms"].copy())

    def flush(self) -> Flush:
        """Everything since the last flush, and the messages to stage 2."""
        rows = self._take_items()
        queues = self._queues.take_dirty()
        directory = self._directory.to_bytes()
        if directory != self._directory_written:
            queues.append((_DIRECTORY, directory))
            self._directory_written = directory
        if arming := self._arming.take_changed():
            queues.append((ARMING_FIELD, arming))
        if queues:
            rows[_QUEUES] = queues
        if votes := self._queues.votes.take_changed():
            rows[_VOTES] = votes
        old = range(max(self._generation_written - 1, 0), min(self._generation - 1, self._generation_written + 1))
        messages = [*self._outbox.take_messages(self._joined.queues), *self._knowledge.take_messages()]
        head = {
            b"schema": b"%d" % SCHEMA_VERSION,
            b"generation": b"%d" % self._generation,
            b"period": b"%d" % self._knowledge.period,
            b"kept": b"%d" % self._items.kept,
            b"sent": self._outbox.sent.tobytes(),
            b"halting": self._halting.to_bytes(),
            b"sweeps": b"%d" % self._sweeps,
        }
        self._generation_written = self._generation
        self.unflushed, self._sweeps = int(self._sweeps), False
        removed = self._withholding.take_erased()
        return Flush(self.offset, head, rows, removed, [home(generation) for generation in old], messages)

    def _take_items(self) -> dict[str, list[tuple[bytes, bytes]]]:
        """The fields that changed, by the key that they are stored in."""
        key_of = self._items.key_of
        fields: dict[int, list[tuple[bytes, bytes]]] = {}
        for slot, block, generation, data in self._items.take_dirty():
            key = key_of[slot]
            fields.setdefault(generation, []).append((key + np.uint16(block).tobytes() if block else key, data))
        # An item of an older generation has expired since it changed.
        return {home(g): some for g, some in fields.items() if g < 0 or g >= self._generation - 1}

    @property
    def cached(self) -> int:
        """Items in memory."""
        return len(self._items)

    @property
    def generation(self) -> int:
        """Horizons of log time so far: an item that none of the last two touched is forgotten."""
        return self._generation

    def readings(self) -> dict[str, QueueReading]:
        """What it can tell of its queues, by name."""
        home = {queue.name: is_home(queue.name, self.partition, self._partitions) for queue in self._joined.queues}
        return {queue.name: read_queue(self._queues, queue.row, home=home[queue.name]) for queue in self._joined.queues}

    def settled(self) -> None:
        """Everything flushed is stored: the cache may let it go."""
        self._items.residency.settled()

    def _declare(self) -> None:
        queues = self._joined.queues
        self._queues.declare(
            [queue.key for queue in queues],
            [queue.kind for queue in queues],
            [len(queue.labels) for queue in queues],
            [queue.width for queue in queues],
            [queue.redundancy for queue in queues],
        )

    def _name_slots(self, decoded: Decoded) -> None:
        keys, slot_of = decoded.item_keys, self._items.slot_of
        slots = np.fromiter(map(slot_of.get, keys, repeat(_NO_SLOT)), "i8", len(keys))
        for at in np.flatnonzero(slots == _NO_SLOT).tolist():
            if key := keys[at]:
                slots[at] = slot_of[key] if key in slot_of else self._items.open(key)
        decoded.rows["item"] = slots
        self._items.residency.touched(slots[slots != _NO_SLOT])

    def _join(self, rows: np.ndarray, results: np.ndarray) -> None:
        """Joins the rows that are not joined yet."""
        self._queues.show_votes()
        while True:
            self._at, why, self._generation = items.join(
                rows,
                self._at,
                self._items.rows,
                self._queues.rows,
                self._horizon_ms,
                self._generation,
                self._knowledge.period,
                self._outbox.rows,
                results,
                self._scratch,
            )
            if why == items.DONE:
                return
            if why == items.NEED_CHUNKS:
                self._items.grow_chunks()
            elif why == items.NEW_PERIOD:
                before, now_ms = int(rows["offset"][self._at]) - 1, int(rows["log_ms"][self._at])
                self._outbox.note_all(self._knowledge.tell(before, now_ms, self._joined.queues))
            else:
                self._outbox.grow()

    def _take_control(self, control: Control, offset: int, at_ms: int) -> None:
        if control.source == SETTINGS_SOURCE:
            self._declare()
            self._outbox.note_all(self._arming.see([queue.name for queue in self._joined.queues], offset, at_ms))
        elif control.source == ARMING_SOURCE:
            self._outbox.note_all(self._arming.take(control, offset))
        elif order := order_of(control):
            self._take_order(order, offset, at_ms, control.version)
        else:
            self._knowledge.take(control, self._joined)

    def _take_order(self, order: PrivacyOrder, offset: int, at_ms: int, version: int) -> None:
        generations = (self._generation_written, self._generation)
        again = self._withholding.take(order, [queue.key for queue in self._joined.queues], generations)
        generation = max(self._generation, at_ms // self._horizon_ms)
        rows = self._withholding.records(again, offset, at_ms, generation)
        at, self._at = self._at, 0
        self._join(rows, np.zeros(len(rows), "u1"))
        self._at = at
        self._outbox.note_all([self._withholding.note(order, offset, at_ms, version)])
        self._sweeps = self._sweeps or order.order == "forget"

    def _note_verdict(self, row: np.void, verdict: Verdict) -> None:
        queue = self._directory.queues[int(row["queue"])]
        note = VerdictNote(
            int(row["offset"]),
            int(row["log_ms"]),
            verdict.finding_id,
            int(row["rater"]),
            queue.key,
            verdict.verdict,
        )
        self._outbox.note(int(row["destination"]), note)

    def _refused(self, work: ItemWork, results: np.ndarray) -> list[Reject]:
        return [
            Reject(work.records[at].offset, RESULT_NAMES[results[at]], work.records[at].value)
            for at in np.flatnonzero(_IS_REJECTED[results]).tolist()
        ]

    def _counts(self, decoded: Decoded, results: np.ndarray) -> Counter[tuple[str, str]]:
        counts = Counter(decoded.counts)
        times = np.bincount(results[decoded.rows["op"] <= Op.RETRACTION], minlength=len(RESULT_NAMES)).tolist()
        counts.update({("record", name): n for name, n in zip(RESULT_NAMES, times, strict=True) if n})
        if self._items.full:
            queues = not_taken(decoded.rows, self._items.rows).tolist()
            counts.update(("gold_limit", self._directory.queues[queue].name) for queue in queues)
        return counts


def _copy(directory: Directory) -> Directory:
    return Directory.from_bytes(directory.to_bytes(), directory.control_key)
