from collections.abc import Callable

import xxhash

from stream.intake.control import ControlKey, sign
from stream.intake.decode import Decoded, decode, item_key
from stream.intake.directory import Directory
from stream.intake.partition import partition_of
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.quality.schema import OTHER, Op
from tests.unit.intake.samples import (
    DESTINATIONS,
    LOG_MS,
    RATER,
    SETTINGS,
    adjudication,
    judgment,
    records,
    retraction,
    verdict,
)


def test_corrections_become_rows(decoded: Callable[..., Decoded]) -> None:
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


def test_a_retraction_names_judgment_and_rater(decoded: Callable[..., Decoded]) -> None:
    batch = decoded(retraction())
    row = batch.rows[0]
    assert (row["op"], row["queue"], row["profile"]) == (Op.RETRACTION, 0, -1)
    assert row["judgment"] == xxhash.xxh3_64_intdigest(b"j1")
    assert row["rater"] == xxhash.xxh3_64_intdigest(RATER.encode())
    assert row["destination"] == partition_of(RATER, DESTINATIONS)
    assert batch.item_keys == [item_key("images", "i1")]


def test_a_verdict_comes_with_its_event(decoded: Callable[..., Decoded]) -> None:
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
