"""What both stages must come to, written down a second time: plain Python over sets of events, at the end, in one go.

No code is shared with the engine but w(x, y). The log decides only who came first where that matters: duplicates,
revisions, an item's first eight labels, a rater's vendor, and which items are forgotten.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    unsent: bool = False  # came while its rater was restricted: stage 2 never hears of it
    last_sent: Counter[Column] | None = None  # what stage 2 goes on to think of it while its rater is restricted
    nameless: bool = False  # its rater is forgotten; `last_sent` stays with vendor and queue

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
    nameless: bool = False  # counts for vendor and queue only


class Oracle:
    """Takes events in the order of the log; `judgments()` is what then stands."""

    def __init__(self, queues: Mapping[str, Queue], horizon_ms: int, kept_limit: int = 100_000) -> None:
        self.queues, self.horizon_ms, self.kept_limit = queues, horizon_ms, kept_limit
        self.items: dict[tuple[str, str], Item] = {}
        self.vendors: dict[RowName, str] = {}
        self.expired: list[Scored] = []
        self.restricted: set[str] = set()
        self.forgotten: set[str] = set()
        self.generation = 0

    def take(self, log_ms: int, event: Event) -> None:
        if event.get("type") == "verdict":
            return  # changes which findings are open, and no column
        if event.get("type") == "control":
            self._obey(log_ms, *event["oracle"])
            return
        if event.get("rater_id") in self.forgotten:
            return
        self.generation = max(self.generation, log_ms // self.horizon_ms)
        name = (event["queue"], event["item_id"])
        item = self.items.get(name)
        if item and not item.kept and item.generation < self.generation - 1:
            self.expired += self._scored(item)
            item = None
        if item is None:
            item = self.items[name] = Item(event["queue"])
        item.generation = self.generation
        getattr(self, "_" + event.get("type", "judgment"))(item, event)

    def judgments(self) -> list[Scored]:
        return [*self.expired, *(scored for item in self.items.values() for scored in self._scored(item))]

    def _judgment(self, item: Item, event: Event) -> None:
        self._inline(item, event)
        known = item.answers.get(event["judgment_id"])
        if known is None:
            known = item.answers[event["judgment_id"]] = Answer(event, event["rater_id"])
        elif known.rater != event["rater_id"] or not known.standing:
            return
        elif event.get("revision", 0) > known.event.get("revision", 0):
            known.event, known.last_sent = event, None
        else:
            return
        known.unsent = known.rater in self.restricted
        if known.unsent:
            return
        self.vendors.setdefault(row_of(event), event["vendor"])

    def _obey(self, log_ms: int, rater: str, word: str) -> None:
        if rater in self.forgotten and word != "forget":
            return
        items = list(self.items.values())
        if word != "release":
            for item in items:
                for answer, scored in self._theirs(item, rater):
                    answer.last_sent = scored.columns
        if word == "restrict":
            self.restricted.add(rater)
        elif word == "forget":
            self.restricted.discard(rater)
            self.forgotten.add(rater)
            for item in items:
                item.answers = {_unnamed(name, answer, rater): answer for name, answer in item.answers.items()}
            self.expired = [replace(one, nameless=one.nameless or one.row.rater == rater) for one in self.expired]
        else:
            self.restricted.discard(rater)
            self._release(log_ms, rater, items)

    def _release(self, log_ms: int, rater: str, items: Iterable[Item]) -> None:
        generation = max(self.generation, log_ms // self.horizon_ms)
        for item in items:
            mine = [
                answer for answer in item.answers.values() if answer.rater == rater and answer.last_sent is not None
            ]
            if mine and (item.kept or item.generation >= generation - 1):
                self.generation = item.generation = generation
                for answer in mine:
                    answer.last_sent = None

    def _theirs(self, item: Item, rater: str) -> list[tuple[Answer, Scored]]:
        """The rater's answers that stage 2 knows, with what it last heard of them."""
        by_event = {id(scored.event): scored for scored in self._scored(item)}
        mine = [answer for answer in item.answers.values() if answer.rater == rater and answer.standing]
        return [(answer, by_event[id(answer.event)]) for answer in mine if id(answer.event) in by_event]

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
            if answer.unsent:
                continue
            columns = plain_columns(answer.event)
            if answer.last_sent is not None:
                columns = answer.last_sent
            elif answer.answered:
                group = groups[answer.event.get("guideline"), row_of(answer.event).training]
                columns += self._peer_columns(item, answer, group, firsts)
                columns += self._known_columns(item, answer)
            scored.append(Scored(row_of(answer.event), answer.event, columns, answer.nameless))
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


def _unnamed(name: str, answer: Answer, rater: str) -> str:
    """Nobody finds the answer by its id any more; those of one person still belong together."""
    if answer.rater != rater:
        return name
    answer.rater, answer.nameless = f"nameless {rater}", True
    return f"nameless {name}"


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
