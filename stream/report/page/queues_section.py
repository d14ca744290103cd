"""What stands beside each queue's measures: copying, suspect known answers, its level and what moved it."""

from collections.abc import Sequence

from stream.report.page.markup import Content, Markup, element
from stream.report.page.tables import NUMBER, SENTENCE, Column, table
from stream.report.wording import UNKNOWN, counted, day, percent, plain
from stream.stages.queue_told import QueueTold

SHOWN_MAX = 40  # suspect known answers; report.json has more

_COLUMNS = (
    Column("queue"),
    Column("copying", SENTENCE),
    Column("known answers", NUMBER),
    Column("in doubt", NUMBER),
    Column("level", NUMBER),
    Column("shift of the level", SENTENCE),
    Column("last 24 hours", SENTENCE),
)


def queues_section(queues: Sequence[QueueTold]) -> Markup:
    """A row for each queue, and the known answers that somebody should look at."""
    told = (
        "Nothing here is about a single rater. A known answer in doubt may be wrong, may have two defensible readings, "
        "or may be misleading: the answers on the item cannot tell these apart. A shift is told where the level of a "
        "queue at rest would show as much less than once a year."
    )
    rows = [_row(one) for one in queues]
    return element(
        "section",
        element("h2", "Queues"),
        element("p", told),
        table("What could be told, and what moved", _COLUMNS, rows) if rows else element("p", "No queue was read."),
        _suspects(queues),
    )


def _row(told: QueueTold) -> list[Content]:
    return [
        told.queue,
        told.copying.sentence.text,
        plain(told.known_items),
        plain(told.suspect_known_items),
        percent(told.level),
        _shift(told),
        told.change.sentence.text if told.change else UNKNOWN,
    ]


def _shift(told: QueueTold) -> str:
    if told.shift is None:
        return UNKNOWN if told.level is None else "stands still"
    return f"{told.shift.sentence.text} Since about {day(told.shift.since_ms)} UTC."


def _suspects(queues: Sequence[QueueTold]) -> Markup | None:
    found = [(told.queue, item) for told in queues for item in told.suspects]
    if not found:
        return None
    columns = (
        Column("queue"),
        Column("item"),
        Column("wrong with", NUMBER),
        Column("what speaks against it", SENTENCE),
    )
    rows: list[list[Content]] = [
        [queue, item.item_id, percent(item.probability), item.sentence.text] for queue, item in found[:SHOWN_MAX]
    ]
    more = len(found) - SHOWN_MAX
    note = element("p", f"{counted(more, 'more item')} stand in report.json.", class_="note") if more > 0 else None
    return element("div", table("Known answers that somebody should look at", columns, rows), note)
