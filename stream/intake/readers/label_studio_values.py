"""What a value of Label Studio's results says: after "Label Studio tags" in its guide, by the name of its content."""

from typing import Any, Final, NamedTuple

CHOICE: Final = "choice"
REGIONS: Final = "regions"
FREE_TEXT: Final = "free text"


class Answer(NamedTuple):
    """The options that were chosen, or the labels of the regions that were marked."""

    kind: str
    members: list[str]


def answer_of(value: Any) -> Answer | None:
    """None for what has no labels: relations, plain regions, rankings."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("choices"), list):
        return Answer(CHOICE, [str(choice) for choice in value["choices"]])
    if isinstance(value.get("taxonomy"), list):
        return Answer(CHOICE, [" / ".join(map(str, path)) for path in value["taxonomy"]])
    for name in ("rating", "number", "selected"):
        if isinstance(value.get(name), int | float | str):
            return Answer(CHOICE, [_plain(value[name])])
    for name, content in value.items():
        if name.endswith("labels") and isinstance(content, list):
            return Answer(REGIONS, [str(label) for label in content])
    text = value.get("text")
    if isinstance(text, str | list) and "start" not in value:
        return Answer(FREE_TEXT, [text] if isinstance(text, str) else [str(part) for part in text])
    return None


def _plain(number: float | str) -> str:
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)
