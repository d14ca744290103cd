"""What `raterwatch queue` says of a queue beside its numbers: a line for each thing that is known, or why it is not."""

from collections.abc import Iterator

from stream.commands.words import moment, percent
from stream.stages.queue_told import QueueTold

_NAMED = 3  # suspect known answers; --json has more


def queue_notes(told: QueueTold) -> Iterator[str]:
    """Copying, known answers, the level and its changes."""
    yield f"copying: {told.copying.sentence.text}"
    yield from _known_answers(told)
    yield f"level: {_level(told)}"
    if told.change is not None:
        low, high = (f"{100 * end:+.1f}" for end in (told.change.within_low, told.change.within_high))
        yield f"agreement: {told.change.sentence.text} (their own part {low} to {high})"


def _known_answers(told: QueueTold) -> Iterator[str]:
    if told.known_items is None:
        yield "known answers: labels are sets, which have no votes: unknown whether any is in doubt"
        return
    yield f"known answers: {told.known_items:,} items, {told.suspect_known_items:,} in doubt"
    for item in told.suspects[:_NAMED]:
        yield f"  · {item.item_id}: {item.sentence.text} (wrong with {percent(item.probability)})"


def _level(told: QueueTold) -> str:
    if told.known_items is None:
        return "unknown where labels are sets"
    if told.level is None:
        return "not known yet: it takes three days of hours with ten weighed answers each"
    shift = told.shift
    if shift is None:
        return f"{percent(told.level)} mean belief in the answers, and it stands still"
    rarity = f"a queue at rest shows as much once in {shift.usual_every_hours:,.0f} hours"
    return f"{shift.sentence.text} Since about {moment(shift.since_ms)} UTC; {rarity}"
