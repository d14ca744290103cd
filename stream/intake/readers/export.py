from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stream.errors import InputError


class Export(NamedTuple):
    """What was recognised in files of one tool, and what of it is no judgment."""

    title: str
    question: str | None  # whose answer is the label; None where the tool asks one thing only
    files: int
    left_out: Mapping[str, int]  # what was not taken, by what it was
    noted: Mapping[str, int]  # what was taken otherwise than it stands

    def sentences(self) -> list[str]:
        """What a person should know."""
        files = "a file" if self.files == 1 else f"{self.files:,} files"
        asked = f"; the label answers the question {self.question}" if self.question else ""
        return [
            f"Read {files} of {self.title}{asked}.",
            *(f"Left out: {what} ({times:,})." for what, times in sorted(self.left_out.items())),
            *(f"Note: {what} ({times:,})." for what, times in sorted(self.noted.items())),
        ]


def merged(exports: Iterable[Export]) -> tuple[Export, ...]:
    """Those of one tool together. Raises InputError when files of one tool answer different questions."""
    found: dict[str, Export] = {}
    for export in exports:
        before = found.get(export.title)
        found[export.title] = export if before is None else _together(before, export)
    return tuple(found.values())


def _together(one: Export, other: Export) -> Export:
    if one.question and other.question and one.question != other.question:
        raise InputError(
            f"files of {one.title} answer different questions: {one.question}, {other.question}; say which one is the "
            "label with --question"
        )
    return Export(
        one.title,
        one.question or other.question,
        one.files + other.files,
        Counter(one.left_out) + Counter(other.left_out),
        Counter(one.noted) + Counter(other.noted),
    )
