"""The files of a backtest or replay as one log of events, and the declaration of the queues they are about."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from stream.backtest.time_order import by_time
from stream.events import Adjudication, Event, Gold, Judgment, Verdict
from stream.intake.files import EventFile, known_answer
from stream.intake.moments import to_ms
from stream.intake.opening import Watch, unwatched
from stream.intake.queues import Settings
from stream.intake.readers.export import merged
from stream.intake.reasons import Reason
from stream.intake.survey import FileSurvey, QueueSurvey, declare, survey
from stream.intake.table import Reading
from stream.intake.table_reader import STEP_MS

# A file may be years old: the queues it brings along take judgments of any age.
HORIZON_DAYS = 36_500.0


@dataclass(frozen=True, slots=True)
class Sources:
    """Files read one after the other. Without `with_golds` known answers (golds and adjudications) are left out.

    With `in_time_order` they are read together, by the time of their events.
    """

    paths: tuple[str, ...]
    reading: Reading
    with_golds: bool = True
    in_time_order: bool = False

    def __iter__(self) -> Iterator[Event]:
        """All events in order; raises InputError naming file and line.

        Rows are numbered through: what a file leaves out, ids and times, goes on where the file before it ended.
        """
        events = self._events()
        return by_time(events, event_ms) if self.in_time_order else events

    def _events(self) -> Iterator[Event]:
        rows_before = 0
        for path in self.paths:
            file, rows = EventFile(path, self.reading), 0
            for event in file:
                if isinstance(event, Judgment):
                    rows += 1
                    if rows_before or not self.with_golds:
                        event = self._judgment(event, rows, rows_before, has_clock=file.has_clock)  # noqa: PLW2901
                    if event.rater_id != self.reading.known_answers_by or event.label is None:
                        yield event
                    elif self.with_golds:
                        yield known_answer(event)
                elif self.with_golds or not isinstance(event, Gold | Adjudication):
                    yield event
            rows_before += rows

    def _judgment(self, judgment: Judgment, row: int, rows_before: int, *, has_clock: bool) -> Judgment:
        if rows_before:
            judgment = _numbered_on(judgment, row, rows_before, has_clock=has_clock)
        if judgment.gold is not None and not self.with_golds:
            return msgspec.structs.replace(judgment, gold=None)
        return judgment


def survey_all(paths: Sequence[str], reading: Reading, watch: Watch = unwatched) -> FileSurvey:
    """What is in the files together; `watch` is told of the bytes that were read."""
    surveys = [survey(path, reading, watch) for path in paths]
    names = sorted({name for found in surveys for name in found.queues})
    filled = [found for found in surveys if found.judgments]
    return FileSurvey(
        judgments=sum(found.judgments for found in surveys),
        queues={name: _merged([found.queues[name] for found in surveys if name in found.queues]) for name in names},
        has_clock=all(found.has_clock for found in surveys),
        has_raw_raters=any(found.has_raw_raters for found in surveys),
        first_ms=min((found.first_ms for found in filled), default=0),
        last_ms=max((found.last_ms for found in filled), default=0),
        in_order=all(found.in_order for found in surveys),
        by_expert=sum(found.by_expert for found in surveys),
        exports=merged(export for found in surveys for export in found.exports),
    )


def reading_after(found: FileSurvey, reading: Reading) -> Reading:
    """How to read files that were looked through: a tool does not say which questions take several answers at once."""
    sets = frozenset(name for name, queue in found.queues.items() if queue.is_set) if found.exports else frozenset()
    return dataclasses.replace(reading, set_queues=reading.set_queues | sets)


def declare_queues(found: FileSurvey, settings: Settings | None = None) -> Settings:
    """The settings, with the files' own queues added where they declare none; those take judgments of any age.

    Who lists vendors refuses all others: a list stays as it is, and the files' vendors stand in their own queues.
    """
    settings = settings or Settings()
    declared = declare(found, settings).queues
    new = {
        name: msgspec.structs.replace(
            declared[name],
            horizon_days=HORIZON_DAYS,
            vendors=tuple(sorted(queue.vendors)) if settings.vendors else (),
        )
        for name, queue in found.queues.items()
        if name not in settings.queues
    }
    return msgspec.structs.replace(settings, queues=settings.queues | new)


def event_ms(event: Event) -> int:
    """When the event says it happened, in ms since the epoch; 0 when it names no point in time."""
    moment = event.submitted_at if isinstance(event, Judgment) else event.at
    if isinstance(moment, int):
        return moment
    found = to_ms(moment)
    return 0 if isinstance(found, Reason) else found


def key_of(event: Event) -> str:
    """The key that puts an event into its partition of `judgments`."""
    if isinstance(event, Judgment):
        return event.item_id
    return event.rater_id if isinstance(event, Verdict) else getattr(event, "item_id", "")


def _merged(queues: Sequence[QueueSurvey]) -> QueueSurvey:
    labels: Counter[str] = Counter()
    for queue in queues:
        labels.update(queue.labels)
    return QueueSurvey(
        labels,
        is_set=any(queue.is_set for queue in queues),
        vendors=frozenset().union(*(queue.vendors for queue in queues)),
        redundancy=max(queue.redundancy for queue in queues),
    )


def _numbered_on(judgment: Judgment, row: int, rows_before: int, *, has_clock: bool) -> Judgment:
    """Each file is numbered from 1 and, without a clock, timed from the same moment; two files must not collide."""
    if judgment.judgment_id == f"row-{row}":
        judgment = msgspec.structs.replace(judgment, judgment_id=f"row-{rows_before + row}")
    if not has_clock and isinstance(judgment.submitted_at, int):
        judgment = msgspec.structs.replace(judgment, submitted_at=judgment.submitted_at + rows_before * STEP_MS)
    return judgment
