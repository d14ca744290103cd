from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xxhash

from stream.intake.control import ControlKey, sign
from stream.intake.decode import PIECE, Decoded, decode, item_key
from stream.intake.directory import Directory
from stream.intake.partition import partition_of
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.quality.profile import Profile
from stream.quality.schema import OTHER, Flag, Op
from tests.unit.intake.samples import DESTINATIONS, LOG_MS, RATER, SETTINGS, judgment, records

Decoder = Callable[..., Decoded]


def test_a_plain_judgment_becomes_a_row(decoded: Decoder) -> None:
    batch = decoded(judgment())
    row = batch.rows[0]
    assert (row["op"], row["offset"], row["log_ms"], row["submitted_ms"]) == (Op.JUDGMENT, 100, LOG_MS, LOG_MS - 1000)
    assert row["judgment"] == xxhash.xxh3_64_intdigest(b"j1")
    assert row["rater"] == xxhash.xxh3_64_intdigest(RATER.encode())
    assert row["destination"] == partition_of(RATER, DESTINATIONS)
    assert (row["queue"], row["label"], row["item"], row["item_kind"]) == (0, 0, -1, 0)
    assert (row["has_known"], row["flags"], row["guideline"], row["revision"]) == (0, 0, 0, 0)
    assert batch.profiles == [Profile(RATER, "images", "acme")]
    assert batch.item_ids[row["item_id"]] == "i1"
    assert batch.item_keys == [xxhash.xxh3_128_digest(b"images\0i1")]
    assert not batch.rejects
    assert not batch.counts


def test_every_optional_field_lands_in_its_column(decoded: Decoder) -> None:
    batch = decoded(
        judgment(
            label="dog",
            gold="none",
            duration_ms=4200,
            revision=7,
            guideline="v3",
            locale="de-DE",
            site="berlin",
            stage="training",
            sensitivity="severe",
            cost="0.055",
            currency="EUR",
            item_kind="sketch",
            suggested_label="cat",
        )
    )
    row = batch.rows[0]
    assert (row["label"], row["known"], row["has_known"]) == (1, 2, 1)
    assert (row["duration_ms"], row["cost_micro"], row["revision"], row["item_kind"]) == (4200, 55_000, 7, 2)
    assert row["guideline"] == xxhash.xxh32_intdigest(b"v3")
    assert row["flags"] == Flag.TRAINING | Flag.SEVERE | Flag.TIMED | Flag.COSTED
    assert batch.profiles == [Profile(RATER, "images", "acme", "de-DE", "berlin", "EUR")]


def test_an_empty_text_means_the_same_as_none(decoded: Decoder) -> None:
    batch = decoded(judgment(site="", locale="", guideline="", item_kind=""))
    assert batch.profiles == [Profile(RATER, "images", "acme")]
    assert (batch.rows["guideline"][0], batch.rows["item_kind"][0]) == (0, 0)
    assert not batch.counts


def test_what_one_judgment_says_does_not_leak_into_its_neighbours(decoded: Decoder) -> None:
    full = judgment(
        gold="dog",
        duration_ms=5,
        guideline="v3",
        stage="training",
        sensitivity="sensitive",
        cost="1",
        item_kind="photo",
        revision=3,
    )
    batch = decoded(judgment(), full, judgment())
    for plain in batch.rows[[0, 2]]:
        assert [plain[name] for name in ("flags", "has_known", "known", "duration_ms", "cost_micro")] == [0, 0, 0, 0, 0]
        assert [plain[name] for name in ("guideline", "item_kind", "revision")] == [0, 0, 0]
    assert batch.rows[1]["flags"] == Flag.TRAINING | Flag.SENSITIVE | Flag.TIMED | Flag.COSTED


@pytest.mark.parametrize(("outcome", "flag"), [("skipped", Flag.SKIPPED), ("escalated", Flag.ESCALATED)])
def test_who_skips_or_escalates_needs_no_label(decoded: Decoder, outcome: str, flag: Flag) -> None:
    batch = decoded(judgment(outcome=outcome, label=...), judgment(outcome=outcome, label="unheard of"), judgment())
    assert not batch.rejects
    assert not batch.counts
    assert batch.rows["flags"].tolist() == [flag, flag, 0]


def test_sensitivity_is_the_judgments_own_or_else_the_queues(decoded: Decoder) -> None:
    own = judgment(queue="stars", label="3", sensitivity="none")
    default = judgment(queue="stars", label="3")
    assert decoded(own, default).rows["flags"].tolist() == [0, Flag.SENSITIVE]
    assert decoded(default).rows["flags"].tolist() == [Flag.SENSITIVE]


def test_labels_are_codes_of_their_queue(decoded: Decoder) -> None:
    batch = decoded(
        judgment(label="none"),
        judgment(queue="stars", label="4"),
        judgment(queue="stars", label=4),
        judgment(queue="tags", label=["blue", "red", "blue"]),
        judgment(queue="tags", label=[]),
    )
    assert not batch.rejects
    assert batch.rows["label"].tolist() == [2, 3, 3, 0b101, 0]
    assert batch.rows["queue"].tolist() == [0, 1, 1, 2, 2]


def test_an_undeclared_nominal_label_is_other_and_counted(decoded: Decoder) -> None:
    batch = decoded(judgment(label="fish"), judgment(label="bird"), judgment(), judgment(label="fish", vendor="nobody"))
    assert batch.rows["label"][:3].tolist() == [OTHER, OTHER, 0]
    assert batch.counts == {("label_other", "images"): 2}


def test_an_undeclared_inline_gold_is_left_out_and_counted(decoded: Decoder) -> None:
    batch = decoded(judgment(gold="fish"), judgment(gold="dog"))
    assert batch.rows["has_known"].tolist() == [0, 1]
    assert batch.rows["known"].tolist() == [0, 1]
    assert batch.counts == {("gold_other", "images"): 1}


def test_times_with_an_offset_are_read(decoded: Decoder) -> None:
    batch = decoded(
        judgment(submitted_at="2023-11-14T22:13:19.5Z"),
        judgment(submitted_at="2023-11-15T00:13:19.500+02:00"),
        judgment(submitted_at=LOG_MS - 500),
    )
    assert batch.rows["submitted_ms"].tolist() == [LOG_MS - 500] * 3


def test_unknown_fields_are_ignored_and_counted(decoded: Decoder) -> None:
    gold = {"type": "gold", "queue": "images", "item_id": "i", "label": "cat", "revision": 1, "at": LOG_MS, "x": 1}
    batch = decoded(judgment(trace={"a": [1]}, more=2), gold)
    assert not batch.rejects
    assert batch.counts == {("unknown_fields", "judgment"): 1, ("unknown_fields", "gold"): 1}


def test_an_unknown_item_kind_is_none_and_counted(decoded: Decoder) -> None:
    batch = decoded(judgment(item_kind="film"), judgment(item_kind="photo"), judgment(item_kind=""))
    assert batch.rows["item_kind"].tolist() == [0, 1, 0]
    assert batch.counts == {("item_kind_other", "images"): 1}


def test_corrections_become_rows(decoded: Decoder) -> None:
    batch = decoded(
        {"type": "gold", "queue": "images", "item_id": "i", "label": "dog", "revision": 2, "at": 5, "guideline": "v1"},
        {"type": "gold", "queue": "images", "item_id": "i", "label": None, "revision": 3, "at": 6},
        adjudication(sampling="random"),
        adjudication(sampling="targeted"),
    )
    assert batch.rows["op"].tolist() == [Op.GOLD, Op.GOLD, Op.ADJUDICATION, Op.ADJUDICATION]
    assert batch.rows["has_known"].tolist() == [1, 0, 1, 1]
    assert batch.rows["known"].tolist() == [1, 0, 2, 2]
    assert batch.rows["revision"].tolist() == [2, 3, 1, 1]
    assert batch.rows["random"].tolist() == [0, 0, 1, 0]
    assert batch.rows["submitted_ms"].tolist() == [5, 6, LOG_MS, LOG_MS]
    assert batch.rows["guideline"].tolist() == [xxhash.xxh32_intdigest(b"v1"), 0, 0, 0]
    assert batch.item_keys == [item_key("images", "i")] * 4
    assert [batch.item_ids[at] for at in batch.rows["item_id"]] == ["i"] * 4


def test_a_retraction_names_judgment_and_rater(decoded: Decoder) -> None:
    batch = decoded(retraction())
    row = batch.rows[0]
    assert (row["op"], row["queue"], row["profile"]) == (Op.RETRACTION, 0, -1)
    assert row["judgment"] == xxhash.xxh3_64_intdigest(b"j1")
    assert row["rater"] == xxhash.xxh3_64_intdigest(RATER.encode())
    assert row["destination"] == partition_of(RATER, DESTINATIONS)
    assert batch.item_keys == [item_key("images", "i1")]


def test_a_verdict_comes_with_its_event(decoded: Decoder) -> None:
    batch = decoded(judgment(), verdict())
    assert batch.rows["op"].tolist() == [Op.JUDGMENT, Op.VERDICT]
    assert batch.rows["rater"][1] == xxhash.xxh3_64_intdigest(RATER.encode())
    ((row, event),) = batch.verdicts
    assert (row, event.verdict, event.finding_id) == (1, "cleared", "f1")


def test_a_settings_record_changes_its_successors_within_the_batch(directory: Directory, key: ControlKey) -> None:
    more = SettingsPayload(
        queues=(
            *SETTINGS.queues[1:],
            QueuePayload(name="audio", labels=("yes", "no")),
            QueuePayload(name="images", labels=("cat", "dog", "none", "fish")),
        ),
        vendors=("acme",),
    )
    control = sign(key, source="settings", version=1, at=1, payload=more)
    audio, fish = judgment(queue="audio", label="no"), judgment(label="fish")
    batch = decode(records(audio, fish, control, audio, fish, judgment(vendor="zenith")), directory, DESTINATIONS)
    assert [reject.reason for reject in batch.rejects] == ["unknown_queue", "unknown_vendor"]
    assert [reject.offset for reject in batch.rejects] == [100, 105]
    assert batch.rows["op"].tolist() == [Op.REJECT, Op.JUDGMENT, Op.CONTROL, Op.JUDGMENT, Op.JUDGMENT, Op.REJECT]
    assert batch.rows["queue"].tolist() == [-1, 0, -1, 3, 0, -1]
    assert batch.rows["label"][[1, 3, 4]].tolist() == [OTHER, 1, 3]
    assert [batch.profiles[at].queue for at in batch.rows["profile"][[1, 3, 4]]] == ["images", "audio", "images"]
    assert [(row, control.source) for row, control in batch.controls] == [(2, "settings")]


def test_a_closed_queue_takes_corrections_but_no_judgments(directory: Directory, key: ControlKey) -> None:
    closing = SettingsPayload(queues=SETTINGS.queues[1:], vendors=SETTINGS.vendors)
    control = sign(key, source="settings", version=1, at=1, payload=closing)
    batch = decode(records(control, judgment(), retraction(), adjudication()), directory, DESTINATIONS)
    assert [(reject.offset, reject.reason) for reject in batch.rejects] == [(101, "unknown_queue")]


def test_controls_of_other_sources_are_handed_on_and_stale_ones_only_counted(
    directory: Directory, key: ControlKey
) -> None:
    new = sign(key, source="reference:images", version=4, at=1, payload={"a": 1})
    old = sign(key, source="reference:images", version=3, at=2, payload={"a": 2})
    batch = decode(records(new, old, new), directory, DESTINATIONS)
    assert batch.rows["op"].tolist() == [Op.CONTROL] * 3
    assert [(row, bytes(control.payload)) for row, control in batch.controls] == [(0, b'{"a":1}')]
    assert batch.counts == {("stale_control", "reference"): 2}
    assert not batch.rejects


def test_a_reject_keeps_its_bytes_and_nothing_else_in_the_batch(decoded: Decoder) -> None:
    batch = decoded(judgment(), b"no json", judgment(queue="nowhere"), None)
    assert [(reject.offset, str(reject.reason)) for reject in batch.rejects] == [
        (101, "malformed_json"),
        (102, "unknown_queue"),
        (103, "malformed_json"),
    ]
    assert [reject.value for reject in batch.rejects][::2] == [b"no json", None]
    for at in (1, 2, 3):
        row = batch.rows[at]
        assert (row["op"], row["queue"], row["profile"], row["item"], row["item_id"]) == (Op.REJECT, -1, -1, -1, -1)
        assert (batch.item_keys[at], batch.item_ids[at]) == (b"", "")


def test_where_a_batch_is_cut_makes_no_difference(key: ControlKey) -> None:
    control = sign(key, source="settings", version=1, at=1, payload=SETTINGS)
    stream = [judgment(), control, *mixed(2 * PIECE + 7)]
    whole = decode(records(*stream), directory := Directory(key), DESTINATIONS)
    other = Directory(key)
    parts = [decode([record], other, DESTINATIONS) for record in records(*stream)]
    columns = [name for name in whole.rows.dtype.names or () if name not in ("profile", "item_id")]
    joined = np.concatenate([part.rows for part in parts])
    for name in columns:
        assert whole.rows[name].tolist() == joined[name].tolist(), name
    assert whole.item_keys == [part.item_keys[0] for part in parts]
    assert whole.rejects == [reject for part in parts for reject in part.rejects]
    assert sum((part.counts for part in parts), start=type(whole.counts)()) == whole.counts
    assert directory.to_bytes() == other.to_bytes()
    profiles = [whole.profiles[at] if at >= 0 else None for at in whole.rows["profile"]]
    assert profiles == [
        part.profiles[part.rows["profile"][0]] if part.rows["profile"][0] >= 0 else None for part in parts
    ]


def test_the_profile_cache_may_be_emptied_at_any_time(directory: Directory) -> None:
    before = decode(records(*mixed(50)), directory, DESTINATIONS)
    directory.profiles.empty()
    after = decode(records(*mixed(50)), directory, DESTINATIONS)
    assert before.rows.tobytes() == after.rows.tobytes()
    assert before.profiles == after.profiles


def test_an_empty_batch_is_empty(decoded: Decoder) -> None:
    batch = decoded()
    assert len(batch.rows) == 0
    assert not batch.rejects


def mixed(count: int) -> list[Any]:
    kinds: list[Any] = [
        judgment(gold="dog", cost="0.05", currency="USD"),
        judgment(label="fish", locale="fr-FR", trace=1),
        judgment(rater_id="rbc-zzzzzzzzzzzz", duration_ms=77),
        judgment(queue="tags", label=["red", "blue"]),
        judgment(queue="stars", label=2, outcome="skipped"),
        judgment(vendor="nobody"),
        judgment(cost="1.2.3", submitted_at="2023-11-14T22:13:19Z"),
        b"[]",
        retraction(),
        verdict(),
        adjudication(),
    ]
    return [kinds[at % len(kinds)] for at in range(count)]


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
