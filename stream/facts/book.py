"""What was read since the last commit, and what the next one makes of it. Knows no server and no clock.

The rule is stage 2's: of each source partition the last (source offset, part) that was applied stands beside the rows;
what is at or below it is dropped, an overlap is trimmed, a gap is an error.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from stream.errors import StateError
from stream.facts.derive import daily_changes
from stream.facts.erasing import rater_hash, token
from stream.facts.pending import Pending
from stream.facts.port import Commit, Row
from stream.facts.records import finding_row, label_row
from stream.facts.standing import Standing, TopicPlace
from stream.quality.outcome_message import PersonNote
from stream.stages.port import SourceRecord
from stream.stages.raters_work import read_work

_log = logging.getLogger(__name__)
_REMEMBERED_MS = 400 * 86_400_000  # longer than a topic of findings can bring a finding of somebody forgotten


class Book:
    """Begins at a standing whose `topics` and `applied` are complete. `declared` are time zones by queue."""

    def __init__(self, standing: Standing, declared: Mapping[str, str], *, outcomes: str, findings: str) -> None:
        self._before = standing
        self._outcomes, self._findings = outcomes, findings
        self._declared, self._zones = declared, dict(standing.zones)
        self._offsets = {name: list(place.offsets) for name, place in standing.topics.items()}
        self._applied = [np.array(applied, "i8").reshape(-1, 2) for applied in standing.applied]
        self._followed_ms = list(standing.followed_ms) or [0] * len(self._applied)
        self._leaving = {rater: set(words) for rater, words in standing.leaving.items()}
        self._tokens, self._erased = dict(standing.erased), list[int]()
        self._daily, self._rows = Pending(), {name: dict[tuple[object, ...], Row]() for name in ("finding", "label")}
        self.passed_over: Counter[str] = Counter()
        self.records = 0  # since the last commit

    @property
    def standing(self) -> Standing:
        """Of the last commit, or what it began with."""
        return self._before

    @property
    def waiting(self) -> int:
        """Rows that the next commit writes."""
        return len(self._daily) + sum(map(len, self._rows.values()))

    @property
    def offsets(self) -> Mapping[str, Sequence[int]]:
        """The next of each topic's partitions."""
        return self._offsets

    def take(self, topic: str, partition: int, records: Sequence[SourceRecord], end: int) -> None:
        """Takes what follows in a partition, up to `end`. Raises ShardHalted for a gap in what a source sent."""
        if records:
            if topic == self._outcomes:
                self._take_outcomes(partition, records)
            elif topic == self._findings:
                self._take_rows("finding", ("id", "version"), finding_row, records)
            else:
                self._take_rows("label", ("queue", "item_id", "revision", "at"), label_row, records)
        self._offsets[topic][partition] = max(end, self._offsets[topic][partition])
        self.records += len(records)

    def take_commit(self) -> Commit:
        """Everything since the last one."""
        topics = self._before.topics
        self._before = msgspec.structs.replace(
            self._before,
            number=self._before.number + 1,
            topics={name: TopicPlace(topics[name].topic_id, list(offsets)) for name, offsets in self._offsets.items()},
            applied=[[(int(offset), int(part)) for offset, part in applied] for applied in self._applied],
            followed_ms=list(self._followed_ms),
            zones=dict(self._zones),
            leaving={rater: sorted(words) for rater, words in self._leaving.items()},
            erased=dict(self._tokens),
        )
        findings = [row for row in self._rows["finding"].values() if not self._is_erased(row["rater_id"])]
        commit = Commit(self._before, self._daily.take(), findings, list(self._rows["label"].values()), self._erased)
        self._erased, self.records = [], 0
        self._rows = {name: {} for name in self._rows}
        return commit

    def take_passed_over(self) -> Mapping[str, int]:
        """Outcomes and rows that were passed over since the last call, by why."""
        passed, self.passed_over = self.passed_over, Counter()
        return passed

    def begin_at(self, standing: Standing) -> None:
        """Somebody's else than `take_commit`'s standing was stored: rows were pruned."""
        self._before = standing

    def _take_outcomes(self, partition: int, records: Sequence[SourceRecord]) -> None:
        shard = f"{self._outcomes}:{partition}"
        work = read_work(shard, records, self._applied[partition], accept_first=self._before.accept_first)
        derived = daily_changes(work, self._zone_of, self._before.first_day)
        for change in derived.changes:
            self._daily.add(change)
        self.passed_over["day_not_kept"] += derived.passed_over
        self._applied[partition] = work.applied
        self._followed_ms[partition] = records[-1].timestamp
        for _, note in work.notes:
            if isinstance(note, PersonNote) and note.order == "forget":
                self._hear(note, partition)

    def _take_rows(
        self,
        kind: str,
        key: Sequence[str],
        read: Callable[[bytes | None], Row | None],
        records: Sequence[SourceRecord],
    ) -> None:
        for record in records:
            row = read(record.value)
            if row is None:
                continue
            if row["day"] < self._before.first_day:
                self.passed_over["day_not_kept"] += 1
                continue
            self._rows[kind].setdefault(tuple(row[name] for name in key), row)

    def _hear(self, note: PersonNote, partition: int) -> None:
        """A rater is erased once every source has said so in every partition: nothing can follow then."""
        words = self._leaving.setdefault(note.rater, set())
        words.add((partition, note.source))
        if len(words) < sum(map(len, self._applied)):
            return
        del self._leaving[note.rater]
        self._erased.append(note.rater)
        oldest = note.log_ms - _REMEMBERED_MS
        self._tokens = {held: at_ms for held, at_ms in self._tokens.items() if at_ms > oldest}
        self._tokens[token(self._before.key, note.rater)] = note.log_ms

    def _is_erased(self, rater_id: str | None) -> bool:
        return rater_id is not None and token(self._before.key, rater_hash(rater_id)) in self._tokens

    def _zone_of(self, queue: str) -> str:
        declared = self._declared.get(queue, "UTC")
        zone = self._zones.setdefault(queue, declared)
        if zone != declared and queue in self._declared:
            self._declared = {name: of for name, of in self._declared.items() if name != queue}
            _log.warning("days of queue %s stay in %s, in which they began; %s would move them", queue, zone, declared)
        return zone


def check_place(standing: Standing, topic: str, topic_id: str, partitions: int) -> None:
    """Raises StateError when the facts were written from another topic than this one."""
    place = standing.topics.get(topic)
    if place and (place.topic_id != topic_id or len(place.offsets) != partitions):
        raise StateError(
            f"the facts were written from another topic {topic} than there is now (it was made anew, or has another "
            "number of partitions): point to a new store, or say `raterwatch facts restart` to go on with this topic"
        )
