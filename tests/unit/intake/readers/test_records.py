"""Files as records: what they are written in, where they break off, and how much memory they take."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from stream.errors import InputError
from stream.intake.files import EventFile
from stream.intake.readers.records import records_of
from stream.intake.table import Reading
from tests.unit.intake.readers.exporting import EXPORTS, UTC, WRITTEN, events_of

BIG_BYTES = 30_000_000
MEMORY_BYTES = 6_000_000  # some rows and the parser's buffers; who reads the whole file needs five times as much
FILLER = "lorem ipsum " * 2_000


def fields_of(path: Path) -> list[object]:
    return [record.fields for record in records_of(str(path))]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2}]',
        '\ufeff\n [\n{"a": 1},\n{"a": 2}\n]\n',
        '{"a": 1}\n\n{"a": 2}\n',
        '{"items": [{"a": 1}, {"a": 2}], "total": 2}',
        '{ "items": [ {"a": 1}, {"a": 2} ] }',
    ],
)
def test_json_comes_as_an_array_in_lines_or_as_a_page_of_an_api(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert fields_of(tmp_path / "file") == [{"a": 1}, {"a": 2}]


def test_one_object_may_be_spread_over_lines(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('\n{\n  "a": [\n 1\n]\n}\n')
    assert fields_of(tmp_path / "file") == [{"a": [1]}]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_gzipped_export_is_read_like_the_export_whatever_its_name(tmp_path: Path, name: str) -> None:
    _, reading = WRITTEN[name]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress((EXPORTS / name).read_bytes()))
    assert events_of(path, **reading) == events_of(name, **reading)


@pytest.mark.parametrize("name", [name for name in WRITTEN if name != "mturk_batch.csv"])
def test_a_file_that_is_cut_off_is_refused_with_its_name_and_place(tmp_path: Path, name: str) -> None:
    _, reading = WRITTEN[name]
    whole = (EXPORTS / name).read_bytes().rstrip()
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(InputError, match=rf"{path.name}: .*(line|lines|record|image) \d+.*"):
        events_of(path, **reading)


def test_a_gzipped_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((EXPORTS / "appen_full.csv").read_bytes())
    path = tmp_path / "appen_full.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match=r"appen_full.csv.gz: .* damaged or cut off .* export it again"):
        events_of(path, **UTC)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'[{"completed_by": "ann"}, {"completed_by" "ben"}]', r"after record 1: not JSON \(parse error"),
        (b'[{"a": 1}', "after record 1: the file ends in the middle; export or copy it again"),
        (b"[1, 2]", "record 1: not an object"),
        (b'[{"a": "\xff"}]', "after record 0: not"),
        (b'{"a": 1}\n{"a": tru', "line 2: not JSON .* is the file complete"),
        (b'{"a": 1}\n[1]\n', "line 2: not an object"),
        (b'{\n"a": 1,\n', "lines 1 to 2: not JSON .* is the file complete"),
    ],
)
def test_broken_json_is_named_by_place_and_never_quoted(tmp_path: Path, text: bytes, problem: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(text)
    with pytest.raises(InputError, match=f"file.json: {problem}") as caught:
        fields_of(path)
    assert "ann" not in str(caught.value)
    assert "ben" not in str(caught.value)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes((EXPORTS / "appen_full.csv").read_bytes() + b"\xe4\n")
    with pytest.raises(InputError, match=r"report.csv: not UTF-8 after line \d; save the file as UTF-8"):
        events_of(path, **UTC)


def label_studio_task(number: int) -> str:
    answer = [{"from_name": "q", "type": "choices", "value": {"choices": ["a"]}}]
    annotations = [
        {"id": 3 * number + part, "completed_by": part, "result": answer, "created_at": "2021-03-09T22:16:08Z"}
        for part in range(3)
    ]
    return json.dumps({"id": number, "data": {"text": FILLER}, "annotations": annotations})


def toloka_row(number: int) -> str:
    times = "2021-03-09T22:16:00\t2021-03-09T22:16:30"
    return f"{FILLER}\ta\ta{number // 5}\tt{number}\tw{number % 9}\t{times}"


def cvat_image(number: int) -> str:
    tag = f'<tag label="a" source="manual"><attribute name="remark">{FILLER}</attribute></tag>'
    return f'<image id="{number}" name="{number}.jpg">{tag}</image>'


CVAT_BEGIN = (
    "<annotations><meta><job><id>1</id><updated>2024-07-23 16:00:52+00:00</updated>"
    "<assignee><username>ann</username></assignee></job></meta>"
)
TOLOKA_HEADER = (
    "INPUT:text\tOUTPUT:q\tASSIGNMENT:assignment_id\tASSIGNMENT:task_id\tASSIGNMENT:worker_id\tASSIGNMENT:started"
    "\tASSIGNMENT:submitted\n"
)


@pytest.mark.parametrize(
    ("name", "begin", "made", "separator", "end"),
    [
        ("project.json", "[", label_studio_task, ",\n", "]"),
        ("results.tsv", TOLOKA_HEADER, toloka_row, "\n", "\n"),
        ("annotations.xml", CVAT_BEGIN, cvat_image, "\n", "</annotations>"),
    ],
)
def test_a_large_file_takes_little_memory(tmp_path, name, begin, made, separator, end) -> None:
    path, number = tmp_path / name, 0
    with path.open("w") as file:
        file.write(begin)
        while file.tell() < BIG_BYTES:
            file.write(separator * (number > 0) + separator.join(made(number + at) for at in range(50)))
            number += 50
        file.write(end)
    watched: list[int] = []
    events = EventFile(str(path), Reading(**UTC), watched.append)
    tracemalloc.start()
    try:
        judgments = sum(1 for _ in events)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert judgments == (3 * number if name == "project.json" else number)
    assert peak < MEMORY_BYTES
    assert path.stat().st_size <= sum(watched) <= path.stat().st_size + 1_000_000
    assert len(watched) > 100
