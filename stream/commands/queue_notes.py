"""What `raterwatch queue` says of a queue beside its numbers: a line for each thing that is known, or why it is not."""

from collections.abc import Iterator

from stream.commands.queue_report import QueueReport
from stream.commands.words import moment, percent

_NAMED = 3  # suspect known answers; --json has more


def queue_notes(report: QueueReport) -> Iterator[str]:
    """Copying, known answers, the level and its changes."""
    yield f"copying: {report.copying.sentence.text}"
    yield from _known_answers(report)
    yield f"level: {_level(report)}"
    if report.change is not None:
        low, high = (f"{100 * end:+.1f}" for end in (report.change.within_low, report.change.within_high))
        yield f"agreement: {report.change.sentence.text} (their own part {low} to {high})"


def _known_answers(report: QueueReport) -> Iterator[str]:
    if report.known_items is None:
        yield "known answers: labels are sets, which have no votes: unknown whether any is suspect"
        return
    yield f"known answers: {report.known_items:,} items, {report.suspect_known_items:,} suspect"
    for item in report.suspects[:_NAMED]:
        yield f"  · {item.item_id}: {item.sentence.text} (wrong with {percent(item.probability)})"


def _level(report: QueueReport) -> str:
    if report.level is None:
        return "not known yet: it takes three days of hours with ten weighed answers each"
    shift = report.shift
    if shift is None:
        return f"{percent(report.level)} mean belief in the answers, and it stands still"
    rarity = f"a queue at rest shows as much once in {shift.usual_every_hours:,.0f} hours"
    return f"{shift.sentence.text} Since about {moment(shift.since_ms)} UTC; {rarity}"
