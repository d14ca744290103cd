"""Records of `findings` and `judgments` to rows; None for a record that says nothing that a table holds."""

import msgspec

from stream.events import Adjudication, Finding, Label
from stream.facts.days import day_of
from stream.facts.port import Row
from stream.intake.moments import to_ms
from stream.intake.reasons import Reason

_FINDING = msgspec.json.Decoder(Finding)
_ADJUDICATION = msgspec.json.Decoder(Adjudication)
_MARKS = b'"adjudication"'  # hardly any judgment holds it: the others are not decoded


def finding_row(value: bytes | None) -> Row | None:
    """Of a record of `findings`. The word that closes a forgotten rater's finding is none: its rows go."""
    try:
        found = _FINDING.decode(value or b"")
    except msgspec.MsgspecError:
        return None
    if found.why == "forgotten":
        return None
    return {
        "day": day_of(found.at),
        "id": found.id,
        "version": found.version,
        "event": found.event,
        "why": found.why,
        "detector": found.detector,
        "state": found.state,
        "queue": found.queue,
        "vendor": found.vendor,
        "rater_id": found.rater_id,
        "opened_at": found.opened_at,
        "at": found.at,
        "shadow": found.shadow,
        "measure": found.measure,
        "low": found.low,
        "high": found.high,
        "threshold": found.threshold,
        "nats": found.nats,
        "nats_needed": found.nats_needed,
        "judgments": found.n,
        "peers": found.peers,
    }


def label_row(value: bytes | None) -> Row | None:
    """Of a record of `judgments` that is an adjudication."""
    if not value or _MARKS not in value:
        return None
    try:
        event = _ADJUDICATION.decode(value)
    except msgspec.MsgspecError:
        return None
    at_ms = event.at if isinstance(event.at, int) else to_ms(event.at)
    if isinstance(at_ms, Reason):
        return None
    return {
        "day": day_of(at_ms),
        "queue": event.queue,
        "item_id": event.item_id,
        "revision": event.revision,
        "label": _text(event.label),
        "sampling": event.sampling,
        "severity": event.severity,
        "guideline": event.guideline or None,
        "at": at_ms,
    }


def _text(label: Label | None) -> str | None:
    if label is None:
        return None
    return msgspec.json.encode(label).decode() if isinstance(label, list) else str(label)
