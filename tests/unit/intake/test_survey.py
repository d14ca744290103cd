from pathlib import Path
from typing import Any

import msgspec
import pytest

from stream.intake.directory import Directory
from stream.intake.item_sample import ITEMS_MAX, ItemSample
from stream.intake.queues import QueueSettings, Settings, VendorSettings
from stream.intake.settings_control import payload_of
from stream.intake.survey import declare, survey
from stream.intake.table import Reading
from tests.unit.intake.samples import RATER


def jsonl(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "rows.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, rows)))
    return str(path)


def row(item: str = "i", label: Any = "x", **more: Any) -> dict[str, Any]:
    return {"item_id": item, "rater_id": "r", "label": label, **more}


def test_a_survey_tells_what_is_in_the_file(tmp_path: Path) -> None:
    gold = {"type": "gold", "queue": "q", "item_id": "i", "label": "rare", "revision": 1, "at": 5}
    path = jsonl(
        tmp_path,
        row(label="b", queue="q", vendor="v1", submitted_at=20),
        row(label="a", queue="q", vendor="v2", submitted_at=10, gold="c"),
        gold,
        row("k", label=3, queue="p", submitted_at="1970-01-01T00:00:00.030Z"),
    )
    found = survey(path)
    assert (found.judgments, found.has_clock, found.has_raw_raters) == (3, True, True)
    assert (found.first_ms, found.last_ms, found.in_order) == (10, 30, False)
    assert list(found.queues) == ["p", "q"]
    assert found.queues["q"].labels == {"b": 1, "a": 1, "c": 1, "rare": 1}
    assert found.queues["q"].vendors == {"v1", "v2"}
    assert found.queues["p"].labels == {"3": 1}


def test_a_file_without_clock_or_raw_ids_says_so(tmp_path: Path) -> None:
    found = survey(jsonl(tmp_path, row(rater_id=RATER), row(rater_id=RATER)))
    assert (found.has_clock, found.has_raw_raters, found.in_order) == (False, False, True)
    assert not survey(jsonl(tmp_path, row()), Reading(pseudonym=lambda _: RATER)).has_raw_raters


def test_undeclared_queues_are_declared_stably(tmp_path: Path) -> None:
    rows = [row(f"i{at}", label=label, vendor="v") for at in range(3) for label in ("b", "a")]
    one, other = declare(survey(jsonl(tmp_path, *rows))), declare(survey(jsonl(tmp_path, *reversed(rows))))
    assert one == other
    assert one.queues == {"default": QueueSettings(labels=("a", "b"), redundancy=2)}
    assert one.vendors == {"v": VendorSettings()}
    assert Directory.of(payload_of(one)).queues[0].name == "default"


def test_declared_queues_stay_as_they_are(tmp_path: Path) -> None:
    declared = Settings(queues={"q": QueueSettings(labels=("x", "y"), redundancy=9)}, vendors={"w": VendorSettings()})
    settings = declare(survey(jsonl(tmp_path, row(queue="q", label="z", vendor="stranger"), row(queue="p"))), declared)
    assert settings.queues["q"] == declared.queues["q"]
    assert settings.queues["p"].labels == ("x",)
    assert set(settings.vendors) == {"w", "unknown"}


def test_of_many_labels_the_most_frequent_get_a_code(tmp_path: Path) -> None:
    rows = [row(label=f"{label:02}") for label in range(40) for _ in range(1 + (label >= 9))]
    labels = declare(survey(jsonl(tmp_path, *rows))).queues["default"].labels
    assert labels == tuple(f"{label:02}" for label in range(9, 40))


def test_set_labels_declare_a_set_queue(tmp_path: Path) -> None:
    queue = declare(survey(jsonl(tmp_path, row(label=["b", "a"]), row(label=[])))).queues["default"]
    assert (queue.kind, queue.labels) == ("set", ("a", "b"))


def test_a_queue_without_any_label_can_still_be_declared(tmp_path: Path) -> None:
    settings = declare(survey(jsonl(tmp_path, row(label=None, outcome="skipped"))))
    assert Directory.of(payload_of(settings)).queues[0].labels


@pytest.mark.parametrize("items", [10, 3 * ITEMS_MAX])
def test_the_sample_of_items_stays_small_and_tells_the_median(items: int) -> None:
    sample = ItemSample()
    for _ in range(3):
        for item in range(items):
            sample.add(str(item))
    assert sample.median() == 3
    assert len(sample._counts) <= ITEMS_MAX


def test_a_sample_of_nothing_is_one() -> None:
    assert ItemSample().median() == 1
