from collections.abc import Callable
from typing import Any

import numpy as np

from stream.intake.control import ControlKey, sign
from stream.intake.decode import PIECE, Decoded, decode
from stream.intake.directory import Directory
from stream.quality.schema import Op
from tests.unit.intake.samples import (
    DESTINATIONS,
    SETTINGS,
    adjudication,
    judgment,
    records,
    retraction,
    verdict,
)


def test_a_reject_keeps_its_bytes_and_nothing_else_in_the_batch(decoded: Callable[..., Decoded]) -> None:
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


def test_an_empty_batch_is_empty(decoded: Callable[..., Decoded]) -> None:
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
