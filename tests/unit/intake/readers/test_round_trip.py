"""Any judgments that a tool could have collected come back from its export as they were."""

import string
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from stream.events import Judgment
from tests.unit.intake.readers.crowd_exports import WRITERS
from tests.unit.intake.readers.exporting import UTC, events_of

# What the tool's file, as it is written here, cannot carry.
LOST = {
    "label-studio": {"gold", "vendor"},
    "label-studio-min": {"gold", "vendor"},
    "cvat": {"gold", "vendor", "duration_ms", "submitted_at", "judgment_id"},
    "sagemaker": {"gold", "vendor", "judgment_id"},
    "toloka": {"vendor", "judgment_id"},
    "mturk": {"gold", "vendor"},
    "appen": {"duration_ms"},
    "argilla": {"gold", "vendor", "duration_ms", "judgment_id"},
    "prodigy": {"gold", "vendor", "duration_ms", "judgment_id"},
}

# Names as people give them, line breaks, quotes and separators included; no tool lets them begin or end with a space.
NAMES = st.text(string.ascii_letters + string.digits + " ,;\"'<&>é一\t|", min_size=1, max_size=9).map(
    lambda text: f"a{text}z"
)
ANSWERS = st.tuples(NAMES, NAMES, st.integers(0, 10**6), st.integers(0, 3600), st.none() | NAMES, NAMES)
CROWDS = st.lists(st.tuples(NAMES, ANSWERS), min_size=1, max_size=12, unique_by=lambda row: (row[0], row[1][0]))


def judgments(rows: Any) -> list[Judgment]:
    return [
        Judgment(
            judgment_id=f"j{number}",
            item_id=item,
            rater_id=rater,
            queue="default",
            vendor=vendor,
            label=label,
            gold=gold,
            submitted_at=1_600_000_000_000 + 1000 * second,
            duration_ms=1000 * spent,
        )
        for number, (item, (rater, label, second, spent, gold, vendor)) in enumerate(rows)
    ]


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=25, deadline=None)
@given(rows=CROWDS)
def test_what_was_collected_comes_back(name: str, rows: Any) -> None:
    collected = judgments(rows)
    if name == "cvat":
        collected = [one for one in collected if one.rater_id == collected[0].rater_id]
    write, file = WRITERS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        write(path, collected)
        question = {"question": "answer"} if name == "label-studio-min" else {}
        found = [event for event in events_of(path, format=name, **question, **UTC) if isinstance(event, Judgment)]
    assert _told(found, LOST[name]) == _told(collected, LOST[name])


def _told(judgments: list[Judgment], lost: set[str]) -> list[tuple[Any, ...]]:
    names = [name for name in Judgment.__struct_fields__ if name not in lost]
    return sorted((tuple(getattr(one, name) for name in names) for one in judgments), key=repr)
