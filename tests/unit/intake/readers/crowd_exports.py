"""Any judgments as each tool's export: what a reader makes of it must be the same judgments again."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from stream.events import Judgment

Judgments = Iterable[Judgment]


def label_studio(path: Path, judgments: Judgments) -> None:
    path.write_text(json.dumps([_task(item, answers) for item, answers in _by_item(judgments).items()], indent=1))


def label_studio_min(path: Path, judgments: Judgments) -> None:
    path.write_text(
        json.dumps(
            [
                {
                    "id": one.item_id,
                    "answer": one.label,
                    "annotator": one.rater_id,
                    "annotation_id": one.judgment_id,
                    "created_at": _iso(one),
                    "updated_at": _iso(one),
                    "lead_time": _seconds(one),
                }
                for one in judgments
            ]
        )
    )


def sagemaker(path: Path, judgments: Judgments) -> None:
    """What the workers answered about all objects in one file, with the objects' numbers as a human loop has them."""
    with path.open("w") as file:
        for item, answers in _by_item(judgments).items():
            human = [
                {
                    "workerId": one.rater_id,
                    "submissionTime": _iso(one),
                    "timeSpentInSeconds": _seconds(one),
                    "answerContent": {"answer": {"label": one.label}},
                }
                for one in answers
            ]
            file.write(json.dumps({"humanLoopName": item, "humanAnswers": human}) + "\n")


def toloka(path: Path, judgments: Judgments) -> None:
    rows = [
        {
            "INPUT:text": one.item_id,
            "OUTPUT:answer": one.label,
            "GOLDEN:answer": one.gold or "",
            "ASSIGNMENT:assignment_id": one.judgment_id,
            "ASSIGNMENT:worker_id": one.rater_id,
            "ASSIGNMENT:status": "APPROVED",
            "ASSIGNMENT:started": _iso(one, back_ms=one.duration_ms or 0).removesuffix("+00:00"),
            "ASSIGNMENT:submitted": _iso(one).removesuffix("+00:00"),
        }
        for one in judgments
    ]
    _table(path, rows, "\t")


def mturk(path: Path, judgments: Judgments) -> None:
    """Its times are whole seconds."""
    rows = [
        {
            "HITId": one.item_id,
            "AssignmentId": one.judgment_id,
            "WorkerId": one.rater_id,
            "SubmitTime": f"{_moment(one):%a %b %d %H:%M:%S UTC %Y}",
            "WorkTimeInSeconds": str(_seconds(one)),
            "Answer.answer": one.label,
        }
        for one in judgments
    ]
    _table(path, rows, ",")


def appen(path: Path, judgments: Judgments) -> None:
    rows = [
        {
            "_unit_id": one.item_id,
            "_created_at": f"{_moment(one):%m/%d/%Y %H:%M:%S}",
            "_golden": "true" if one.gold else "false",
            "_id": one.judgment_id,
            "_worker_id": one.rater_id,
            "_channel": one.vendor,
            "answer": one.label,
            "answer_gold": one.gold or "",
        }
        for one in judgments
    ]
    _table(path, rows, ",")


def argilla(path: Path, judgments: Judgments) -> None:
    """The server's way, which has times."""
    records = [
        {
            "id": item,
            "fields": {"text": "x"},
            "responses": [
                {
                    "user_id": one.rater_id,
                    "values": {"answer": {"value": one.label}},
                    "status": "submitted",
                    "inserted_at": _iso(one).removesuffix("+00:00"),
                    "updated_at": _iso(one).removesuffix("+00:00"),
                }
                for one in answers
            ],
        }
        for item, answers in _by_item(judgments).items()
    ]
    path.write_text(json.dumps({"items": records, "total": len(records)}))


def prodigy(path: Path, judgments: Judgments) -> None:
    with path.open("w") as file:
        for one in judgments:
            task = {
                "_input_hash": one.item_id,
                "_task_hash": one.item_id,
                "_view_id": "choice",
                "accept": [one.label],
                "answer": "accept",
                "_timestamp": _moment(one).timestamp(),
                "_annotator_id": one.rater_id,
            }
            file.write(json.dumps(task) + "\n")


def cvat(path: Path, judgments: Judgments) -> None:
    """One job: all judgments are those of one rater, at the time of the last one."""
    given = list(judgments)
    images = "".join(
        f'<image id="{number}" name={quoteattr(one.item_id)} width="1" height="1">'
        f'<tag label={quoteattr(str(one.label))} source="manual"></tag></image>\n'
        for number, one in enumerate(given)
    )
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version><meta><job><id>1</id>'
        f"<updated>{_iso(given[-1])}</updated><assignee><username>{escape(given[0].rater_id)}</username></assignee></job></meta>"
        f"\n{images}</annotations>\n"
    )


WRITERS: Mapping[str, tuple[Any, str]] = {
    "label-studio": (label_studio, "project.json"),
    "label-studio-min": (label_studio_min, "project.json"),
    "cvat": (cvat, "annotations.xml"),
    "sagemaker": (sagemaker, "answers.jsonl"),
    "toloka": (toloka, "results.tsv"),
    "mturk": (mturk, "batch.csv"),
    "appen": (appen, "report.csv"),
    "argilla": (argilla, "records.json"),
    "prodigy": (prodigy, "news.jsonl"),
}


def _task(item: str, answers: Iterable[Judgment]) -> dict[str, Any]:
    return {
        "id": item,
        "data": {"text": "x"},
        "annotations": [
            {
                "id": one.judgment_id,
                "completed_by": one.rater_id,
                "result": [{"from_name": "answer", "type": "choices", "value": {"choices": [one.label]}}],
                "was_cancelled": False,
                "ground_truth": False,
                "created_at": _iso(one),
                "updated_at": _iso(one),
                "lead_time": _seconds(one),
            }
            for one in answers
        ],
        "predictions": [],
    }


def _by_item(judgments: Judgments) -> dict[str, list[Judgment]]:
    found: defaultdict[str, list[Judgment]] = defaultdict(list)
    for one in judgments:
        found[one.item_id].append(one)
    return found


def _table(path: Path, rows: list[dict[str, Any]], delimiter: str) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _moment(one: Judgment, back_ms: int = 0) -> datetime:
    assert isinstance(one.submitted_at, int)
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=one.submitted_at - back_ms)


def _iso(one: Judgment, back_ms: int = 0) -> str:
    return _moment(one, back_ms).isoformat(timespec="milliseconds")


def _seconds(one: Judgment) -> float | None:
    return None if one.duration_ms is None else one.duration_ms / 1000
