"""Prodigy's annotations as `db-out` writes them: a task an object, a line each.

After "Annotation interfaces" and "Database" in Prodigy's documentation. A task with options is answered by those
accepted; one that was marked by hand by the labels of its spans; any other by accept or reject.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from stream.intake.readers.port import Asked, Record, Row
from stream.intake.readers.unreadable import Unreadable


class Prodigy:
    """One judgment a task that somebody answered; `ignore` is a skip."""

    name: ClassVar[str] = "prodigy"
    title: ClassVar[str] = "Prodigy, db-out"
    needs: ClassVar[str] = 'objects with "_input_hash", "_task_hash" and "answer"'
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "_task_hash",
        "judgment_id": "_task_hash",
        "rater_id": "_annotator_id",
        "submitted_at": "_timestamp",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        return {"_input_hash", "_task_hash"} <= fields.keys()

    def rows(self, record: Record) -> Iterable[Row]:
        """The task's answer. Raises Unreadable where nobody is named who gave it."""
        task, left_out = record.fields, self._asked.tally.left_out
        wanted = self._asked.questions.wanted
        if task.get("answer") not in {"accept", "reject", "ignore"}:
            left_out["tasks without an answer"] += 1
            return
        if wanted is not None and self._asked.questions.choose([str(task.get("label"))]) is None:
            left_out["tasks about another label"] += 1
            return
        rater = task.get("_annotator_id") or task.get("_session_id")
        if rater is None:
            raise Unreadable(
                "has neither _annotator_id nor _session_id; let annotators work in their own sessions (?session=name)"
            )
        is_skipped = task["answer"] == "ignore"
        yield {
            "item_id": task["_task_hash"],
            # Two people may answer a task in the same second, and a raw id must not become part of another id.
            "judgment_id": f"{task['_task_hash']}:{self._asked.named(str(rater))}",
            "rater_id": rater,
            "label": None if is_skipped else self._members(task),
            "outcome": "skipped" if is_skipped else "answered",
            "submitted_at": _ms(task.get("_timestamp")),
        }

    def _members(self, task: Mapping[str, Any]) -> list[str]:
        if task["answer"] == "reject":
            return ["reject"]
        if "options" in task or isinstance(task.get("accept"), list):
            return [str(option) for option in task.get("accept") or ()]
        if str(task.get("_view_id", "")).endswith("_manual"):
            self._asked.tally.noted["answers that mark spans: compared by their labels, not by where they lie"] += 1
            return [str(span.get("label")) for span in task.get("spans") or ()]
        return ["accept"]


def _ms(timestamp: object) -> int | None:
    """Prodigy counts seconds since the epoch."""
    return round(timestamp * 1000) if isinstance(timestamp, int | float) else None
