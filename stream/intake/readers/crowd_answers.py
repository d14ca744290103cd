"""What workers answered in Amazon's crowd HTML elements, as SageMaker and Mechanical Turk hand it over.

After "Crowd HTML Elements Reference" in the SageMaker developer guide: the answer of an element stands under its name.
"""

from collections.abc import Mapping
from typing import Any


def crowd_answers(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Question -> the options that were chosen; what is no choice of labels is left out."""
    found = {name: _members(answer) for name, answer in content.items()}
    return {name: members for name, members in found.items() if members}


def _members(answer: Any) -> list[str]:
    if isinstance(answer, str | int | float) and not isinstance(answer, bool):
        return [str(answer)] if answer != "" else []
    if not isinstance(answer, Mapping):
        return []
    if isinstance(answer.get("label"), str):
        return [answer["label"]]
    if isinstance(answer.get("labels"), list):
        return [str(label) for label in answer["labels"]]
    if answer and all(isinstance(chosen, bool) for chosen in answer.values()):  # radio buttons and check boxes
        return [str(option) for option, chosen in answer.items() if chosen]
    return [str(mark["label"]) for mark in _marks(answer)]


def _marks(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Boxes, polygons, entities: compared by their labels."""
    marks = next(
        (answer[name] for name in ("boundingBoxes", "polygons", "instances", "entities") if name in answer), ()
    )
    return [mark for mark in marks if isinstance(mark, Mapping) and "label" in mark]
