"""A body of our own records, cut into them: a JSON array, one object, or an object a line."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from stream.intake.http.refusal import Problem

JSON: Final = "application/json"
LINES: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


class Raw(NamedTuple):
    """A record's bytes, and where it stands: "line 3", "record 3"."""

    place: str
    value: bytes


def records_of(body: bytes, content_type: str, most: int) -> list[Raw]:
    """The records in their order, not yet decoded. Raises Problem (400, 413, 415)."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (JSON, *LINES):
        raise Problem(415, f"Content-Type is {JSON} or {LINES[0]}; a tool's export needs ?format= too")
    found = _lines(body, most) if kind in LINES else _array(body)
    if not found:
        raise Problem(400, "the body holds no records; send at least one")
    if len(found) > most:
        raise too_many(most)
    return found


def too_many(most: int) -> Problem:
    """More records than are taken at once."""
    return Problem(413, f"the body holds more than {most:,} records; send fewer at once")


def _lines(body: bytes, most: int) -> list[Raw]:
    if body.count(b"\n") > 2 * most:  # empty lines are no records, but they are not free
        raise too_many(most)
    lines: Sequence[bytes] = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [Raw(f"line {number}", line) for number, line in enumerate(lines, 1) if line and not line.isspace()]


def _array(body: bytes) -> list[Raw]:
    if body[:64].lstrip()[:1] == b"{":
        return [Raw("record 1", body)]
    try:
        values = _split(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON array; send one, or an object a line as application/x-ndjson") from None
    return [Raw(f"record {number}", bytes(value)) for number, value in enumerate(values, 1)]


_split: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
