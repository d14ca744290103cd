"""Stage 2 of one shard: rows per rater and queue, their groups, and the findings that open and close."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from stream.events import Finding
from stream.intake.control import ControlKey
from stream.intake.knowledge import summaries_controls
from stream.quality import raters as kernel
from stream.quality.evidence_bytes import BLOCKS
from stream.quality.outcome_message import (
    BEGINNING,
    ArmingNote,
    Note,
    PersonNote,
    QueueInfo,
    QueueNote,
    VerdictNote,
)
from stream.quality.policy import ALARM_KINDS, DETECTOR_NAMES, Detector
from stream.quality.rater_table import RaterTable, RowKey
from stream.quality.schema import COLUMNS, SCHEMA_VERSION, SUMMARY
from stream.quality.schema import Kind as LabelKind
from stream.stages.arming import Arming
from stream.stages.finding_book import Counts, FindingBook
from stream.stages.findings import open_finding, why_closed
from stream.stages.policies import Policies
from stream.stages.port import Effects, Flush, Message, SourceRecord
from stream.stages.rater_places import Places, place_rows
from stream.stages.rater_tables import RaterTables
from stream.stages.rater_withholding import WITHHELD_FIELD, RaterWithholding, evidence_fields
from stream.stages.raters_work import RaterWork, read_work

Watcher = Callable[[RaterTable, int], None]
_RATERS, _HISTORY, _EVIDENCE = "raters", "history", "evidence"
_BOARD, _FINDINGS, _QUEUES = "board", "findings", "queues"
_GROUP_FIELD, _ARMING_FIELD = b"g", b"arming"
_ROOM = 16_384  # rows
_BLOCK_NAMES = [bytes([block]) for block in range(BLOCKS)]


def row_fields(keys: Sequence[RowKey]) -> dict[str, list[bytes]]:
    """Where the parts of raters' rows are stored; the evidence in BLOCKS fields each."""
    blocks = [key + name for key in keys for name in _BLOCK_NAMES]
    return {_RATERS: list(keys), _HISTORY: list(keys), _EVIDENCE: blocks}


class RatersStage:
    """One partition of `outcomes`. Without a store (`stored=False`, a backtest) everything stays in memory.

    `sources` is the number of partitions of `source_topic`, to which summaries of raters go, signed with
    `knowledge_key`; without one none go. `snapshots` are judgment counts at which `on_snapshot(table,
    slot)` is called with the state as of that judgment; `on_finding(table, slot)` after each opening or closing.
    """

    # The queues last: whoever reads while commits go on then knows the queue of every row that he has read.
    whole_keys = (_BOARD, _FINDINGS, _QUEUES)

    def __init__(  # noqa: PLR0913
        self,
        partition: int,
        sources: int,
        *,
        policies: Policies | None = None,
        topic: str = "findings",
        source_topic: str = "judgments",
        knowledge_key: ControlKey | None = None,
        stored: bool = True,
        accept_first: bool = False,
        cached_raters: int = 20_000,
        snapshots: Sequence[int] = (),
        on_snapshot: Watcher | None = None,
        on_finding: Watcher | None = None,
    ) -> None:
        self.offset = 0
        self.partition = partition
        self.policies = policies or Policies()
        self._thresholds = self.policies.rows()
        self._stored, self._accept_first, self._cached = stored, accept_first, cached_raters
        self._rows, self._book = RaterTables(max(64, min(cached_raters, _ROOM)), self.policies), FindingBook(topic)
        self._applied = np.full((sources, 2), BEGINNING, "i8")
        self._snapshots = np.array(snapshots, "i8")
        self._on_snapshot, self._on_finding = on_snapshot, on_finding
        self._change = np.zeros(COLUMNS, "i8")
        self._source_topic, self._knowledge_key = source_topic, knowledge_key
        self._summaries: list[np.ndarray] = []  # SUMMARY[] not yet sent
        self._told_ms = 0
        self._arming = Arming()
        self._withholding = RaterWithholding(self._rows, self._book, self.policies, sources)
        self._sweeps = False  # the outbox may name somebody who is to be forgotten: one more commit clears it
        self._absent: set[RowKey] = set()  # asked for and not stored: new raters
        self.unflushed = 0
        self.hits, self.misses, self._asked = 0, 0, 0  # rows found in memory, or asked of the store

    @property
    def tables(self) -> Mapping[int, RaterTable]:
        """The rows in memory, by label width."""
        return self._rows.by_width

    @property
    def queues(self) -> Mapping[int, QueueInfo]:
        """The queues seen, by key."""
        return self._rows.queues

    @property
    def findings(self) -> Mapping[tuple[RowKey, Detector], Finding]:
        """The open findings."""
        return self._book.open

    @property
    def told_findings(self) -> list[Finding]:
        """The open findings, of raters about whom something may be said."""
        silent = self._withholding.is_silent
        return [found for (key, _), found in self._book.open.items() if not silent(key)]

    @property
    def silent(self) -> frozenset[bytes]:
        """The first 8 bytes of the keys of raters of whom nothing is to be shown: restricted, or about to be erased."""
        return self._withholding.raters

    def restore(self, head: Mapping[bytes, bytes], keys: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Takes what the last commit left: queues, groups and open findings; raters' rows come when asked for."""
        if b"applied" in head:
            self._applied = np.frombuffer(head[b"applied"], "i8").reshape(-1, 2).copy()
        # Written by `rebuild` where the log had lost its beginning.
        self._accept_first = self._accept_first or head.get(b"accept_first") == b"1"
        board = dict(keys.get(_BOARD, {}))
        if arming := board.pop(_ARMING_FIELD, None):
            self._arming.restore(arming)
        if withheld := board.pop(WITHHELD_FIELD, None):
            self._withholding.restore(withheld)
        self.unflushed = int(head.get(b"sweeps", b"0"))
        groups = {field[len(_GROUP_FIELD) :]: data for field, data in board.items()}
        self._rows.restore(keys.get(_QUEUES, {}), groups)
        self._book.restore(keys.get(_FINDINGS, {}))

    def read(self, records: Sequence[SourceRecord]) -> RaterWork:
        """Decodes and trims; raises ShardHalted on a gap in what a source sent."""
        if self._stored:
            self._rows.shrink(self._cached)
        return read_work(f"outcomes:{self.partition}", records, self._applied, accept_first=self._accept_first)

    def sought(self, work: RaterWork) -> dict[str, list[bytes]]:
        """Those who met somebody whom this batch will erase."""
        pieces = self._withholding.sought([note for _, note in work.notes if isinstance(note, PersonNote)])
        return {_RATERS: pieces} if pieces and self._stored else {}

    def found(self, fields: Mapping[str, Sequence[bytes]]) -> None:
        """Takes their rows' keys."""
        self._withholding.found(fields[_RATERS])

    def missing(self, work: RaterWork | None) -> dict[str, list[bytes]]:
        """Rows that memory does not hold; with None, the rows that the board shows (right after a claim)."""
        if not self._stored:
            return {}
        named = self._concerned(work)
        _, slots = self._rows.find_all(named)
        unknown = [named[at] for at in np.flatnonzero(slots < 0).tolist()]
        wanted = [key for key in unknown if key not in self._absent]
        return row_fields(wanted) if wanted else {}

    def fill(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        """Takes loaded rows; a key found nowhere is a new rater."""
        self._asked += len(wanted[_RATERS])
        parts = zip(wanted[_RATERS], loaded[_RATERS], loaded[_HISTORY], strict=True)
        for at, (key, hot, history) in enumerate(parts):
            if hot is None:
                self._absent.add(key)
            else:
                self._rows.load(key, hot, history, loaded[_EVIDENCE][at * BLOCKS : (at + 1) * BLOCKS])

    def apply(self, work: RaterWork) -> Effects:
        """Adds the outcomes; findings open and close on the way, each at its outcome."""
        counts = Counts({("outcome", "applied"): len(work.rows)})
        if work.dropped:
            counts["outcome", "seen_before"] = work.dropped
        news = [(row, info) for row, info in work.queues if self._rows.is_news(info)]
        for _, info in news:
            self._rows.make_room(info)
        places = place_rows(work, self._rows, counts)
        self._absent.clear()
        begin = 0
        stops: list[tuple[int, QueueInfo | Note | VerdictNote]] = [*news, *work.notes, *work.verdicts]
        for end, note in sorted(stops, key=lambda stop: stop[0]):
            self._accumulate(work, places, begin, end, counts)
            if isinstance(note, VerdictNote):
                self._take_verdict(note, counts)
            elif isinstance(note, QueueNote):
                self._rows.take_usual(note)
            elif isinstance(note, ArmingNote):
                self._arming.take(note)
            elif isinstance(note, PersonNote):
                self._take_order(note, counts)
            elif self._rows.is_news(note):
                self._rows.learn(note)
            begin = end
        self._accumulate(work, places, begin, len(work.rows), counts)
        self._applied = work.applied
        self.offset = work.offset
        self.misses += self._asked
        self.hits += max(0, len(work.keys) - self._asked)
        self._asked = 0
        # A batch of nothing but repetitions moves the offset on all the same.
        self.unflushed += len(work.rows) + len(work.verdicts) or work.records
        return Effects((), counts, work.rows["log_ms"][work.rows["first"] == 1])

    def flush(self) -> Flush:
        """Everything since the last flush, and the findings to produce."""
        raters: list[tuple[bytes, bytes]] = []
        history: list[tuple[bytes, bytes]] = []
        evidence: list[tuple[bytes, bytes]] = []
        board: list[tuple[bytes, bytes]] = []
        for table in self._rows.by_width.values():
            people, groups = table.take_dirty()
            raters += zip(people.keys, people.hot, strict=True)
            history += zip(people.keys, people.history, strict=True)
            evidence += [(key + _BLOCK_NAMES[block], data) for key, block, data in people.blocks]
            for key, *row in zip(groups.keys, groups.hot, groups.history, strict=True):
                board.append((_GROUP_FIELD + key, msgspec.msgpack.encode(row)))
        if arming := self._arming.take_changed():
            board.append((_ARMING_FIELD, arming))
        withheld = self._withholding.take_changed()
        if withheld:
            board.append((WITHHELD_FIELD, withheld))
        parts = ((_RATERS, raters), (_HISTORY, history), (_EVIDENCE, evidence), (_BOARD, board))
        rows = {name: part for name, part in parts if part}
        if queues := self._rows.take_changed():
            rows[_QUEUES] = queues
        written, gone, messages = self._book.take_changes()
        messages += self._take_summaries()
        if written:
            rows[_FINDINGS] = written
        erased = self._withholding.take_erased()
        removed = {_FINDINGS: gone, _RATERS: erased, _HISTORY: erased, _EVIDENCE: evidence_fields(erased)}
        removed[_BOARD] = [WITHHELD_FIELD] if withheld == b"" else []
        head = {
            b"schema": b"%d" % SCHEMA_VERSION,
            b"applied": self._applied.tobytes(),
            b"sweeps": b"%d" % self._sweeps,
        }
        self.unflushed, self._sweeps = int(self._sweeps), False
        return Flush(self.offset, head, rows, {name: some for name, some in removed.items() if some}, [], messages)

    def _take_summaries(self) -> list[Message]:
        """What stage 1 is to know of raters, for every partition of its topic."""
        if not self._summaries or self._knowledge_key is None:
            return []
        summaries, self._summaries = np.concatenate(self._summaries), []
        values = summaries_controls(self._knowledge_key, self.partition, self.offset, self._told_ms, summaries)
        return [Message(self._source_topic, value, p) for value in values for p in range(len(self._applied))]

    @property
    def cached(self) -> int:
        """Rows in memory, groups included."""
        return sum(len(table.slot_of) for table in self._rows.by_width.values())

    def settled(self) -> None:
        """Everything flushed is stored: the cache may let it go."""
        for table in self._rows.by_width.values():
            table.residency.settled()

    def _concerned(self, work: RaterWork | None) -> list[RowKey]:
        """The rows a batch needs: those its outcomes change, and those whose open finding a verdict ends."""
        if work is None:
            return list(dict.fromkeys(key for key, _ in self._book.open))
        withheld = self._withholding.wanted
        if not work.verdicts and not withheld:
            return work.keys
        ended = (note for _, note in work.verdicts)
        open_ones = (n.row_key for n in ended if self._book.detector_of(n.row_key, n.finding_id) is not None)
        return list(dict.fromkeys([*work.keys, *withheld, *open_ones]))

    def _accumulate(self, work: RaterWork, places: Places, begin: int, end: int, counts: Counts) -> None:
        """Rows of one width after another: queues of different widths have nothing to do with each other."""
        if begin == end:
            return
        for table, mine, slots in places.within(begin, end):
            rows = work.rows[mine]
            names = np.full(len(rows), -1, "i4")
            summaries, told = np.zeros(len(rows) + 1, SUMMARY), np.zeros(1, "i8")
            at = 0
            while at < len(rows):
                stop, why = kernel.accumulate(
                    rows,
                    slots,
                    at,
                    table.rows,
                    self._thresholds,
                    self._snapshots,
                    self._change,
                    names,
                    summaries,
                    told,
                    work.meetings,
                    work.met[mine],
                )
                kept = at + np.flatnonzero(names[at:stop] >= 0)
                table.item_ids[slots[kept], names[kept]] = work.item_ids[rows["item_id"][kept]]
                if why == kernel.FINDING:
                    self._move_findings(table, int(slots[stop - 1]), rows[stop - 1], counts)
                if why != kernel.DONE and self._on_snapshot is not None:
                    self._on_snapshot(table, int(slots[stop - 1]))
                at = stop
            if told[0]:
                self._summaries.append(summaries[: told[0]])
                self._told_ms = max(self._told_ms, int(rows["log_ms"].max()))

    def _move_findings(self, table: RaterTable, slot: int, row: np.void, counts: Counts) -> None:
        hot, key, at_ms = table.rows.hot[slot], table.key_of[slot], int(row["log_ms"])
        if self._withholding.is_silent(key):
            return
        self._rename_finding(table, slot, at_ms, counts)
        for detector in Detector:
            was, now = (bool(hot[name] & (1 << detector)) for name in ("open", "pending"))
            level_was, level = (bool(hot[name] & (1 << detector)) for name in ("shown", "critical"))
            if now and not was:
                hot["episodes"][detector] += 1
                self._book.add(key, detector, self._finding(table, slot, detector, at_ms), counts)
            elif was and not now:
                self._book.close(key, detector, why_closed(detector, row), at_ms, counts)
                if detector == Detector.UNRELATED:
                    kernel.restart(table.rows, slot)
            elif now and level and not level_was:
                self._book.update(key, detector, self._finding(table, slot, detector, at_ms), counts)
        hot["open"], hot["shown"] = hot["pending"], hot["critical"]
        if self._on_finding is not None:
            self._on_finding(table, slot)

    def _rename_finding(self, table: RaterTable, slot: int, at_ms: int, counts: Counts) -> None:
        """The alarm is one test under several names, and has one finding at most."""
        hot, key = table.rows.hot[slot], table.key_of[slot]
        was, now = (int(hot[name]) & ALARM_KINDS for name in ("open", "pending"))
        if was == now or not was or not now or self._rows.queue_of(key).kind == LabelKind.SET:
            return
        old, new = (Detector(bits.bit_length() - 1) for bits in (was, now))
        self._book.rename(key, old, new, self._finding(table, slot, new, at_ms), counts)
        hot["open"] ^= was | now
        hot["shown"] = (int(hot["shown"]) & ~ALARM_KINDS) | (int(hot["critical"]) & ALARM_KINDS)

    def _finding(self, table: RaterTable, slot: int, detector: Detector, at_ms: int) -> Finding:
        queue = self._rows.queue_of(table.key_of[slot])
        policy, vendor = self.policies.in_queue(queue.name), table.profiles[slot].vendor
        shadow = self.policies.shadow_in(queue.name)
        silent = self._arming.in_shadow(queue.name, vendor, DETECTOR_NAMES[detector], shadow, at_ms)
        return open_finding(table, slot, detector, queue, policy, at_ms, shadow=silent)

    def _take_order(self, note: PersonNote, counts: Counts) -> None:
        if self._withholding.take(note, counts):
            rater = np.uint64(note.rater)
            self._summaries = [some[some["rater"] != rater] for some in self._summaries]
        self._sweeps = self._sweeps or note.order == "forget"

    def _take_verdict(self, note: VerdictNote, counts: Counts) -> None:
        """A person decided: the detector's finding closes and its test begins anew."""
        detector = self._book.detector_of(note.row_key, note.finding_id)
        place = self._rows.find(note.row_key)
        if detector is None or place is None:
            counts["verdict", "unknown_finding"] += 1
            return
        table, slot = place
        least_known = self.policies.in_queue(self._rows.queue_of(note.row_key).name).least_known
        kernel.begin_episode(table.rows, slot, detector, least_known, note.log_ms)
        self._book.close(note.row_key, detector, "verdict", note.log_ms, counts)
        counts["verdict", "applied"] += 1
        counts["finding_" + note.verdict, DETECTOR_NAMES[detector]] += 1
