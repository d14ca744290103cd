import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from stream.intake.directory import Directory
from stream.intake.http.annotations import Annotations, MemoryAnnotations, StoredAnnotations
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.queues_file import parse_settings
from stream.intake.settings_control import payload_of
from stream.quality.schema import COMMUTATIVE, Column
from stream.stages.items_stage import ItemStage
from stream.stages.raters_stage import RatersStage
from tests.oracle.shards import Record, measured, outcome_log, run
from tests.unit.intake.http.door import ALL_RIGHTS, NOW_MS, QUEUES, Door, opened, prepare, token

CREATED = "2023-11-14T20:52:48.536303Z"


def annotation(number: int = 17, label: str | None = "cat", **fields: Any) -> dict[str, Any]:
    result = [{"from_name": "kind", "to_name": "image", "type": "choices", "value": {"choices": [label]}}]
    made = {
        "id": number,
        "result": result if label else [],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": CREATED,
        "updated_at": CREATED.replace("303Z", "370Z"),
        "lead_time": 37.13,
        "prediction": {},
        "result_count": 0,
        "task": 19,
        "completed_by": 1,
    }
    return made | fields


def event(action: str, one: dict[str, Any] | list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"action": action, "annotation": one, "project": {"id": 2, "title": "New Project #2"}} | more


def created(number: int = 17, label: str | None = "cat", **fields: Any) -> dict[str, Any]:
    one = annotation(number, label, **fields)
    return event("ANNOTATION_CREATED", one, task={"id": one["task"], "data": {"image": "x.png", "site": "berlin"}})


def updated(number: int = 17, label: str | None = "dog", minutes: int = 5, **fields: Any) -> dict[str, Any]:
    return event(
        "ANNOTATION_UPDATED", annotation(number, label, updated_at=f"2023-11-14T20:{52 + minutes}:48Z", **fields)
    )


def deleted(*numbers: int) -> dict[str, Any]:
    return {
        "action": "ANNOTATIONS_DELETED",
        "annotations": [{"id": number} for number in numbers],
        "project": {"id": 2},
    }


async def heard(door: Door, *events: dict[str, Any]) -> list[dict[str, Any]]:
    answers = [await door.hook(one) for one in events]
    assert [answer.status_code for answer in answers] == [200] * len(events), [answer.text for answer in answers]
    return [answer.json() for answer in answers]


async def test_an_annotation_becomes_the_judgment_that_its_export_gives(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        await heard(door, created())
        [hooked] = door.sent
        task = {"id": 19, "data": {"image": "x.png"}, "annotations": [annotation()]}
        assert (await door.post([task], params={"format": "label-studio", "queue": "images"})).status_code == 200
        assert door.sent == [hooked, hooked]
        key = PseudonymKey.load(str(tmp_path / "acme.key"))
        assert hooked["rater_id"] == key.pseudonym("1")
        assert (hooked["judgment_id"], hooked["item_id"], hooked["label"]) == ("17", "19", "cat")
        assert (hooked["queue"], hooked["vendor"], hooked["duration_ms"]) == ("images", "acme", 37_130)


async def test_an_update_is_a_revision_and_a_skip_is_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        await heard(door, created(), updated(), updated(minutes=6, label=None, was_cancelled=True))
        assert [one.get("revision", 0) for one in door.sent] == [0, 299, 359]
        assert [one.get("outcome", "answered") for one in door.sent] == ["answered", "answered", "skipped"]
        assert [one.get("label") for one in door.sent] == ["cat", "dog", None]


async def test_an_answer_that_is_taken_back_becomes_a_skip_that_a_later_answer_replaces(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        answers = await heard(door, created(), updated(label=None), updated(minutes=6))
        assert [one.get("outcome", "answered") for one in door.sent] == ["answered", "skipped", "answered"]
        assert answers[1]["notes"] == {"answers that were taken back, counted as skips": 1}


@pytest.mark.parametrize("kept", [MemoryAnnotations, StoredAnnotations])
async def test_a_deletion_takes_back_what_was_sent(tmp_path: Path, kept: type) -> None:
    stored: Annotations = kept(tmp_path / "data", 30) if kept is StoredAnnotations else kept()
    async with opened(tmp_path, annotations=stored) as door:
        await heard(door, created(), created(18, task=20))
        [told] = await heard(door, deleted(17, 18, 99))
        first, second, *gone = door.sent
        assert [one["type"] for one in gone] == ["retraction", "retraction"]
        for judgment, retraction in zip((first, second), gone, strict=True):
            same = ("queue", "item_id", "judgment_id", "rater_id")
            assert [judgment[name] for name in same] == [retraction[name] for name in same]
        assert told["notes"] == {"deleted annotations that did not come through this intake, left out": 1}


async def test_a_deletion_is_understood_after_a_restart_and_after_an_export(tmp_path: Path) -> None:
    async with opened(tmp_path, annotations=StoredAnnotations(tmp_path / "data", 30)) as door:
        task = {"id": 19, "data": {}, "annotations": [annotation()]}
        assert (await door.post([task], params={"format": "label-studio", "queue": "images"})).is_success
    async with opened(tmp_path, annotations=StoredAnnotations(tmp_path / "data", 30)) as door:
        await heard(door, deleted(17))
        assert [one["type"] for one in door.sent] == ["retraction"]


async def test_another_tokens_annotations_are_not_touched(tmp_path: Path) -> None:
    tokens = token("acme", ALL_RIGHTS) + token("other", ALL_RIGHTS)
    async with opened(tmp_path, tokens) as door:
        await heard(door, created())
        assert (await door.hook(deleted(17), secret="other-secret")).json()["accepted"] == 0
        assert len(door.sent) == 1


async def test_a_ground_truth_is_a_known_answer_and_no_judgment_any_more(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        await heard(door, created(), updated(ground_truth=True), deleted(17))
        assert [one["type"] for one in door.sent] == ["judgment", "retraction", "gold", "gold"]
        known, withdrawn = door.sent[2:]
        assert (known["label"], withdrawn["label"]) == ("dog", None)
        assert known["revision"] < withdrawn["revision"]


async def test_known_answers_need_a_token_that_may_send_them(tmp_path: Path) -> None:
    async with opened(
        tmp_path, token("acme", 'vendor = "acme"\nqueues = ["images"]\npseudonym_key_file = "acme.key"')
    ) as door:
        answer = await door.hook(created(ground_truth=True))
        assert (answer.status_code, answer.json()["refused"][0]["reason"]) == (422, "not_allowed")
        assert door.sent == []


async def test_what_a_reviewer_changed_is_not_the_raters_answer(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        await heard(door, created())
        [told] = await heard(door, updated(completed_by=2))
        assert len(door.sent) == 1
        assert told["notes"] == {"answers changed by another than their rater, left out": 1}


async def test_several_annotations_come_with_their_tasks(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        both = [annotation(17), annotation(18, task=20)]
        await heard(door, event("ANNOTATIONS_CREATED", both, task=[{"id": 19, "data": {}}, {"id": 20, "data": {}}]))
        assert [one["item_id"] for one in door.sent] == ["19", "20"]


async def test_columns_of_the_token_are_taken_from_the_task(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", ALL_RIGHTS + 'columns = {site = "data.site"}')) as door:
        await heard(door, created())
        assert door.sent[0]["site"] == "berlin"


@pytest.mark.parametrize("action", ["TASKS_CREATED", "PROJECT_UPDATED", "LABEL_LINK_CREATED", "SOMETHING_NEW"])
async def test_events_about_no_annotation_are_taken_and_left_out(tmp_path: Path, action: str) -> None:
    async with opened(tmp_path) as door:
        [told] = await heard(door, {"action": action, "tasks": [{"id": 1}], "project": {"id": 2}})
        door.intake.health.kafka.failed("it is away")
        assert (await door.hook({"action": action})).is_success
        assert door.intake.health.kafka.why == "it is away"
        assert told == {"accepted": 0, "refused": [], "notes": {"events about no annotation, left out": 1}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"17",
        {"action": "ANNOTATION_CREATED"},
        {"action": "ANNOTATION_CREATED", "annotation": 17},
        {"action": "ANNOTATION_CREATED", "annotation": {"id": 1}},
        {"action": "ANNOTATION_CREATED", "annotation": annotation(created_at="yesterday")},
        {"action": "ANNOTATION_CREATED", "annotation": annotation(created_at="2023-11-14T20:00:00")},
        {"action": "ANNOTATIONS_DELETED", "annotations": ["x"]},
        {"action": "ANNOTATIONS_DELETED"},
    ],
)
async def test_what_label_studio_does_not_write_is_refused(tmp_path: Path, body: Any) -> None:
    async with opened(tmp_path) as door:
        answer = await door.hook(body)
        assert answer.status_code in {400, 422}
        assert answer.json()["detail"]
        assert door.sent == []


async def test_without_a_queue_the_tokens_only_one_is_meant(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        assert (await door.hook(created(), query="")).status_code == 422
        door.write_tokens(token("acme", ALL_RIGHTS.replace(', "tags"', "")))
        assert (await door.hook(created(), query="")).status_code == 200


async def test_create_update_delete_ends_in_the_rows_of_never_having_judged(tmp_path: Path) -> None:
    """Through stage 1, beside the other raters of the items."""
    others = [created(100 + n, label, completed_by=10 + n) for n, label in enumerate(("cat", "cat", "dog"))]
    story = [created(), updated(), updated(label="none", minutes=6), deleted(17)]

    async def told(folder: str, *events: dict[str, Any]) -> list[Any]:
        prepare(tmp_path / folder, token("acme", ALL_RIGHTS))
        shutil.copy(tmp_path / "acme.key", tmp_path / folder)
        async with opened(tmp_path / folder) as door:
            await heard(door, *events)
            return door.records

    PseudonymKey.create(str(tmp_path / "acme.key"))
    never = await told("never", *others)
    last = await told("last", *others, *story)
    amid = await told("amid", others[0], story[0], others[1], *story[1:3], others[2], story[3])
    assert len(last) == len(amid) == len(never) + 4
    assert sums(last) == sums(never)
    assert sums(last[:-1]) != sums(never)
    # What an answer meets by chance is fixed when it comes, by the mix of answers so far.
    assert sums(amid, COMMUTATIVE) == sums(never, COMMUTATIVE)


def sums(records: list[Any], columns: Collection[Column] = tuple(Column)) -> dict[Any, Any]:
    """What both stages hold: window sums of every rater, vendor and queue."""
    directory = Directory.of(payload_of(parse_settings(QUEUES)))
    log = [Record(at, record.timestamp, record.value) for at, record in enumerate(records)]
    store = run(ItemStage(0, 1, directory, stored=False), log)
    shard = RatersStage(0, 1, stored=False)
    run(shard, outcome_log(store.messages, 0))
    found = measured([shard], "lifetime", NOW_MS)
    rows = {name: ({column: one.columns[column] for column in columns}, one.labels) for name, one in found.items()}
    return {name: row for name, row in rows.items() if any(row[0].values())}
