import gzip
import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from stream.events import Event, Gold, Judgment
from stream.intake.files import EventFile
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.table import Reading
from tests.unit.intake.http.door import ALL_RIGHTS, opened, token
from tests.unit.intake.readers.exporting import EXPORTS, WRITTEN

QUEUES = '[queues.wide]\nhorizon_days = 36500\nlabels = ["a"]\n[vendors.acme]\n'
RIGHTS = ALL_RIGHTS.replace('"images", "tags"', '"wide"')
REFUSED = {  # files that say less, or more, than a token lets in
    "appen_full.csv": "other_vendor",
    "argilla_records.json": "no_time",
    "argilla_dataset.jsonl": "no_time",
    "consolidation_request.json": "no_time",
}
HERE = {"Content-Type": "application/octet-stream"}


def expected(path: Path, reading: Reading) -> list[Event]:
    """What backtest reads, and once more where it finds out that the answers are sets."""
    events = list(EventFile(str(path), reading))
    if any(isinstance(getattr(one, "label", None), list) for one in events):
        return list(EventFile(str(path), replace(reading, set_queues=frozenset({"wide"}))))
    return events


# SageMaker's single answers are told apart by the folders that they lie in, which a body does not have.
@pytest.mark.parametrize("name", [name for name in WRITTEN if "/" not in name])
async def test_an_export_gives_what_its_reader_gives(tmp_path: Path, name: str) -> None:
    file_format, options = WRITTEN[name]
    path, key = EXPORTS / name, PseudonymKey("bc", b"k" * 32)
    (tmp_path / "acme.key").write_text(f"bc:{(b'k' * 32).hex()}")
    (tmp_path / "acme.key").chmod(0o600)
    reading = Reading(
        pseudonym=key.pseudonym, queue="wide", vendor="acme", format=file_format, time_zone=ZoneInfo("UTC")
    )
    events = expected(path, replace(reading, question=options.get("question")))
    answers = [one.label for one in events if isinstance(one, Judgment | Gold) and one.label is not None]
    is_set = any(isinstance(answer, list) for answer in answers)
    labels = sorted({str(one) for answer in answers for one in (answer if isinstance(answer, list) else [answer])})
    kind = 'kind = "set"\n' if is_set else ""
    queues = QUEUES.replace('labels = ["a"]', f"{kind}labels = {json.dumps(labels)}")
    rights = RIGHTS + 'time_zone = "UTC"\n'
    async with opened(tmp_path, token("acme", rights, expires="2031-01-01T00:00:00Z"), queues=queues) as door:
        door.intake.clock_ms = lambda: 1_900_000_000_000
        parameters = {"format": file_format, **({"question": options["question"]} if "question" in options else {})}
        packed = HERE | {"Content-Encoding": "gzip"}
        told = [
            await door.post(path.read_bytes(), params=parameters, headers=HERE),
            await door.post(gzip.compress(path.read_bytes()), params=parameters, headers=packed),
        ]
        if name in REFUSED:
            assert {one["reason"] for one in told[0].json()["refused"]} == {REFUSED[name]}
            return
        assert [one.status_code for one in told] == [200, 200], told[0].text
        assert door.sent == 2 * [msgspec.to_builtins(one) for one in events]
        assert told[0].json()["accepted"] == len(events) > 0


async def test_a_file_of_another_tool_is_refused_whole(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", RIGHTS), queues=QUEUES) as door:
        for body in (b"", b"{}", b"[{}]", b"[1, 2", b"\x00" * 50, b"PK\x03\x04", b"PAR1xxxxPAR1", b"<annotations>"):
            answer = await door.post(body, params={"format": "label-studio"})
            assert answer.status_code in {400, 415, 422}, body
            assert "/proc" not in answer.text
        assert door.sent == []


@pytest.mark.parametrize(
    ("file_format", "body"),
    [
        ("cvat", b'<?xml version="1.0" encoding="utf-99"?><annotations/>'),
        ("cvat", b"<annotations><meta>" + b"<a>" * 50_000),
        ("cvat", b"<annotations><meta>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</meta></annotations>"),
        ("toloka", b"INPUT:x\tASSIGNMENT:worker_id\n" + b'"' + b"x" * 200_000),
        ("toloka", "INPUT:x\tOUTPUT:y\tASSIGNMENT:worker_id\n\u0000".encode("utf-16")),
        ("label-studio", b"[" * 100_000),
        ("label-studio", b'[{"id": 1, "data": {}, "annotations": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}]"),
        ("argilla", b"PAR1" + bytes(100) + b"PAR1"),
        ("mturk", gzip.compress(bytes(1_000_000))),
        ("appen", b"PK\x03\x04" + bytes(100)),
    ],
)
async def test_a_file_made_to_hurt_is_refused(tmp_path: Path, file_format: str, body: bytes) -> None:
    async with opened(tmp_path, token("acme", RIGHTS), queues=QUEUES) as door:
        answer = await door.post(body, params={"format": file_format})
        assert answer.status_code in {415, 422}, answer.text


async def test_what_to_do_is_said_in_words_of_http(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", RIGHTS), queues=QUEUES) as door:
        answer = await door.post((EXPORTS / "mturk_batch.csv").read_bytes(), params={"format": "toloka"})
        assert answer.status_code == 422
        assert "--" not in answer.json()["detail"]
        annotation = {"id": 1, "completed_by": 2, "created_at": "2023-11-14T20:00:00", "result": []}
        answers = [
            {"from_name": name, "to_name": "x", "type": "choices", "value": {"choices": ["a"]}} for name in ("q", "r")
        ]
        task = {"id": 1, "data": {}, "annotations": [annotation | {"result": answers[:1]}]}
        naive = await door.post([task], params={"format": "label-studio"})
        assert "time_zone of the token" in naive.json()["detail"]
        task["annotations"] = [annotation | {"result": answers}]
        asked = await door.post([task], params={"format": "label-studio"})
        assert "?question=NAME" in asked.json()["detail"]


async def test_an_export_without_ids_or_times_is_refused_for_it_could_not_be_sent_twice(tmp_path: Path) -> None:
    result = [{"from_name": "q", "to_name": "x", "type": "choices", "value": {"choices": ["a"]}}]
    whole = {"id": 1, "completed_by": 2, "created_at": "2023-11-14T20:00:00Z", "result": result}
    async with opened(tmp_path, token("acme", RIGHTS), queues=QUEUES) as door:
        for left_out, reason in (("id", "no_id"), ("created_at", "no_time")):
            annotation = {name: value for name, value in whole.items() if name != left_out}
            task = {"id": 1, "data": {}, "annotations": [annotation]}
            answer = await door.post([task], params={"format": "label-studio"})
            assert [one["reason"] for one in answer.json()["refused"]] == [reason]
        assert door.sent == []


async def test_more_judgments_than_are_taken_at_once_are_refused(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", RIGHTS), queues=QUEUES, limits="batch_records = 1") as door:
        body = (EXPORTS / "label_studio.json").read_bytes()
        assert (await door.post(body, params={"format": "label-studio"})).status_code == 413
