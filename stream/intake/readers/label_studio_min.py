"""Label Studio's JSON_MIN export: an annotation an object, the task's data and the answers side by side.

After "Export formats supported by Label Studio" in its guide. The file does not tell an answer from a field of the
task, nor which annotations were skipped or are ground truth: the JSON export says more.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from stream.intake.readers.clock import revision_of
from stream.intake.readers.label_studio import rater_of
from stream.intake.readers.label_studio_values import answer_of
from stream.intake.readers.port import Asked, Record, Row

_OWN = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"})


class LabelStudioMin:
    """One judgment an object."""

    name: ClassVar[str] = "label-studio-min"
    title: ClassVar[str] = "Label Studio, JSON_MIN"
    needs: ClassVar[str] = 'objects with "annotation_id", "annotator" and "lead_time"'
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "id",
        "judgment_id": "annotation_id",
        "rater_id": "annotator",
        "duration_ms": "lead_time",
        "submitted_at": "updated_at",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        return {"annotation_id", "annotator", "lead_time"} <= fields.keys()

    def rows(self, record: Record) -> Iterable[Row]:
        """The annotation, unless it leaves the question unanswered."""
        fields, clock = record.fields, self._asked.clock
        question = self._asked.questions.choose([name for name in fields if name not in _OWN])
        members = None if question is None else _members(fields[question])
        if members is None:
            self._asked.tally.left_out["annotations without an answer to the question"] += 1
            return
        created, updated = clock.ms(fields.get("created_at")), clock.ms(fields.get("updated_at"))
        revision = revision_of(created, updated)
        yield {
            "item_id": fields.get("id"),
            "judgment_id": fields["annotation_id"],
            "rater_id": rater_of(fields["annotator"]),
            "label": members,
            "submitted_at": updated if revision else created,
            "revision": revision,
            "duration_ms": clock.duration_ms(fields["lead_time"]),
        }


def _members(answer: Any) -> list[str] | None:
    """One choice stands as it is, everything else as in the JSON export."""
    if isinstance(answer, str | int) and answer != "":
        return [str(answer)]
    parts = [answer_of(part) for part in (answer if isinstance(answer, list) else [answer])]
    found = [member for part in parts if part is not None for member in part.members]
    return found or None
