"""What both stages must come to, written down a second time: plain Python over sets of events, at the end, in one go.

No code is shared with the engine but w(x, y). The log decides only who came first where that matters: duplicates,
revisions, an item's first eight labels, a rater's vendor, and which items are forgotten.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import xxhash

from stream.quality.agreement import weight
from stream.quality.compiled import plain
from stream.quality.schema import UNIT, Column, Kind

INLINE = -1
PEERS_MAX = 8
w = plain(weight)

Event = Mapping[str, Any]


class Queue(NamedTuple):
    """A queue's settings."""

    kind: Kind
    labels: tuple[str, ...]

    def code(self, label: Any) -> int:
        if self.kind == Kind.SET:
            return sum(1 << self.labels.index(member) for member in set(label))
        return self.labels.index(label) if label in self.labels else 31


class RowName(NamedTuple):
    """A row of stage 2. A queue's group has no rater and no vendor, a vendor's has no rater."""

    queue: str
    rater: str = ""
    vendor: str = ""
    training: bool = False


@dataclass
class Answer:
    """A judgment as its item knows it; `event` is the retraction of one that was taken back before it came."""

    event: Event
    rater: str
    standing: bool = True

    @property
    def answered(self) -> bool:
        return self.standing and self.event.get("outcome", "answered") == "answered"


@dataclass
class Item:
    """An item's answers in order of arrival, and what is known of it."""

    queue: str
    answers: dict[str, Answer] = field(default_factory=dict)
    generation: int = 0
    gold: tuple[int, Any, str | None] | None = None  # (revision, label or None when withdrawn, guideline)
    adjudication: tuple[int, Any, bool] | None = None  # (revision, label or None, random)

    @property
    def kept(self) -> bool:
        return self.gold is not None or self.adjudication is not None


@dataclass
class Scored:
    """One judgment with what it adds to its rater's columns in the end."""

    row: RowName
    event: Event
    columns: Counter[Column]


class Oracle:
    """Takes events in the order of the log; `judgments()` is what then stands."""

    def __init__(self, queues: Mapping[str, Queue], horizon_ms: int, kept_limit: int = 100_000) -> None:
        self.queues, self.horizon_ms, self.kept_limit = queues, horizon_ms, kept_limit
        self.items: dict[tuple[str, str], Item] = {}
        self.vendors: dict[RowName, str] = {}
        self.forgotten: list[Scored] = []
        self.generation = 0

    def take(self, log_ms: int, event: Event) -> None:
        if event.get("type") == "verdict":
            return  # changes which findings are open, and no column
        self.generation = max(self.generation, log_ms // self.horizon_ms)
        name = (event["queue"], event["item_id"])
        item = self.items.get(name)
        if item and not item.kept and item.generation < self.generation - 1:
            self.forgotten += self._scored(item)
            item = None
        if item is None:
            item = self.items[name] = Item(event["queue"])
        item.generation = self.generation
        getattr(self, "_" + event.get("type", "judgment"))(item, event)

    def judgments(self) -> list[Scored]:
        return [*self.forgotten, *(scored for item in self.items.values() for scored in self._scored(item))]

    def _judgment(self, item: Item, event: Event) -> None:
        self._inline(item, event)
        known = item.answers.get(event["judgment_id"])
        if known is None:
            item.answers[event["judgment_id"]] = Answer(event, event["rater_id"])
        elif known.rater != event["rater_id"] or not known.standing:
            return
        elif event.get("revision", 0) > known.event.get("revision", 0):
            known.event = event
        else:
            return
        self.vendors.setdefault(row_of(event), event["vendor"])

    def _inline(self, item: Item, event: Event) -> None:
        label, guideline = event.get("gold"), event.get("guideline")
        if label is None or self.queues[item.queue].code(label) == 31 or self._beyond_limit(item):
            return
        if item.gold is None:
            item.gold = (INLINE, label, guideline)
        elif item.gold[0] == INLINE and self._same(item, item.gold[1], label) and item.gold[2] != guideline:
            item.gold = (INLINE, label, None)

    def _same(self, item: Item, one: Any, other: Any) -> bool:
        queue = self.queues[item.queue]
        return queue.code(one) == queue.code(other)

    def _gold(self, item: Item, event: Event) -> None:
        if self._beyond_limit(item):
            return
        if item.gold is None or event["revision"] > item.gold[0]:
            item.gold = (event["revision"], event["label"], event.get("guideline"))

    def _adjudication(self, item: Item, event: Event) -> None:
        if self._beyond_limit(item):
            return
        if item.adjudication is None or event["revision"] > item.adjudication[0]:
            item.adjudication = (event["revision"], event["label"], event["sampling"] == "random")

    def _beyond_limit(self, item: Item) -> bool:
        return not item.kept and sum(other.kept for other in self.items.values()) >= self.kept_limit

    def _retraction(self, item: Item, event: Event) -> None:
        known = item.answers.get(event["judgment_id"])
        if known is None:
            if item.answers or item.kept:  # else it may be an expired item: refused
                item.answers[event["judgment_id"]] = Answer(event, event["rater_id"], standing=False)
        elif known.rater == event["rater_id"]:
            known.standing = False

    def _scored(self, item: Item) -> list[Scored]:
        answers = [answer for answer in item.answers.values() if answer.standing]
        groups: dict[tuple[str | None, bool], list[Answer]] = defaultdict(list)
        for answer in answers:
            if answer.answered:
                groups[answer.event.get("guideline"), row_of(answer.event).training].append(answer)
        firsts = {id(answer): own_first(answer, group) for group in groups.values() for answer in group}
        scored = []
        for answer in answers:
            columns = plain_columns(answer.event)
            if answer.answered:
                group = groups[answer.event.get("guideline"), row_of(answer.event).training]
                columns += self._peer_columns(item, answer, group, firsts)
                columns += self._known_columns(item, answer)
            scored.append(Scored(row_of(answer.event), answer.event, columns))
        return scored

    def _peer_columns(
        self, item: Item, answer: Answer, group: list[Answer], firsts: Mapping[int, Answer]
    ) -> Counter[Column]:
        if firsts[id(answer)] is not answer:
            same = self._w(item, answer.event["label"], firsts[id(answer)].event["label"])
            return Counter({Column.REPEATS: 1, Column.REPEATS_SAME: same})
        peers = [other for other in group if firsts[id(other)] is other][:PEERS_MAX]
        shares = [self._w(item, answer.event["label"], other.event["label"]) for other in peers if other is not answer]
        if not shares:
            return Counter()
        mean = (sum(shares) + len(shares) // 2) // len(shares)
        return Counter({Column.SCORED: 1, Column.PEERS: len(shares), Column.AGREEMENT: mean})

    def _known_columns(self, item: Item, answer: Answer) -> Counter[Column]:
        columns: Counter[Column] = Counter()
        audited = item.adjudication is not None and item.adjudication[1] is not None
        if item.gold and item.gold[1] is not None and item.gold[2] in (None, answer.event.get("guideline")):
            truth = item.adjudication[1] if audited and item.adjudication else item.gold[1]
            columns += Counter({Column.GOLD_SEEN: 1, Column.GOLD_RIGHT: self._w(item, answer.event["label"], truth)})
        if audited and item.adjudication:
            over = UNIT - self._w(item, answer.event["label"], item.adjudication[1])
            columns += Counter({Column.AUDITED: 1, Column.OVERTURNED: over})
            if item.adjudication[2]:
                columns += Counter({Column.AUDITED_RANDOM: 1, Column.OVERTURNED_RANDOM: over})
        return columns

    def _w(self, item: Item, one: Any, other: Any) -> int:
        queue = self.queues[item.queue]
        return w(int(queue.kind), len(queue.labels), queue.code(one), queue.code(other))


def row_of(event: Event) -> RowName:
    return RowName(event["queue"], event["rater_id"], training=event.get("stage") == "training")


def own_first(answer: Answer, group: Iterable[Answer]) -> Answer:
    mine = [other for other in group if other.rater == answer.rater]
    return min(mine, key=lambda other: rank(other.event))


def rank(event: Event) -> tuple[int, int]:
    return event["submitted_at"], xxhash.xxh3_64_intdigest(event["judgment_id"].encode())


def plain_columns(event: Event) -> Counter[Column]:
    columns: Counter[Column] = Counter()
    outcome, duration_ms = event.get("outcome", "answered"), event.get("duration_ms")
    if duration_ms is not None:
        columns[Column["EXPOSURE_" + event.get("sensitivity", "none").upper() + "_MS"]] = duration_ms
    if "cost" in event:
        columns[Column.COSTED], columns[Column.COST_MICRO] = 1, round(float(event["cost"]) * 1e6)
    columns[{"answered": Column.JUDGMENTS, "skipped": Column.SKIPPED, "escalated": Column.ESCALATED}[outcome]] = 1
    if duration_ms is not None and outcome == "answered":
        log_time = math.log(max(duration_ms, 1))
        columns[Column.TIMED] = 1
        columns[Column.LOG_TIME] = int(log_time * UNIT + 0.5)
        columns[Column.LOG_TIME_SQUARED] = int(log_time * log_time * UNIT + 0.5)
    return columns
