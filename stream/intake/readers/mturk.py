"""Mechanical Turk's results of a batch, as its requester site writes them: an assignment a row.

After "Reviewing Assignments Offline" in the Requester UI guide. An answer is a column Answer.question, or a column
Answer.question.option for each option, true or false, or Answer.taskAnswers with all of them as JSON.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from stream.intake.readers.crowd_answers import crowd_answers
from stream.intake.readers.port import Asked, Record, Row
from stream.intake.readers.unreadable import Unreadable

_ANSWER, _AS_JSON = "Answer.", "Answer.taskAnswers"
_TRUTHS = frozenset({"true", "false", ""})


class MechanicalTurk:
    """One judgment an assignment, its HIT being the item."""

    name: ClassVar[str] = "mturk"
    title: ClassVar[str] = "Mechanical Turk, results of a batch (CSV)"
    needs: ClassVar[str] = "columns HITId, WorkerId and Answer.…"
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "HITId",
        "judgment_id": "AssignmentId",
        "rater_id": "WorkerId",
        "label": "Answer.…",
        "submitted_at": "SubmitTime",
        "duration_ms": "WorkTimeInSeconds",
        "cost": "Reward",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        return {"HITId", "WorkerId"} <= fields.keys() and any(name.startswith(_ANSWER) for name in fields)

    def rows(self, record: Record) -> Iterable[Row]:
        """The row, if its assignment was handed in and answers the question."""
        row, clock = record.fields, self._asked.clock
        answers = _answers(row)
        question = self._asked.questions.choose(list(answers))
        members = answers[question] if question is not None else []
        if not members:
            self._asked.tally.left_out["assignments without an answer to the question"] += 1
            return
        cost = row.get("Reward", "").removeprefix("$")
        yield {
            "item_id": row["HITId"],
            "judgment_id": row.get("AssignmentId"),
            "rater_id": row["WorkerId"],
            "label": members,
            "submitted_at": clock.ms(row.get("SubmitTime")),
            "duration_ms": clock.duration_ms(row.get("WorkTimeInSeconds")),
            "cost": cost or None,
            "currency": "USD" if cost else None,
        }


def _answers(row: Mapping[str, str]) -> dict[str, list[str]]:
    """Question -> what was chosen, also of questions that were left open."""
    found = crowd_answers(_decoded(row[_AS_JSON])) if _AS_JSON in row else {}
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, cell in row.items():
        if name.startswith(_ANSWER) and name != _AS_JSON:
            question, _, option = name.removeprefix(_ANSWER).rpartition(".")
            groups[question][option] = cell
    for question, cells in groups.items():
        if question and len(cells) > 1 and {cell.lower() for cell in cells.values()} <= _TRUTHS:
            found[question] = [option for option, cell in cells.items() if cell.lower() == "true"]
        else:
            whole = {f"{question}.{option}" if question else option: cell for option, cell in cells.items()}
            found |= {name: [cell] if cell else [] for name, cell in whole.items()}
    return found


def _decoded(cell: str) -> Mapping[str, Any]:
    try:
        answers = json.loads(cell or "[]")
    except ValueError:
        raise Unreadable(f"{_AS_JSON} is not JSON; is the file complete?") from None
    if isinstance(answers, dict):
        answers = [answers]
    if not isinstance(answers, list) or len(answers) > 1 or not all(isinstance(one, dict) for one in answers):
        raise Unreadable(f"{_AS_JSON} is not one set of answers; such a HIT cannot be read")
    return answers[0] if answers else {}
