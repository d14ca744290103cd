"""What workers answered in SageMaker Ground Truth and in Augmented AI.

After "Labeling job output data" and "Annotation consolidation function" in the SageMaker developer guide, and "Amazon
A2I output data". Three kinds of file: a worker's response (annotations/worker-response/iteration-N/OBJECT/….json), the
request that a consolidation function gets, which knows no times, and the output of a human loop.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, ClassVar

import msgspec

from stream.intake.readers.crowd_answers import crowd_answers
from stream.intake.readers.port import Asked, Record, Row
from stream.intake.readers.unreadable import Unreadable

_RESPONSES = ("answers", "humanAnswers")


class SageMaker:
    """One judgment an answer; the item is the number of the data object, or the name of the human loop."""

    name: ClassVar[str] = "sagemaker"
    title: ClassVar[str] = "SageMaker Ground Truth, workers' answers"
    needs: ClassVar[str] = 'objects with "answers", "humanAnswers", or "datasetObjectId" and "annotations"'
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "datasetObjectId",
        "rater_id": "workerId",
        "label": "answerContent",
        "submitted_at": "submissionTime",
        "duration_ms": "timeSpentInSeconds",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        if "datasetObjectId" in fields:
            return isinstance(fields.get("annotations"), list)
        # A response may be without answers; a list that is empty beside other fields tells nothing.
        return fields == {"answers": []} or any(_are_answers(fields.get(name)) for name in _RESPONSES)

    def rows(self, record: Record) -> Iterable[Row]:
        """The answers about one data object. Raises Unreadable when it is not known which."""
        fields = record.fields
        item = fields.get("datasetObjectId") or fields.get("humanLoopName") or self._folder()
        for answer in fields.get("annotations") or fields.get("answers") or fields.get("humanAnswers") or ():
            yield from self._row(str(item), answer)

    def _row(self, item: str, answer: Mapping[str, Any]) -> Iterator[Row]:
        rater, clock = answer.get("workerId"), self._asked.clock
        answers = crowd_answers(_content(answer))
        question = self._asked.questions.choose(list(answers))
        if rater is None or question is None:
            self._asked.tally.left_out["answers of nobody, or without an answer to the question"] += 1
            return
        submitted = clock.ms(answer.get("submissionTime"))
        yield {
            "item_id": item,
            "judgment_id": f"{item}:{self._asked.named(str(rater))}:{submitted or 0}",
            "rater_id": rater,
            "label": answers[question],
            "submitted_at": submitted,
            "duration_ms": clock.duration_ms(answer.get("timeSpentInSeconds")),
        }

    def _folder(self) -> str:
        """A worker's response does not say which object it is about: the folder that it lies in does."""
        folder = PurePath(self._asked.file).parent.name
        if not folder.isdecimal():
            raise Unreadable(
                "does not say which data object it is about; keep the folders as they are in S3: "
                "worker-response/iteration-1/0/….json"
            )
        return folder


def _are_answers(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "answerContent" in one for one in value)
    )


def _content(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was answered; a consolidation request has it as a text of JSON."""
    content = answer.get("answerContent") or (answer.get("annotationData") or {}).get("content") or {}
    if isinstance(content, str):
        try:
            content = msgspec.json.decode(content)
        except ValueError:
            raise Unreadable("annotationData.content is not JSON; is the file complete?") from None
    if not isinstance(content, dict):
        raise Unreadable("the content of an answer is no object with the answers by name")
    # Built-in tasks wrap what a worker marked once more.
    inner = content.get("annotatedResult")
    return {"annotatedResult": inner} if isinstance(inner, dict) else content
