from collections.abc import Callable

import pytest
import xxhash

from stream.intake.decode import Decoded
from stream.intake.partition import partition_of
from stream.quality.profile import Profile
from stream.quality.schema import OTHER, Flag, Op
from tests.unit.intake.samples import (
    DESTINATIONS,
    LOG_MS,
    RATER,
    judgment,
)

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
