"""The files in `exports/`, written by hand after each tool's documentation, and reading them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from stream.backtest.sources import Sources, reading_after, survey_all
from stream.events import Event, Gold, Judgment
from stream.intake.files import EventFile
from stream.intake.readers.export import Export
from stream.intake.table import Reading

EXPORTS = Path(__file__).parent / "exports"
RESPONSE = "worker-response/iteration-1/0/2019-09-06_18:35:03.json"
UTC = {"time_zone": ZoneInfo("UTC")}

# Every file with what it needs to be read, and the format that it is in.
WRITTEN: Mapping[str, tuple[str, dict[str, Any]]] = {
    "label_studio.json": ("label-studio", {}),
    "label_studio_min.json": ("label-studio-min", {"question": "sentiment"}),
    "cvat_job.xml": ("cvat", {}),
    RESPONSE: ("sagemaker", {}),
    "worker-response/iteration-1/1/2019-09-06_18:36:10.json": ("sagemaker", {}),
    "consolidation_request.json": ("sagemaker", {}),
    "human_loop.json": ("sagemaker", {}),
    "toloka.tsv": ("toloka", UTC),
    "mturk_batch.csv": ("mturk", {"question": "sentiment.label"}),
    "mturk_options.csv": ("mturk", {}),
    "mturk_task_answers.csv": ("mturk", {}),
    "appen_full.csv": ("appen", UTC),
    "argilla_records.json": ("argilla", {}),
    "argilla_api.json": ("argilla", UTC),
    "argilla_dataset.jsonl": ("argilla", {}),
    "prodigy.jsonl": ("prodigy", {}),
    "prodigy_binary.jsonl": ("prodigy", {}),
    "prodigy_spans.jsonl": ("prodigy", {}),
}


def events_of(path: str | Path, **reading: Any) -> list[Event]:
    """As backtest reads it: looked through once, then read."""
    path = EXPORTS / path
    asked = Reading(**reading)
    return list(Sources((str(path),), reading_after(survey_all([str(path)], asked), asked)))


def judgments_of(path: str | Path, **reading: Any) -> list[dict[str, Any]]:
    """What differs from a judgment's defaults, of each judgment."""
    return [_plain(event) for event in events_of(path, **reading) if isinstance(event, Judgment)]


def golds_of(path: str | Path, **reading: Any) -> list[Gold]:
    return [event for event in events_of(path, **reading) if isinstance(event, Gold)]


def export_of(path: str | Path, **reading: Any) -> Export:
    file = EventFile(str(EXPORTS / path), Reading(**reading))
    for _ in file:
        pass
    assert file.export is not None
    return file.export


def _plain(judgment: Judgment) -> dict[str, Any]:
    fields = msgspec.to_builtins(judgment)
    return {name: value for name, value in fields.items() if (name, value) not in _USUAL}


_USUAL = [("type", "judgment"), ("queue", "default"), ("vendor", "unknown")]
