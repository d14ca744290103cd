"""One record at the door: what its token lets it be, its times with a zone, its people under pseudonyms. Hot path."""

import re
from collections import Counter
from typing import Final, NamedTuple

import msgspec

from stream.events import Adjudication, Gold, Judgment, Retraction
from stream.intake.http.refusal import EdgeReason
from stream.intake.http.tokens import Token
from stream.intake.parse import Parsed, Problem, parse
from stream.intake.readers.clock import Clock
from stream.intake.readers.unreadable import Unreadable
from stream.intake.reasons import Reason

Sent = Judgment | Gold | Adjudication | Retraction  # verdicts and control records come from the deployment itself
UNKNOWN_FIELDS: Final = "records with fields that are not known, left out"

_NAIVE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?")
_QUOTED = re.compile(r"'.*'", re.DOTALL)
_replace = msgspec.structs.replace


class Turned(NamedTuple):
    """Why a record was turned away; `detail` repeats nothing of what stands in it."""

    reason: Reason | EdgeReason
    detail: str


def read_record(value: bytes, token: Token, notes: Counter[str]) -> Sent | Turned:
    """The record as it may go on."""
    parsed = parse(value)
    if isinstance(parsed, Problem):
        return Turned(parsed.reason, _QUOTED.sub("…", parsed.detail))
    return admit(parsed, token, notes)


def admit(parsed: Parsed, token: Token, notes: Counter[str]) -> Sent | Turned:
    """The event, if the token may send it, with the time zone and the pseudonyms that the token stands for."""
    event = parsed.event
    if not isinstance(event, Sent):
        return _turned(EdgeReason.NOT_ALLOWED)
    if not token.may_write_to(event.queue):
        return _turned(EdgeReason.OTHER_QUEUE)
    if parsed.has_unknown_fields:
        notes[UNKNOWN_FIELDS] += 1
    if isinstance(event, Judgment):
        return _judgment(event, token, notes)
    if isinstance(event, Retraction):
        if token.vendor is None:
            return _turned(EdgeReason.NOT_ALLOWED)
        event = _replace(event, rater_id=token.pseudonym(event.rater_id))
    elif not token.settings.known_answers:
        return _turned(EdgeReason.NOT_ALLOWED)
    elif isinstance(event, Adjudication):
        event = _replace(event, auditor=token.pseudonym(event.auditor))
    at = _placed(event.at, token, notes)
    if isinstance(at, Turned):
        return at
    return event if at == event.at else _replace(event, at=at)


def _judgment(event: Judgment, token: Token, notes: Counter[str]) -> Judgment | Turned:
    if token.vendor is None or (event.gold is not None and not token.settings.known_answers):
        return _turned(EdgeReason.NOT_ALLOWED)
    if event.vendor != token.vendor:
        return _turned(EdgeReason.OTHER_VENDOR)
    submitted_at = _placed(event.submitted_at, token, notes)
    if isinstance(submitted_at, Turned):
        return submitted_at
    rater_id = token.pseudonym(event.rater_id)
    if rater_id is event.rater_id and submitted_at is event.submitted_at:
        return event
    return _replace(event, rater_id=rater_id, submitted_at=submitted_at)


def _placed(moment: int | str, token: Token, notes: Counter[str]) -> int | str | Turned:
    """The moment as it is; one without an offset in milliseconds, by the clock of the token's time zone."""
    if isinstance(moment, int) or not _NAIVE.fullmatch(moment):
        return moment
    if token.zone is None:
        return _turned(EdgeReason.NAIVE_TIME)
    try:
        return Clock(token.zone, notes).ms(moment) or 0
    except (Unreadable, OverflowError):
        return Turned(Reason.OUT_OF_BOUNDS, "the time is none that the calendar has")


def _turned(reason: EdgeReason) -> Turned:
    return Turned(reason, reason.advice)
