"""Toloka's results of a pool: a task of an assignment a row, tab separated.

After "Get the results" in Toloka's guide and the fields of its results in the documentation of toloka-kit. The time
between start and submission is about the whole assignment and is divided by the tasks on it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from stream.intake.readers.page_sizes import PageSizes
from stream.intake.readers.port import Asked, Record, Row

_ASSIGNMENT, _WORKER, _TASK = "ASSIGNMENT:assignment_id", "ASSIGNMENT:worker_id", "ASSIGNMENT:task_id"
_STARTED, _SUBMITTED, _STATUS = "ASSIGNMENT:started", "ASSIGNMENT:submitted", "ASSIGNMENT:status"
_ANSWER, _KNOWN, _INPUT = "OUTPUT:", "GOLDEN:", "INPUT:"


class Toloka:
    """One judgment a row; a control task has its known answer beside it, a training task a hint."""

    name: ClassVar[str] = "toloka"
    title: ClassVar[str] = "Toloka, results (TSV)"
    needs: ClassVar[str] = f"columns {_WORKER}, {_ASSIGNMENT} and OUTPUT:…"
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "ASSIGNMENT:task_id or INPUT:…",
        "judgment_id": _ASSIGNMENT,
        "rater_id": _WORKER,
        "label": "OUTPUT:…",
        "gold": "GOLDEN:…",
        "submitted_at": _SUBMITTED,
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._sizes: PageSizes | None = None

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        return {_WORKER, _ASSIGNMENT} <= fields.keys() and any(name.startswith(_ANSWER) for name in fields)

    def rows(self, record: Record) -> Iterable[Row]:
        """The row, if its assignment was handed in or skipped."""
        row, status = record.fields, record.fields.get(_STATUS) or "APPROVED"
        questions = [name.removeprefix(_ANSWER) for name in row if name.startswith(_ANSWER)]
        question = self._asked.questions.choose(questions)
        members = _members(row[_ANSWER + question]) if question is not None else None
        is_skipped = status == "SKIPPED"
        if status in {"ACTIVE", "EXPIRED"}:
            self._asked.tally.left_out[f"tasks of assignments that are {status.lower()}"] += 1
        elif members is None and not is_skipped:
            self._asked.tally.left_out["tasks without an answer to the question"] += 1
        else:
            item = _item(row)
            started, submitted = (self._asked.clock.ms(row.get(name)) for name in (_STARTED, _SUBMITTED))
            yield {
                "item_id": item,
                "judgment_id": f"{row[_ASSIGNMENT]}:{item}",
                "rater_id": row[_WORKER],
                "label": None if is_skipped else members,
                "outcome": "skipped" if is_skipped else "answered",
                "gold": _members(row.get(f"{_KNOWN}{question}")),
                "stage": "training" if row.get("HINT:text") else "production",
                "submitted_at": started if submitted is None else submitted,
                "duration_ms": self._duration_ms(row[_ASSIGNMENT], started, submitted),
            }

    def _duration_ms(self, assignment: str, started: int | None, submitted: int | None) -> int | None:
        if started is None or submitted is None:
            return None
        if self._sizes is None:
            self._sizes = PageSizes(record.fields.get(_ASSIGNMENT, "") for record in self._asked.again())
        return self._asked.clock.duration_ms((submitted - started) / 1000, self._sizes[assignment])


def _item(row: Mapping[str, str]) -> str:
    """The task's id, or what it shows, which is the same for everybody."""
    if row.get(_TASK):
        return row[_TASK]
    shown = {name.removeprefix(_INPUT): cell for name, cell in row.items() if name.startswith(_INPUT)}
    return next(iter(shown.values())) if len(shown) == 1 else json.dumps(shown, ensure_ascii=False, sort_keys=True)


def _members(cell: str | None) -> list[str] | None:
    """An answer with several values is a JSON array."""
    if not cell:
        return None
    if cell.startswith("["):
        try:
            found = json.loads(cell)
        except (ValueError, RecursionError):
            return [cell]
        return [str(member) for member in found]
    return [cell]
