"""What orders about people do to the rows of a shard of stage 2.

Every source partition reads an order at its own place, and what it sent about the rater before that is still on its
way. So a rater is silent from the first source's word on (no finding opens, nothing is shown), and is erased at the
last one's, after which nobody can say anything more: what vendors and queues were counted does then not depend on which
source was faster.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from stream.quality.evidence_bytes import BLOCKS
from stream.quality.outcome_message import PersonNote
from stream.quality.partners import drop_partner
from stream.quality.policy import Detector
from stream.quality.rater_table import RowKey
from stream.quality.raters import begin_episode
from stream.quality.standing_bytes import partner_bytes
from stream.stages.finding_book import Counts, FindingBook
from stream.stages.policies import Policies
from stream.stages.rater_tables import RaterTables

WITHHELD_FIELD = b"withheld"  # in the board
_RATER_BYTES = 8
Fields = Mapping[str, Sequence[bytes]]


class Silent(msgspec.Struct, frozen=True, array_like=True):
    """Raters by key, of whom nothing is said for now."""

    leaving: dict[int, tuple[int, ...]] = {}  # to be forgotten: the source partitions that have said so
    restricted: dict[int, tuple[int, bool]] = {}  # (version of the last order, whether it restricts)

    @property
    def raters(self) -> frozenset[bytes]:
        """The first 8 bytes of their rows' keys."""
        restricted = [rater for rater, (_, stands) in self.restricted.items() if stands]
        return frozenset(map(_bytes_of, [*self.leaving, *restricted]))


class RaterWithholding:
    """Keeps silent about raters, and erases them. `wanted` are the rows to load before the batch is applied."""

    def __init__(self, tables: RaterTables, book: FindingBook, policies: Policies, sources: int) -> None:
        self.wanted: list[RowKey] = []
        self.raters: frozenset[bytes] = frozenset()  # the first 8 bytes of their rows' keys
        self._tables, self._book, self._policies, self._sources = tables, book, policies, sources
        self._silent = self._written = Silent()
        self._erased: dict[RowKey, None] = {}

    def restore(self, data: bytes) -> None:
        """Takes what the last commit left."""
        self._keep(msgspec.msgpack.decode(data, type=Silent))
        self._written = self._silent

    def sought(self, notes: Sequence[PersonNote]) -> list[bytes]:
        """What to look for among the raters' rows: those that met somebody whom the batch will erase."""
        sources = {rater: set(some) for rater, some in self._silent.leaving.items()}
        for note in notes:
            if note.order == "forget":
                sources.setdefault(note.rater, set()).add(note.source)
        going = [note.rater for note in notes if len(sources.get(note.rater, ())) == self._sources]
        self.wanted = [key for rater in dict.fromkeys(going) for key in (*self._own(rater), *self._copies_of(rater))]
        return [partner_bytes(rater) for rater in dict.fromkeys(going)]

    def found(self, keys: Sequence[RowKey]) -> None:
        """Takes the rows that may have met such a rater."""
        self.wanted += keys

    def is_silent(self, key: RowKey) -> bool:
        """Whether nothing is to be said about the rater of this row."""
        return key[:_RATER_BYTES] in self.raters

    def take(self, note: PersonNote, counts: Counts) -> bool:
        """What one source has read; answers whether the rater is erased now."""
        leaving, restricted = dict(self._silent.leaving), dict(self._silent.restricted)
        erased = False
        if note.order == "forget":
            self._book.erase(_bytes_of(note.rater), note.log_ms, counts)
            sources = tuple(sorted({*leaving.pop(note.rater, ()), note.source}))
            erased = len(sources) == self._sources
            if erased:
                self._erase(note, counts)
                restricted.pop(note.rater, None)
            else:
                leaving[note.rater] = sources
        elif note.version > restricted.get(note.rater, (0, False))[0]:
            restricted[note.rater] = note.version, note.order == "restrict"
        self._keep(Silent(leaving, restricted))
        return erased

    def take_changed(self) -> bytes | None:
        """What to store, when it changed since the last call; nothing at all when nobody is silent any more."""
        if self._silent == self._written:
            return None
        self._written = self._silent
        return msgspec.msgpack.encode(self._silent) if self._silent != Silent() else b""

    def take_erased(self) -> list[RowKey]:
        """Rows to remove since the last call."""
        erased, self._erased = list(self._erased), {}
        return erased

    def _keep(self, silent: Silent) -> None:
        self._silent, self.raters = silent, silent.raters

    def _erase(self, note: PersonNote, counts: Counts) -> None:
        for key in self._own(note.rater):
            self._erased[key] = None
            if place := self._tables.find(key):
                table, slot = place
                table.forget(slot)
        for key in self._copies_of(note.rater):
            self._end_copying(key, note, counts)
        for table in self._tables.by_width.values():
            for slot in drop_partner(note.rater, table.rows.partners):
                table.rows.dirty[slot] = 1

    def _end_copying(self, key: RowKey, note: PersonNote, counts: Counts) -> None:
        """Nobody could look any more at what such a finding rests on."""
        self._book.close(key, Detector.COPYING, "evidence_gone", note.log_ms, counts)
        if place := self._tables.find(key):
            table, slot = place
            least_known = self._policies.in_queue(self._tables.queue_of(key).name).least_known
            begin_episode(table.rows, slot, Detector.COPYING, least_known, note.log_ms)

    def _own(self, rater: int) -> Iterator[RowKey]:
        """The keys of all rows that the rater may have here."""
        for queue in self._tables.queues:
            yield from (_bytes_of(rater) + _bytes_of(key) for key in (queue, queue + 1))

    def _copies_of(self, rater: int) -> list[RowKey]:
        """Rows with an open finding that the answers are like this rater's."""
        name = _bytes_of(rater).hex()
        return [
            key
            for (key, detector), found in self._book.open.items()
            if detector == Detector.COPYING and found.partner == name
        ]


def evidence_fields(keys: Sequence[RowKey]) -> list[bytes]:
    """Where the latest judgments of these rows are stored."""
    return [key + bytes([block]) for key in keys for block in range(BLOCKS)]


def _bytes_of(key: int) -> bytes:
    return (key & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8, "little")
