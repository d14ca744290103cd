"""Every reason for which the decoder refuses a record, each with what brings it about."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from stream.intake.control import ControlKey, sign
from stream.intake.decode import Decoded
from stream.intake.parse import Problem, parse
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.intake.reasons import Reason, reason_of
from tests.unit.intake.samples import LOG_MS, RATER, judgment

HOUR_MS = 3_600_000
DAY_MS = 86_400_000
GOLD = {"type": "gold", "queue": "images", "item_id": "i", "label": "cat", "revision": 1, "at": LOG_MS}
VERDICT = {
    "type": "verdict",
    "finding_id": "f",
    "rater_id": RATER,
    "queue": "images",
    "verdict": "cleared",
    "by": "ana",
    "at": LOG_MS,
}
DEEP = b"[" * 5000 + b"]" * 5000
FORGED = sign(ControlKey(b"another key 12345"), source="settings", version=1, at=1, payload={})
BY_ORDER = {Reason.FORGOTTEN}  # see test_withheld.py
BY_STAGE_1 = {Reason.CONFLICTING_DUPLICATE, Reason.ITEM_EXPIRED, Reason.STALE_REVISION, Reason.GOLD_LIMIT}


def with_raw(field: bytes) -> bytes:
    return msgspec.json.encode(judgment())[:-1] + b"," + field + b"}"


def unsettled(payload: Any) -> bytes:
    return sign(ControlKey(b"k" * 32), source="settings", version=9, at=1, payload=payload)


CASES: list[tuple[Reason, str, Any]] = [
    (Reason.MALFORMED_JSON, "tombstone", None),
    (Reason.MALFORMED_JSON, "empty", b""),
    (Reason.MALFORMED_JSON, "text", b"hello"),
    (Reason.MALFORMED_JSON, "cut", msgspec.json.encode(judgment())[:-4]),
    (Reason.MALFORMED_JSON, "trailing", msgspec.json.encode(judgment()) + b"x"),
    (Reason.MALFORMED_JSON, "not utf-8", msgspec.json.encode(judgment()).replace(b"cat", b"c\xff")),
    (Reason.MALFORMED_JSON, "lone surrogate", msgspec.json.encode(judgment()).replace(b"cat", b"\\ud800")),
    (Reason.MALFORMED_JSON, "surrogate in utf-8", msgspec.json.encode(judgment()).replace(b"cat", b"\xed\xa0\x80")),
    (Reason.MALFORMED_JSON, "NaN", with_raw(b'"duration_ms":NaN')),
    (Reason.MALFORMED_JSON, "byte order mark", b"\xef\xbb\xbf" + msgspec.json.encode(judgment())),
    (Reason.TOO_LARGE, "long label", judgment(suggested_label="x" * 65_536)),
    (Reason.TOO_LARGE, "long garbage", b"x" * 70_000),
    (Reason.TOO_LARGE, "long control", b'{"type":"control"' + b" " * 1_048_576 + b"}"),
    (Reason.TOO_DEEP, "arrays", DEEP),
    (Reason.TOO_DEEP, "in an unknown field", with_raw(b'"x":' + DEEP)),
    (Reason.TOO_DEEP, "objects", b'{"a":' * 40 + b"1" + b"}" * 40),
    (Reason.MISSING_FIELD, "no rater", judgment(rater_id=...)),
    (Reason.MISSING_FIELD, "no time", judgment(submitted_at=...)),
    (Reason.MISSING_FIELD, "no label", judgment(label=...)),
    (Reason.MISSING_FIELD, "null label", judgment(label=None)),
    (Reason.MISSING_FIELD, "empty object", b"{}"),
    (Reason.MISSING_FIELD, "gold", {name: value for name, value in GOLD.items() if name != "label"}),
    (Reason.WRONG_TYPE, "an array", b"[]"),
    (Reason.WRONG_TYPE, "a number", b"12"),
    (Reason.WRONG_TYPE, "null", b"null"),
    (Reason.WRONG_TYPE, "type of type", judgment(type=5)),
    (Reason.WRONG_TYPE, "id", judgment(judgment_id=5)),
    (Reason.WRONG_TYPE, "label", judgment(label=1.5)),
    (Reason.WRONG_TYPE, "label in label", judgment(label=[["cat"]])),
    (Reason.WRONG_TYPE, "deep label", with_raw(b'"label":' + b"[" * 20 + b"]" * 20)),
    (Reason.WRONG_TYPE, "set label on a nominal queue", judgment(label=["cat"])),
    (Reason.WRONG_TYPE, "one label on a set queue", judgment(queue="tags", label="red")),
    (Reason.WRONG_TYPE, "inline gold", judgment(gold=["cat"])),
    (Reason.WRONG_TYPE, "naive time", judgment(submitted_at="2023-11-14T22:13:19")),
    (Reason.WRONG_TYPE, "float time", judgment(submitted_at=1.5)),
    (Reason.WRONG_TYPE, "time in words", judgment(submitted_at="yesterday")),
    (Reason.WRONG_TYPE, "cost", judgment(cost="five")),
    (Reason.WRONG_TYPE, "cost as number", judgment(cost=0.05)),
    (Reason.WRONG_TYPE, "gold's time", GOLD | {"at": "1 May"}),
    (Reason.OUT_OF_BOUNDS, "duration", judgment(duration_ms=DAY_MS + 1)),
    (Reason.OUT_OF_BOUNDS, "negative duration", judgment(duration_ms=-1)),
    (Reason.OUT_OF_BOUNDS, "long id", judgment(rater_id="x" * 129)),
    (Reason.OUT_OF_BOUNDS, "long label", judgment(label="x" * 129)),
    (Reason.OUT_OF_BOUNDS, "empty label", judgment(label="")),
    (Reason.OUT_OF_BOUNDS, "many members", judgment(queue="tags", label=["red"] * 33)),
    (Reason.OUT_OF_BOUNDS, "huge integer", with_raw(b'"revision":' + b"9" * 400)),
    (Reason.OUT_OF_BOUNDS, "infinite", with_raw(b'"duration_ms":1e999')),
    (Reason.OUT_OF_BOUNDS, "negative time", judgment(submitted_at=-5)),
    (Reason.OUT_OF_BOUNDS, "before 1970", judgment(submitted_at="1969-12-31T23:59:59Z")),
    (Reason.OUT_OF_BOUNDS, "no such day", judgment(submitted_at="2023-02-30T00:00:00Z")),
    (Reason.OUT_OF_BOUNDS, "outcome", judgment(outcome="perhaps")),
    (Reason.OUT_OF_BOUNDS, "cost", judgment(cost="4000.000001")),
    (Reason.OUT_OF_BOUNDS, "currency", judgment(currency="eur")),
    (Reason.OUT_OF_BOUNDS, "currency's length", judgment(currency="E")),
    (Reason.OUT_OF_BOUNDS, "verdict", VERDICT | {"verdict": "guilty"}),
    (Reason.EMPTY_ID, "judgment", judgment(judgment_id="")),
    (Reason.EMPTY_ID, "item", judgment(item_id="")),
    (Reason.EMPTY_ID, "rater", judgment(rater_id="")),
    (Reason.EMPTY_ID, "queue", judgment(queue="")),
    (Reason.EMPTY_ID, "vendor", judgment(vendor="")),
    (Reason.EMPTY_ID, "gold's item", GOLD | {"item_id": ""}),
    (Reason.UNKNOWN_TYPE, "misspelt", judgment(type="judgement")),
    (Reason.UNKNOWN_TYPE, "bare", {"type": "heartbeat"}),
    (Reason.UNKNOWN_QUEUE, "judgment", judgment(queue="imagse")),
    (Reason.UNKNOWN_QUEUE, "gold", GOLD | {"queue": "imagse"}),
    (Reason.UNKNOWN_VENDOR, "deployment", judgment(vendor="nobody")),
    (Reason.UNKNOWN_VENDOR, "queue", judgment(vendor="zenith", queue="tags", label=[])),
    (Reason.UNKNOWN_LABEL, "ordinal", judgment(queue="stars", label="6")),
    (Reason.UNKNOWN_LABEL, "ordinal number", judgment(queue="stars", label=0)),
    (Reason.UNKNOWN_LABEL, "member", judgment(queue="tags", label=["red", "mauve"])),
    (Reason.UNKNOWN_LABEL, "inline gold", judgment(queue="stars", label="5", gold="6")),
    (Reason.UNKNOWN_LABEL, "gold that would be other", GOLD | {"label": "fish"}),
    (Reason.RAW_RATER_ID, "judgment", judgment(rater_id="Maria Lopez")),
    (Reason.RAW_RATER_ID, "capitals", judgment(rater_id=RATER.upper())),
    (Reason.RAW_RATER_ID, "verdict", VERDICT | {"rater_id": "worker-17"}),
    (Reason.CLOCK_AHEAD, "by an hour", judgment(submitted_at=LOG_MS + HOUR_MS)),
    (Reason.CLOCK_AHEAD, "gold", GOLD | {"at": LOG_MS + HOUR_MS}),
    (Reason.TOO_LATE, "past the horizon", judgment(submitted_at=LOG_MS - 14 * DAY_MS - 1)),
    (Reason.TOO_LATE, "1970", judgment(submitted_at=0)),
    (Reason.FORGED_CONTROL, "other key", FORGED),
    (Reason.SETTINGS_CONFLICT, "no settings", unsettled({"queues": 3})),
    (
        Reason.SETTINGS_CONFLICT,
        "reordered labels",
        unsettled(SettingsPayload(queues=(QueuePayload(name="images", labels=("dog", "cat", "none")),))),
    ),
]


@pytest.mark.parametrize(("reason", "value"), [pytest.param(r, v, id=f"{r}: {name}") for r, name, v in CASES])
def test_the_record_is_refused_for_its_reason(decoded: Callable[..., Decoded], reason: Reason, value: Any) -> None:
    batch = decoded(judgment(), value, judgment())
    assert [(reject.offset, reject.reason) for reject in batch.rejects] == [(101, reason)]


def test_every_reason_has_a_case_or_is_decided_later() -> None:
    assert {reason for reason, _, _ in CASES} | BY_STAGE_1 | BY_ORDER == set(Reason)


@pytest.mark.parametrize(
    "good",
    [
        judgment(submitted_at=LOG_MS + HOUR_MS - 1),
        judgment(submitted_at=LOG_MS - 14 * DAY_MS),
        judgment(cost="4000"),
        judgment(site="", locale="", guideline="", item_kind=""),
        judgment(x="]" * 100),
        judgment(x="[" * 100),
        judgment(x='"[\\' * 30),
        judgment(vendor="zenith"),
        with_raw(b'"judgment_id":"again"'),
        with_raw(b'"x":' + b"9" * 5000),
        with_raw(b'"x":' + b"[" * 30 + b"]" * 30),
        VERDICT,
        GOLD | {"at": 0},
    ],
)
def test_what_is_just_within_bounds_is_accepted(decoded: Callable[..., Decoded], good: Any) -> None:
    assert not decoded(good).rejects


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_advises_people_in_one_line(reason: Reason) -> None:
    meaning, _, what_to_do = reason.advice.partition(": ")
    assert meaning
    assert what_to_do
    assert "\n" not in reason.advice
    assert reason_of(reason.code) is reason


@pytest.mark.parametrize("value", [judgment(rater_id="Maria Lopez", duration_ms="x"), {"rater_id": 5, "type": "gold"}])
def test_a_problem_never_repeats_an_identifier(value: Any) -> None:
    problem = parse(msgspec.json.encode(value))
    assert isinstance(problem, Problem)
    assert "Maria" not in problem.detail
    assert "$." in problem.detail or "field" in problem.detail
