"""Label Studio's JSON export: a task with all its annotations.

After "Label Studio JSON format of annotated tasks" in Label Studio's guide. Predictions are no judgments and are not
read. An annotation that was changed later comes as a revision, at the time of its last change.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from stream.intake.readers.clock import revision_of
from stream.intake.readers.label_studio_values import FREE_TEXT, REGIONS, Answer, answer_of
from stream.intake.readers.port import KNOWN, Asked, Record, Row
from stream.intake.readers.unreadable import Unreadable


class LabelStudio:
    """One judgment an annotation; that of a ground truth is the task's known answer."""

    name: ClassVar[str] = "label-studio"
    title: ClassVar[str] = "Label Studio, JSON"
    needs: ClassVar[str] = 'objects with "data" and "annotations"'
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "id of the task",
        "judgment_id": "id of the annotation",
        "rater_id": "completed_by",
        "label": "result",
        "gold": "result",
        "duration_ms": "lead_time",
        "submitted_at": "updated_at",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._has_regions = False

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        """Also of versions before 1.0, which said "completions"."""
        annotations = fields.get("annotations", fields.get("completions"))
        is_task = isinstance(fields.get("data"), dict) and isinstance(annotations, list)
        return is_task and "datasetObjectId" not in fields  # SageMaker's annotations are others

    def rows(self, record: Record) -> Iterable[Row]:
        """The task's annotations. Raises Unreadable where they were exported as numbers only."""
        task = record.fields
        for annotation in task.get("annotations", task.get("completions")) or ():
            if not isinstance(annotation, dict):
                raise Unreadable("annotations are numbers only; export the project as JSON, annotations included")
            yield from self._row(task, annotation)

    def _row(self, task: Mapping[str, Any], annotation: Mapping[str, Any]) -> Iterator[Row]:
        left_out, clock = self._asked.tally.left_out, self._asked.clock
        rater, was_cancelled = rater_of(annotation.get("completed_by")), bool(annotation.get("was_cancelled"))
        members = None if was_cancelled else self._members(annotation)
        is_known = bool(annotation.get("ground_truth")) and members is not None
        if rater is None and not is_known:
            left_out["annotations of nobody (no completed_by)"] += 1
        elif members is None and not was_cancelled:
            left_out["annotations without an answer to the question"] += 1
        else:
            created, updated = clock.ms(annotation.get("created_at")), clock.ms(annotation.get("updated_at"))
            revision = revision_of(created, updated)
            yield {
                "item_id": task.get("id"),
                "judgment_id": annotation.get("id"),
                "rater_id": rater or "known answer",
                "label": members,
                "outcome": "skipped" if was_cancelled else "answered",
                "submitted_at": updated if revision else created,
                "revision": revision,
                "duration_ms": clock.duration_ms(annotation.get("lead_time")),
                KNOWN: is_known,
            }

    def _members(self, annotation: Mapping[str, Any]) -> list[str] | None:
        """What was chosen; nothing at all where regions are asked for and the annotation has none."""
        answers = self._answers(annotation.get("result") or ())
        question = self._asked.questions.choose(
            [name for name, answer in answers.items() if self._counts(name, answer)]
        )
        if question is None:
            return [] if self._has_regions and not annotation.get("result") else None
        if answers[question].kind == REGIONS:
            self._has_regions = True
            self._asked.tally.noted["answers that mark regions: compared by their labels, not by where they lie"] += 1
        return answers[question].members

    def _answers(self, results: Iterable[Mapping[str, Any]]) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for result in results:
            name, answer = result.get("from_name"), answer_of(result.get("value"))
            if isinstance(name, str) and answer is not None and (answer.members or answer.kind == REGIONS):
                before = answers.get(name)
                answers[name] = answer if before is None else Answer(answer.kind, [*before.members, *answer.members])
        return answers

    def _counts(self, name: str, answer: Answer) -> bool:
        """Free text is no label, unless somebody asks for it."""
        return answer.kind != FREE_TEXT or name == self._asked.questions.wanted


def rater_of(completed_by: Any) -> object:
    """Who annotated: a number, or an object that has it, as exports differ."""
    return completed_by.get("id", completed_by.get("email")) if isinstance(completed_by, dict) else completed_by
