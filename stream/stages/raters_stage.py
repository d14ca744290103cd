"""Stage 2 of one shard: rows per rater and queue, their groups, and the findings that open and close."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from stream.events import Finding
from stream.quality import raters as kernel
from stream.quality.groups import GROUP, queue_group, vendor_group
from stream.quality.outcome_message import BEGINNING, QueueInfo, VerdictNote
from stream.quality.policy import DEFAULT_POLICY, DETECTOR_NAMES, Detector, Policy
from stream.quality.profile import Profile
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.schema import COLUMNS, SCHEMA_VERSION, Flag
from stream.stages.findings import open_finding
from stream.stages.port import Effects, Flush, Message, SourceRecord
from stream.stages.raters_work import RaterWork, read_work

Watcher = Callable[[RaterTable, int], None]
_RATERS, _HISTORY, _EVIDENCE, _BOARD, _FINDINGS, _QUEUES = (
    "raters",
    "history",
    "evidence",
    "board",
    "findings",
    "queues",
)
_GROUP_FIELD = b"g"


class RatersStage:
    """One partition of `outcomes`. Without a store (`stored=False`, a backtest) everything stays in memory.

    `sources` is the number of partitions of `judgments`. `snapshots` are judgment counts at which `on_snapshot(table,
    slot)` is called with the state as of that judgment; `on_finding(table, slot)` after each opening or closing.
    """

    whole_keys = (_QUEUES, _BOARD, _FINDINGS)

    def __init__(  # noqa: PLR0913
        self,
        partition: int,
        sources: int,
        *,
        policy: Policy = DEFAULT_POLICY,
        topic: str = "findings",
        stored: bool = True,
        shadow: bool = True,
        accept_first: bool = False,
        cached_raters: int = 20_000,
        snapshots: Sequence[int] = (),
        on_snapshot: Watcher | None = None,
        on_finding: Watcher | None = None,
    ) -> None:
        self.offset = 0
        self.partition, self._topic, self.policy = partition, topic, policy
        self._stored, self._shadow, self._accept_first, self._cached = stored, shadow, accept_first, cached_raters
        self.tables: dict[int, RaterTable] = {}
        self.queues: dict[int, QueueInfo] = {}
        self.findings: dict[tuple[RowKey, Detector], Finding] = {}
        self._groups: dict[int, set[int]] = {}
        self._applied = np.full((sources, 2), BEGINNING, "i8")
        self._snapshots = np.array(snapshots, "i8")
        self._on_snapshot, self._on_finding = on_snapshot, on_finding
        self._change = np.zeros(COLUMNS, "i8")
        self._changed_queues: set[int] = set()
        self._changed_findings: set[tuple[RowKey, Detector]] = set()
        self._messages: list[Message] = []
        self._absent: set[RowKey] = set()  # asked for and not stored: new raters
        self.unflushed = 0

    def restore(self, head: Mapping[bytes, bytes], keys: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Takes what the last commit left: queues, groups and open findings; raters' rows come when asked for."""
        if b"applied" in head:
            self._applied = np.frombuffer(head[b"applied"], "i8").reshape(-1, 2).copy()
        for data in keys.get(_QUEUES, {}).values():
            info = msgspec.msgpack.decode(data, type=QueueInfo)
            self.queues[info.key] = info
        for field, data in keys.get(_BOARD, {}).items():
            key = field[len(_GROUP_FIELD) :]
            hot, history = msgspec.msgpack.decode(data, type=tuple[bytes, bytes])
            table = self._table_of(key)
            self._groups.setdefault(table.width, set()).add(table.load(key, hot, history, None))
        for field, data in keys.get(_FINDINGS, {}).items():
            self.findings[field[:16], Detector(field[16])] = msgspec.msgpack.decode(data, type=Finding)

    def read(self, records: Sequence[SourceRecord]) -> RaterWork:
        """Decodes and trims; raises ShardHalted on a gap in what a source sent."""
        if self._stored:
            for table in self.tables.values():
                table.shrink(self._cached, self._groups.get(table.width, set()))
        return read_work(f"outcomes:{self.partition}", records, self._applied, accept_first=self._accept_first)

    def missing(self, work: RaterWork | None) -> dict[str, list[bytes]]:
        """Rows that memory does not hold; with None, the rows that the board shows (right after a claim)."""
        if not self._stored:
            return {}
        if work is None:
            wanted = [key for key in dict.fromkeys(key for key, _ in self.findings) if self._find(key) is None]
        else:
            self._learn_queues(work.queues)
            wanted = [key for key in work.keys if self._find(key) is None and key not in self._absent]
        return dict.fromkeys((_RATERS, _HISTORY, _EVIDENCE), wanted) if wanted else {}

    def fill(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        """Takes loaded rows; a key found nowhere is a new rater."""
        parts = zip(wanted[_RATERS], loaded[_RATERS], loaded[_HISTORY], loaded[_EVIDENCE], strict=True)
        for key, hot, history, evidence in parts:
            if hot is None:
                self._absent.add(key)
            else:
                table = self._table_of(key)
                slot = table.load(key, hot, history, evidence)
                self._link(table, slot)

    def apply(self, work: RaterWork) -> Effects:
        """Adds the outcomes; findings open and close on the way, each at its outcome."""
        self._learn_queues(work.queues)
        widths, slots = self._place(work)
        self._absent.clear()
        counts: Counter[tuple[str, str]] = Counter({("outcome", "applied"): len(work.rows)})
        if work.dropped:
            counts["outcome", "seen_before"] = work.dropped
        begin = 0
        for end, note in [*work.verdicts, (len(work.rows), None)]:
            for width in np.unique(widths[begin:end]).tolist():
                mine = begin + np.flatnonzero(widths[begin:end] == width)
                self._accumulate(self.tables[width], work, mine, slots[mine], counts)
            if note is not None:
                self._take_verdict(note, counts)
            begin = end
        self._applied = work.applied
        self.offset = work.offset
        self.unflushed += len(work.rows)
        return Effects((), counts, work.rows["log_ms"][work.rows["first"] == 1])

    def flush(self) -> Flush:
        """Everything since the last flush, and the findings to produce."""
        rows: dict[str, list[tuple[bytes, bytes]]] = {}

        def put(name: str, field: bytes, value: bytes) -> None:
            rows.setdefault(name, []).append((field, value))

        for width, table in self.tables.items():
            groups = self._groups.get(width, set())
            for slot, hot, history, evidence in table.take_dirty():
                key = table.key_of[slot]
                if slot in groups:
                    put(_BOARD, _GROUP_FIELD + key, msgspec.msgpack.encode((hot, history)))
                else:
                    put(_RATERS, key, hot)
                    put(_HISTORY, key, history)
                    put(_EVIDENCE, key, evidence)
        for queue in self._changed_queues:
            put(_QUEUES, np.uint64(queue).tobytes(), msgspec.msgpack.encode(self.queues[queue]))
        gone = []
        for key, detector in self._changed_findings:
            field = key + bytes([detector])
            if (key, detector) in self.findings:
                put(_FINDINGS, field, msgspec.msgpack.encode(self.findings[key, detector]))
            else:
                gone.append(field)
        head = {b"schema": b"%d" % SCHEMA_VERSION, b"applied": self._applied.tobytes()}
        messages, self._messages = self._messages, []
        self._changed_queues, self._changed_findings = set(), set()
        self.unflushed = 0
        return Flush(self.offset, head, rows, {_FINDINGS: gone} if gone else {}, [], messages)

    def settled(self) -> None:
        """Everything flushed is stored: the cache may let it go."""
        for table in self.tables.values():
            table.residency.settled()

    def _find(self, key: RowKey) -> int | None:
        table = self.tables.get(self._width_of(key))
        return None if table is None else table.slot_of.get(key)

    def _width_of(self, key: RowKey) -> int:
        return self._queue_of(key).width

    def _queue_of(self, key: RowKey) -> QueueInfo:
        queue = int.from_bytes(key[8:16], "little")
        # Stage training stands under the queue's key plus one.
        return self.queues[queue] if queue in self.queues else self.queues[queue - 1]

    def _table_of(self, key: RowKey) -> RaterTable:
        width = self._width_of(key)
        if width not in self.tables:
            self.tables[width] = RaterTable(width)
        return self.tables[width]

    def _learn_queues(self, queues: Sequence[QueueInfo]) -> None:
        for info in queues:
            if self.queues.get(info.key) != info:
                self.queues[info.key] = info
                self._changed_queues.add(info.key)

    def _place(self, work: RaterWork) -> tuple[np.ndarray, np.ndarray]:
        """(label width, slot) of each outcome's row; opens the rows of new raters."""
        widths, slots = np.zeros(len(work.keys), "i4"), np.zeros(len(work.keys), "i4")
        for at, key in enumerate(work.keys):
            table = self._table_of(key)
            slot = table.slot_of.get(key)
            if slot is None:
                row = work.rows[work.first_row[at]]
                slot = self._open(
                    table, key, work.profiles[row["profile"]], training=bool(row["new"]["flags"] & Flag.TRAINING)
                )
            widths[at], slots[at] = table.width, slot
            table.residency.touched(np.array([slot]))
        return widths[work.key_of_row], slots[work.key_of_row]

    def _open(self, table: RaterTable, key: RowKey, profile: Profile, *, training: bool) -> int:
        slot = table.open(key, profile)
        queue = self._queue_of(key)
        hot = table.rows.hot
        hot["label_kind"][slot], hot["scale"][slot], hot["training"][slot] = queue.kind, len(queue.labels), training
        self._link(table, slot)
        return slot

    def _link(self, table: RaterTable, slot: int) -> None:
        """Points a rater's row at the rows of its queue and of its vendor there."""
        profile, queue = table.profiles[slot], self._queue_of(table.key_of[slot])
        for column, (key, group) in (
            ("queue_row", queue_group(queue.key, queue.name)),
            ("vendor_row", vendor_group(queue.key, queue.name, profile.vendor)),
        ):
            at = table.slot_of.get(key)
            if at is None:
                at = table.open(key, group)
                table.rows.hot["kind"][at] = GROUP
                table.rows.hot["label_kind"][at], table.rows.hot["scale"][at] = queue.kind, len(queue.labels)
                self._groups.setdefault(table.width, set()).add(at)
            table.rows.hot[column][slot] = at

    def _accumulate(
        self, table: RaterTable, work: RaterWork, mine: np.ndarray, slots: np.ndarray, counts: Counter[tuple[str, str]]
    ) -> None:
        rows = work.rows[mine]
        names = np.full(len(rows), -1, "i4")
        begin = 0
        while begin < len(rows):
            end, why = kernel.accumulate(
                rows, slots, begin, table.rows, self.policy, self._snapshots, self._change, names
            )
            kept = begin + np.flatnonzero(names[begin:end] >= 0)
            table.item_ids[slots[kept], names[kept]] = work.item_ids[rows["item_id"][kept]]
            if why == kernel.FINDING:
                self._move_findings(table, int(slots[end - 1]), rows[end - 1], counts)
            if why != kernel.DONE and self._on_snapshot is not None:
                self._on_snapshot(table, int(slots[end - 1]))
            begin = end

    def _move_findings(self, table: RaterTable, slot: int, row: np.void, counts: Counter[tuple[str, str]]) -> None:
        hot = table.rows.hot[slot]
        for detector in Detector:
            bit = 1 << detector
            was, now = bool(hot["open"] & bit), bool(hot["pending"] & bit)
            if now and not was:
                self._open_finding(table, slot, detector, int(row["log_ms"]), counts)
            elif was and not now:
                corrected = detector == Detector.GOLD and not row["first"]
                self._close_finding(
                    table,
                    slot,
                    detector,
                    "gold_corrected" if corrected else "evidence_gone",
                    int(row["log_ms"]),
                    counts,
                )
                if detector == Detector.UNRELATED:
                    kernel.restart(table.rows, slot)
        hot["open"] = hot["pending"]
        if self._on_finding is not None:
            self._on_finding(table, slot)

    def _open_finding(
        self, table: RaterTable, slot: int, detector: Detector, at_ms: int, counts: Counter[tuple[str, str]]
    ) -> None:
        key = table.key_of[slot]
        table.rows.hot["episodes"][slot, detector] += 1
        found = open_finding(table, slot, detector, self._queue_of(key), self.policy, at_ms, shadow=self._shadow)
        self.findings[key, detector] = found
        self._publish(key, detector, found, counts)

    def _close_finding(
        self, table: RaterTable, slot: int, detector: Detector, why: str, at_ms: int, counts: Counter[tuple[str, str]]
    ) -> None:
        key = table.key_of[slot]
        found = self.findings.pop((key, detector))
        closed = msgspec.structs.replace(
            found, version=found.version + 1, event="closed", why=why, at=at_ms, state="ok"
        )
        self._publish(key, detector, closed, counts)

    def _publish(self, key: RowKey, detector: Detector, found: Finding, counts: Counter[tuple[str, str]]) -> None:
        self._changed_findings.add((key, detector))
        self._messages.append(Message(self._topic, msgspec.json.encode(found), key=(found.rater_id or "").encode()))
        counts["finding_" + found.event, DETECTOR_NAMES[detector]] += 1

    def _take_verdict(self, note: VerdictNote, counts: Counter[tuple[str, str]]) -> None:
        """A person decided: the detector's finding closes and its test begins anew."""
        key = np.array([note.rater, note.queue], "u8").tobytes()
        for (owner, detector), found in list(self.findings.items()):
            if owner == key and found.id == note.finding_id:
                table = self._table_of(key)
                slot = table.slot_of[key]
                table.rows.hot["open"][slot] &= ~np.uint8(1 << detector)
                kernel.restart(table.rows, slot)
                kernel.restart_golds(table.rows, slot)
                table.rows.dirty[slot] = 1
                self._close_finding(table, slot, detector, "verdict", note.log_ms, counts)
                counts["verdict", "applied"] += 1
                return
        counts["verdict", "unknown_finding"] += 1
