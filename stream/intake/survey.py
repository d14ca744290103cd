"""What is in a file of judgments, found in one pass: for declaring queues that nobody declared."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from stream.events import Adjudication, Event, Gold, Judgment, Label
from stream.intake.files import EventFile
from stream.intake.item_sample import ItemSample
from stream.intake.moments import to_ms
from stream.intake.opening import Watch, unwatched
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.queues import QueueSettings, Settings, VendorSettings
from stream.intake.readers.export import Export
from stream.intake.reasons import Reason
from stream.intake.table import Reading
from stream.quality.schema import OTHER

DISTINCT_LABELS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class QueueSurvey:
    """One queue of a file."""

    labels: Mapping[str, int]  # how often each was given or known; members, where labels are sets
    is_set: bool
    vendors: frozenset[str]
    redundancy: int  # median judgments an item


@dataclass(frozen=True, slots=True)
class FileSurvey:
    """A whole file. Without a clock, times tell the order of the rows and nothing else."""

    judgments: int
    queues: Mapping[str, QueueSurvey]
    has_clock: bool
    has_raw_raters: bool  # some rater ids are no pseudonyms
    first_ms: int  # earliest and latest submitted_at; 0 without judgments
    last_ms: int
    in_order: bool  # submitted times never go down
    exports: tuple[Export, ...] = ()  # of the tools that files come from
    by_expert: int = 0  # judgments of the rater whose answers are the known ones


def survey(path: str, reading: Reading | None = None, watch: Watch = unwatched) -> FileSurvey:
    """Reads the file once, in bounded memory; raises InputError like reading it does."""
    file = EventFile(path, reading, watch)
    expert, found, by_expert = reading.known_answers_by if reading else None, _Found(), 0
    for event in file:
        found.add(event)
        if expert is not None and isinstance(event, Judgment) and event.rater_id == expert:
            by_expert += 1
    exports = () if file.export is None else (file.export,)
    return dataclasses.replace(found.survey(has_clock=file.has_clock), exports=exports, by_expert=by_expert)


def declare(found: FileSurvey, settings: Settings | None = None) -> Settings:
    """The settings, with nominal (or set) queues added for those of the file that they do not declare.

    A queue's labels are its 31 most frequent ones in alphabetical order; the others count as "other".
    """
    settings = settings or Settings()
    new = {name: queue for name, queue in found.queues.items() if name not in settings.queues}
    vendors = {vendor: VendorSettings() for queue in new.values() for vendor in sorted(queue.vendors)}
    return msgspec.structs.replace(
        settings,
        queues=settings.queues | {name: _declared(queue) for name, queue in new.items()},
        vendors=vendors | settings.vendors,
    )


def _declared(queue: QueueSurvey) -> QueueSettings:
    by_count = sorted(queue.labels, key=lambda label: (-queue.labels[label], label))
    return QueueSettings(
        labels=tuple(sorted(by_count[:OTHER])) or ("none",),
        kind="set" if queue.is_set else "nominal",
        redundancy=queue.redundancy,
    )


class _Queue:
    def __init__(self) -> None:
        self.labels: Counter[str] = Counter()
        self.vendors: set[str] = set()
        self.items = ItemSample()
        self.is_set = False

    def add_labels(self, labels: Iterable[Label | None]) -> None:
        for label in labels:
            if isinstance(label, list):
                self.is_set = True
                self.labels.update(label)
            elif label is not None:
                self.labels[str(label)] += 1
        if len(self.labels) > 2 * DISTINCT_LABELS_MAX:
            self.labels = Counter(dict(self.labels.most_common(DISTINCT_LABELS_MAX)))


class _Found:
    def __init__(self) -> None:
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)
        self._judgments, self._has_raw_raters, self._in_order = 0, False, True
        self._first_ms, self._last_ms, self._before_ms = 0, 0, 0

    def add(self, event: Event) -> None:
        if isinstance(event, Judgment):
            self._add_judgment(event)
        elif isinstance(event, Gold | Adjudication):
            self._queues[event.queue].add_labels([event.label])

    def _add_judgment(self, judgment: Judgment) -> None:
        queue = self._queues[judgment.queue]
        queue.add_labels((judgment.label, judgment.gold))
        queue.vendors.add(judgment.vendor)
        queue.items.add(judgment.item_id)
        self._has_raw_raters = self._has_raw_raters or not looks_like_pseudonym(judgment.rater_id)
        moment = judgment.submitted_at if isinstance(judgment.submitted_at, int) else to_ms(judgment.submitted_at)
        self._judgments += 1
        if not isinstance(moment, Reason):
            self._first_ms = min(self._first_ms or moment, moment)
            self._last_ms = max(self._last_ms, moment)
            self._in_order = self._in_order and moment >= self._before_ms
            self._before_ms = moment

    def survey(self, *, has_clock: bool) -> FileSurvey:
        queues = {
            name: QueueSurvey(dict(queue.labels), queue.is_set, frozenset(queue.vendors), queue.items.median())
            for name, queue in sorted(self._queues.items())
        }
        return FileSurvey(
            judgments=self._judgments,
            queues=queues,
            has_clock=has_clock,
            has_raw_raters=self._has_raw_raters,
            first_ms=self._first_ms,
            last_ms=self._last_ms,
            in_order=self._in_order,
        )
