"""What holds for whatever arrives."""

import json
from typing import Any

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream.events import DAY_MS, Judgment
from stream.intake.decode import decode, item_key
from stream.intake.directory import Directory
from stream.intake.parse import Parsed, parse
from stream.intake.reasons import Reason
from stream.quality.schema import Flag, Op
from tests.unit.intake.samples import DESTINATIONS, LOG_MS, SETTINGS, judgment, records

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        *Judgment.__struct_fields__,
        "type",
        "version",
        "source",
        "payload",
        "mac",
        "at",
        "finding_id",
        "verdict",
        "sampling",
    ]
)
TYPES = st.sampled_from(["judgment", "gold", "adjudication", "retraction", "verdict", "control", "?"])
MANGLED = st.builds(
    lambda base, tree, changed, name: tree | (base if changed else {}) | name,
    st.just(judgment()),
    st.dictionaries(FIELDS, TREES, max_size=6),
    st.booleans(),
    st.just({}) | TYPES.map(lambda name: {"type": name}),
)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)
ROUNDTRIP = st.fixed_dictionaries(
    {
        "judgment_id": IDS,
        "item_id": IDS,
        "rater_id": st.text("23456789bcdfghjkmnpqrstvwxyz", min_size=12, max_size=12).map(lambda name: f"rbc-{name}"),
        "label": st.sampled_from(["cat", "dog", "none"]),
        "submitted_at": st.integers(LOG_MS - 14 * DAY_MS, LOG_MS + 3_599_999),
    },
    optional={
        "duration_ms": st.integers(0, DAY_MS),
        "revision": st.integers(0, 2**31 - 1),
        "gold": st.sampled_from(["cat", "dog", "none"]),
        "outcome": st.sampled_from(["answered", "skipped", "escalated"]),
        "locale": IDS,
        "site": IDS,
        "currency": st.sampled_from(["EUR", "USD"]),
        "cost": st.integers(0, 4_000_000_000).map(lambda micro: f"{micro // 10**6}.{micro % 10**6:06}"),
        "stage": st.sampled_from(["production", "training"]),
        "sensitivity": st.sampled_from(["none", "sensitive", "severe"]),
        "something": TREES,
    },
)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def encode(tree: Any) -> bytes:
    """Like careless producers do: NaN and lone surrogates included."""
    return json.dumps(tree).encode()


@given(st.lists(st.none() | st.binary(max_size=200) | MANGLED.map(encode), max_size=8))
@example([b"[" * 65_000, b'{"a":' * 10_000, b'{"label":' * 7_000, b'"' + b"\\" * 65_001])
@QUIET
def test_no_bytes_make_the_decoder_raise(values: list[bytes | None]) -> None:
    batch = decode(records(*values, judgment()), Directory.of(SETTINGS), DESTINATIONS)
    assert len(batch.rows) == len(batch.item_ids) == len(batch.item_keys) == len(values) + 1
    refused = batch.rows["op"] == Op.REJECT
    assert refused.sum() == len(batch.rejects)
    assert all(reject.reason in set(Reason) for reject in batch.rejects)
    assert batch.rows["op"][-1] == Op.JUDGMENT
    assert (batch.rows["queue"][~refused] >= 0).all()


@given(MANGLED.map(encode) | st.binary(max_size=300))
@QUIET
def test_the_careful_and_the_quick_way_agree(value: bytes) -> None:
    parsed = parse(value)
    accepted = isinstance(parsed, Parsed) and isinstance(parsed.event, Judgment)
    try:
        quick = msgspec.json.decode(value, type=Judgment)
    except (ValueError, RecursionError):
        assert not accepted
    else:
        assert accepted
        assert msgspec.structs.asdict(parsed.event) == msgspec.structs.asdict(quick)  # type: ignore[union-attr]


@given(st.lists(ROUNDTRIP, min_size=1, max_size=6))
@QUIET
def test_a_good_judgment_comes_back_from_its_row(events: list[dict[str, Any]]) -> None:
    batch = decode(records(*map(judgment_json, events)), Directory.of(SETTINGS), DESTINATIONS)
    assert not batch.rejects
    for at, (row, event) in enumerate(zip(batch.rows, events, strict=True)):
        profile = batch.profiles[row["profile"]]
        flags = Flag(int(row["flags"]))
        answered = event.get("outcome", "answered") == "answered"
        labels = ("cat", "dog", "none")
        assert batch.item_ids[row["item_id"]] == event["item_id"]
        assert batch.item_keys[at] == item_key("images", event["item_id"])
        assert (profile.rater_id, profile.locale) == (event["rater_id"], event.get("locale"))
        assert (profile.site, profile.currency) == (event.get("site"), event.get("currency"))
        assert row["submitted_ms"] == event["submitted_at"]
        assert row["revision"] == event.get("revision", 0)
        assert not answered or labels[row["label"]] == event["label"]
        assert (labels[row["known"]] if row["has_known"] else None) == event.get("gold")
        assert (int(row["duration_ms"]) if flags & Flag.TIMED else None) == event.get("duration_ms")
        cost = f"{row['cost_micro'] // 10**6}.{row['cost_micro'] % 10**6:06}" if flags & Flag.COSTED else None
        assert cost == event.get("cost")
        assert bool(flags & Flag.SKIPPED) == (event.get("outcome") == "skipped")
        assert bool(flags & Flag.ESCALATED) == (event.get("outcome") == "escalated")
        assert bool(flags & Flag.TRAINING) == (event.get("stage") == "training")
        assert bool(flags & Flag.SENSITIVE) == (event.get("sensitivity") == "sensitive")
        assert bool(flags & Flag.SEVERE) == (event.get("sensitivity") == "severe")


def judgment_json(event: dict[str, Any]) -> bytes:
    """Floats that JSON has no word for would be refused as malformed."""
    tree = json.loads(json.dumps(judgment(**event)), parse_constant=lambda _: 0)
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")
