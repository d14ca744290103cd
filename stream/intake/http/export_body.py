"""A tool's export as a body: read by the readers that backtest and replay use, in memory, never on a disk."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from stream.errors import InputError
from stream.events import Event, Gold, Judgment
from stream.intake.files import EventFile
from stream.intake.http.admit import Sent, Turned, admit
from stream.intake.http.records import too_many
from stream.intake.http.refusal import EdgeReason, Problem
from stream.intake.http.tokens import Token
from stream.intake.opening import GZIP_MAGIC
from stream.intake.parse import DEPTH_MAX, Parsed, is_deep
from stream.intake.table import Reading


def read_export(
    body: bytes, reading: Reading, token: Token, most: int, notes: Counter[str]
) -> list[tuple[str, Sent | Turned]]:
    """(place, record) of each judgment and known answer. Raises Problem (413, 415, 422) naming the place."""
    if body[:4] in _UNBOUNDED or body[:2] == GZIP_MAGIC:
        # What is packed within the body may unpack to any size; Content-Encoding is bounded.
        raise Problem(415, "send the export as JSON, CSV or XML, packed by Content-Encoding only")
    if body.lstrip(_BLANK)[:1] in {b"[", b"{"} and is_deep(body):
        # The parser of arrays remembers the whole way to each level, which adds up to gigabytes.
        raise Problem(422, f"the export nests deeper than {DEPTH_MAX} levels, which no tool writes")
    with _in_memory(body) as path:
        file = EventFile(path, reading)
        try:
            events = list(islice(file, most + 1))
        except InputError as error:
            raise Problem(422, _for_http(str(error).removeprefix(f"{path}: "))) from None
        except _STUMBLES:
            raise Problem(422, "the export cannot be read: it is not as the tool writes it; export it again") from None
        if file.export is not None:
            notes.update(file.export.noted)
            notes.update({f"left out: {what}": times for what, times in file.export.left_out.items()})
    if len(events) > most:
        raise too_many(most)
    return [
        (f"judgment {number}", _admitted(event, number, token, notes, has_clock=file.has_clock))
        for number, event in enumerate(events, 1)
    ]


def reading_of(
    token: Token, file_format: str, queue: str | None, question: str | None, set_queues: frozenset[str]
) -> Reading:
    """How to read the export. Raises Problem (422) where nobody says which queue it is of."""
    queue = queue or token.only_queue
    if queue is None:
        raise Problem(422, "say which queue the export is of: ?queue=NAME")
    return Reading(
        columns=token.settings.columns,
        set_queues=set_queues,
        pseudonym=token.pseudonym,
        queue=queue,
        vendor=token.vendor or "unknown",
        format=file_format,
        question=question or token.settings.question,
        time_zone=token.zone,
    )


def _admitted(event: Event, number: int, token: Token, notes: Counter[str], *, has_clock: bool) -> Sent | Turned:
    if isinstance(event, Judgment | Gold) and not has_clock:
        return Turned(EdgeReason.NO_TIME, EdgeReason.NO_TIME.advice)
    # What a file leaves out is numbered through, which tells a judgment from no other of the next file.
    if isinstance(event, Judgment) and event.judgment_id == f"row-{number}":
        return Turned(EdgeReason.NO_ID, EdgeReason.NO_ID.advice)
    return admit(Parsed(event, has_unknown_fields=False), token, notes)


def _for_http(message: str) -> str:
    """Readers name the options of a command line."""
    for option, here in _HERE.items():
        message = message.replace(option, here)
    return message


# Encodings that nobody has, nesting without end, and whatever else a parser does not expect of a file.
_STUMBLES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, csv.Error)
_BLANK = b"\xef\xbb\xbf \t\r\n"
_UNBOUNDED = {b"PAR1", b"PK\x03\x04"}
_HERE = {
    "with --time-zone, such as --time-zone UTC": "with time_zone of the token",
    "--question": "?question=NAME",
    "--format": "?format=",
}


@contextmanager
def _in_memory(body: bytes) -> Iterator[str]:
    """A path to the bytes: they may hold raw ids of people, which no disk is to see."""
    descriptor = os.memfd_create("export")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(body)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
