"""Bytes of one record to an event, or the reason why not. Nothing that a producer can send raises here."""

import re
from typing import Final, NamedTuple

import msgspec

from stream.events import EVENT_TYPES, Event, Judgment
from stream.intake.reasons import Reason

VALUE_BYTES_MAX: Final = 64 * 1024
CONTROL_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 32


class Parsed(NamedTuple):
    """An event, and whether the sender gave fields that nobody here knows."""

    event: Event
    has_unknown_fields: bool


class Problem(NamedTuple):
    """Why the bytes are no event; `detail` names the field and never repeats an identifier."""

    reason: Reason
    detail: str


def parse(value: bytes | None) -> Parsed | Problem:
    """The event in a record's value."""
    if value and len(value) <= VALUE_BYTES_MAX:
        try:
            return Parsed(read_plain_judgment(value), has_unknown_fields=False)
        except ValueError:
            pass  # not the usual case: the careful way tells which
    return parse_unusual(value)


class _PlainJudgment(Judgment, frozen=True, gc=False, forbid_unknown_fields=True):
    """Refuses unknown fields at the first one, so that the quick look never descends into what it does not know."""


read_plain_judgment: Final = msgspec.json.Decoder(_PlainJudgment).decode  # raises ValueError for all else


def parse_unusual(value: bytes | None) -> Parsed | Problem:
    """The event in a value that is no plain judgment: other events, further fields, and everything that is wrong."""
    if not value:
        return Problem(Reason.MALFORMED_JSON, "the value is empty")
    # Only the deployment itself can sign a control record, and it may be larger.
    limit = CONTROL_BYTES_MAX if value.startswith(b'{"type":"control"') else VALUE_BYTES_MAX
    if len(value) > limit:
        return Problem(Reason.TOO_LARGE, f"{len(value)} bytes, allowed are {limit}")
    # Checked before any decoder recurses, for how deep that may go depends on the stack and not on the log.
    if is_deep(value):
        return Problem(Reason.TOO_DEEP, f"more than {DEPTH_MAX} levels")
    try:
        return Parsed(_read_judgment(value), has_unknown_fields=True)
    except ValueError:
        return _tell_apart(value)


_read_judgment = msgspec.json.Decoder(Judgment).decode


def _tell_apart(value: bytes) -> Parsed | Problem:
    try:
        tree = msgspec.json.decode(value)
    except msgspec.ValidationError as error:
        return Problem(Reason.OUT_OF_BOUNDS, str(error))
    except ValueError as error:
        return Problem(Reason.MALFORMED_JSON, str(error))
    if not isinstance(tree, dict):
        return Problem(Reason.WRONG_TYPE, "the value is not an object")
    name = tree.get("type", "judgment")
    if not isinstance(name, str):
        return Problem(Reason.WRONG_TYPE, "`type` is not a text")
    if name not in _DECODERS:
        return Problem(Reason.UNKNOWN_TYPE, f"`type` is none of {', '.join(EVENT_TYPES)}")
    try:
        event = _DECODERS[name].decode(value)
    except msgspec.ValidationError as error:
        return Problem(_reason(str(error)), str(error))
    except ValueError as error:
        return Problem(Reason.MALFORMED_JSON, str(error))
    return Parsed(event, has_unknown_fields=not tree.keys() <= {"type", *event.__struct_fields__})


def _reason(message: str) -> Reason:
    """The decoder tells apart by its messages alone; the tests pin each of these."""
    if message.startswith("Object missing required field"):
        return Reason.MISSING_FIELD
    if "`str` of length >= 1 " in message and not _MAY_BE_SHORT.search(message):
        return Reason.EMPTY_ID
    return Reason.OUT_OF_BOUNDS if _BOUND.search(message) else Reason.WRONG_TYPE


_DECODERS: dict[str, msgspec.json.Decoder[Event]] = {
    name: msgspec.json.Decoder(kind) for name, kind in EVENT_TYPES.items()
}
_BOUND = re.compile(r"of length [<>]=|` [<>]=? |Invalid enum value|out of range")
_MAY_BE_SHORT = re.compile(r"`\$\.(label|gold|suggested_label|cost)\b")
# A string that nothing ends goes to the end: else each of its quotes would be tried as a beginning, for a minute.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")


def is_deep(value: bytes) -> bool:
    """Whether JSON nests deeper than DEPTH_MAX levels; takes time in proportion to its length."""
    if value.count(b"[") + value.count(b"{") <= DEPTH_MAX:
        return False
    depth = 0
    for bracket in _NOT_BRACKETS.sub(b"", _STRINGS.sub(b"", value)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH_MAX:
            return True
    return False
