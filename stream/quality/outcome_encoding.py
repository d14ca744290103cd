"""What a shard owes to stage 2, as messages: each says what it covers and where the one before it ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from stream.quality.item_rows import Outcomes
from stream.quality.outcome_cuts import Cuts, cut
from stream.quality.outcome_message import (
    AFTER_ALL,
    Note,
    OutcomeMessage,
    Place,
    QueueInfo,
    VerdictNote,
)
from stream.quality.profile import Profile
from stream.quality.schema import SCHEMA_VERSION

_MOST_BYTES = 4  # of a character in UTF-8


class Owed(NamedTuple):
    """Outcomes in the order of the log, the lists that they refer to, and what travels between them."""

    outcomes: Outcomes
    profiles: Sequence[Profile]
    item_ids: Sequence[str]
    queues: Sequence[QueueInfo]
    verdicts: Mapping[int, Sequence[VerdictNote]]  # by destination
    notes: Sequence[Note]  # for every destination


class _Part(NamedTuple):
    """One message's share of the cuts, as `Cuts.messages` has it, with the places of its first and last outcome."""

    rows: slice
    meetings: slice
    used: tuple[slice, slice, slice]
    places: tuple[Place, ...]


def encode_owed(source: int, owed: Owed, sent: np.ndarray) -> list[tuple[int, bytes]]:
    """(destination, message) of everything owed, a destination after another.

    `sent` int64[destinations, 2] says where each destination's last message ended, and says so again afterwards.
    """
    sizes = _MOST_BYTES * np.fromiter(map(len, owed.item_ids), "i8", len(owed.item_ids))
    longest = max(len(owed.item_ids), len(owed.profiles), len(owed.queues), 1)
    cuts = cut(owed.outcomes, len(sent), sizes, longest)
    parts = _parts_by_destination(cuts)
    concerned = range(len(sent)) if owed.notes else sorted({*parts, *owed.verdicts})
    used = [numbers.tolist() for numbers in cuts.used[:, : int(cuts.messages[-1, 6::2].max()) if len(parts) else 0]]
    messages = []
    for destination in concerned:
        previous = Place(*sent[destination].tolist())
        verdicts = owed.verdicts.get(destination, ())
        for part, ruled, news in _with_notes(parts.get(destination, [_NOTHING]), verdicts, owed.notes):
            places = [*part.places, *(Place(note.offset, 0) for note in ruled)]
            places += [Place(note.offset, AFTER_ALL) for note in news]
            profiles, item_ids, queues = (numbers[mine] for numbers, mine in zip(used, part.used, strict=True))
            message = OutcomeMessage(
                SCHEMA_VERSION,
                source,
                min(places),
                max(places),
                previous,
                [owed.queues[at] for at in queues],
                [owed.profiles[at] for at in profiles],
                [owed.item_ids[at] for at in item_ids],
                ruled,
                news,
                cuts.rows[part.rows].tobytes(),
                cuts.meetings[part.meetings].tobytes(),
            )
            messages.append((destination, msgspec.msgpack.encode(message)))
            previous = message.last
        sent[destination] = previous
    return messages


_NOWHERE = slice(0, 0)
_NOTHING = _Part(_NOWHERE, _NOWHERE, (_NOWHERE, _NOWHERE, _NOWHERE), ())


def _parts_by_destination(cuts: Cuts) -> dict[int, list[_Part]]:
    bounds = cuts.messages
    offsets, numbers = cuts.rows["offset"], cuts.rows["part"]
    firsts, lasts = (
        zip(offsets[at].tolist(), numbers[at].tolist(), strict=True) for at in (bounds[:, 1], bounds[:, 2] - 1)
    )
    parts: dict[int, list[_Part]] = {}
    for (destination, *b), first, last in zip(bounds.tolist(), firsts, lasts, strict=True):
        used = (slice(b[4], b[5]), slice(b[6], b[7]), slice(b[8], b[9]))
        part = _Part(slice(b[0], b[1]), slice(b[2], b[3]), used, (Place(*first), Place(*last)))
        parts.setdefault(destination, []).append(part)
    return parts


def _with_notes(
    parts: Sequence[_Part], verdicts: Sequence[VerdictNote], notes: Sequence[Note]
) -> Iterator[tuple[_Part, list[VerdictNote], list[Note]]]:
    """Each part with the notes that come before the next part's first outcome."""
    for at, part in enumerate(parts):
        if not verdicts and not notes:
            yield part, [], []
            continue
        after = part.places[0].offset if at else -1
        until = parts[at + 1].places[0].offset if at + 1 < len(parts) else None
        ruled = [note for note in verdicts if after <= note.offset and (until is None or note.offset < until)]
        news = [note for note in notes if after <= note.offset and (until is None or note.offset < until)]
        yield part, ruled, news
