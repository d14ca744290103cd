"""What a reader of one tool's export is: records of the file in, judgments as rows out.

A reader knows its tool and nothing of files, memory, pseudonyms or checks: `tool_file.py` does the rest for all.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from stream.intake.readers.clock import Clock
from stream.intake.readers.questions import Questions

KNOWN: Final = "known"  # in a row that is true there: the answer is the item's known answer and no judgment

# Our column (`table.COLUMNS`) and what the tool says there; a column that is left out is empty. A label is a list of
# the options that were chosen: `tool_file.py` makes a name of it where the queue's answers are names.
Row = dict[str, object]


class Record(NamedTuple):
    """One object, row or image of a file, and where it stands there: "line 7"."""

    place: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """What was not taken as it stands, by what it was: nothing is lost in silence."""

    left_out: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants of a file, and what all readers share."""

    file: str
    questions: Questions
    clock: Clock
    tally: Tally
    named: Callable[[str], str]  # the id under which a rater will be known: fit for being part of another id
    again: Callable[[], Iterator[Record]]  # the file's records once more, for a reader that has to look ahead


class Reader(Protocol):
    """One tool's export. A new reader is made for each reading of a file."""

    name: ClassVar[str]  # for --format
    title: ClassVar[str]  # as a person knows it
    needs: ClassVar[str]  # what makes a file one of these
    names: ClassVar[Mapping[str, str]]  # our column -> where the tool has it, for messages

    def __init__(self, asked: Asked) -> None: ...

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        """Whether a file whose first record this is, is an export of the tool. Of a table only the names are given."""
        ...

    def rows(self, record: Record) -> Iterable[Row]:
        """The record's judgments. Raises Unreadable for what no person could read either."""
        ...
