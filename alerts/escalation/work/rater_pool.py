"""Where samples for blind re-judging come from: the raters of a queue, and what each judged lately."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from stream.events import Label


class Judged(NamedTuple):
    """A judgment that can be made again."""

    item_id: str
    label: Label


class RaterPool(Protocol):
    """What the stream knows of raters, as far as a sample needs it; read away from any transaction."""

    def unflagged(self, queue: str) -> Sequence[str]:
        """Pseudonyms of raters who work in the queue and have no open finding there."""
        ...

    def latest(self, queue: str, rater_id: str) -> Sequence[Judged]:
        """The items there that the rater answered last, some dozens."""
        ...


class MemoryPool:
    """A pool of what it was given: for tests, and where there is no stream to ask."""

    def __init__(self, answers: Mapping[tuple[str, str], Sequence[Judged]], flagged: Sequence[str] = ()) -> None:
        self._answers, self._flagged = answers, frozenset(flagged)

    def unflagged(self, queue: str) -> Sequence[str]:
        return sorted({rater for of, rater in self._answers if of == queue and rater not in self._flagged})

    def latest(self, queue: str, rater_id: str) -> Sequence[Judged]:
        return self._answers.get((queue, rater_id), ())
