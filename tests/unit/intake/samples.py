"""Judgments and records that the intake tests share."""

from typing import Any, NamedTuple

import msgspec

from stream.intake.payload import QueuePayload, SettingsPayload

LOG_MS = 1_700_000_000_000
DESTINATIONS = 16
RATER = "rbc-2345bcdfghjk"


class Record(NamedTuple):
    offset: int
    timestamp: int
    value: bytes | None


SETTINGS = SettingsPayload(
    queues=(
        QueuePayload(name="images", labels=("cat", "dog", "none"), item_kinds=("photo", "sketch")),
        QueuePayload(name="stars", kind="ordinal", labels=("1", "2", "3", "4", "5"), sensitivity="sensitive"),
        QueuePayload(name="tags", kind="set", labels=("red", "green", "blue"), vendors=("acme",)),
    ),
    vendors=("acme", "zenith"),
)


def judgment(**fields: Any) -> dict[str, Any]:
    """A good judgment as a plain object; a field given as ... is left out."""
    plain = {
        "judgment_id": "j1",
        "item_id": "i1",
        "rater_id": RATER,
        "queue": "images",
        "vendor": "acme",
        "label": "cat",
        "submitted_at": LOG_MS - 1000,
    }
    return {name: value for name, value in (plain | fields).items() if value is not ...}


def records(*values: Any, offset: int = 100) -> list[Record]:
    return [
        Record(offset + at, LOG_MS, value if isinstance(value, bytes | None) else msgspec.json.encode(value))
        for at, value in enumerate(values)
    ]


def adjudication(**fields: Any) -> dict[str, Any]:
    return {
        "type": "adjudication",
        "queue": "images",
        "item_id": "i",
        "label": "none",
        "revision": 1,
        "auditor": "rbc-222222222222",
        "sampling": "random",
        "severity": "minor",
        "at": LOG_MS,
    } | fields


def retraction(**fields: Any) -> dict[str, Any]:
    return {
        "type": "retraction",
        "queue": "images",
        "item_id": "i1",
        "judgment_id": "j1",
        "rater_id": RATER,
        "reason": "a slip",
        "at": LOG_MS,
    } | fields


def verdict(**fields: Any) -> dict[str, Any]:
    return {
        "type": "verdict",
        "finding_id": "f1",
        "rater_id": RATER,
        "queue": "images",
        "verdict": "cleared",
        "by": "ana",
        "at": LOG_MS,
    } | fields
