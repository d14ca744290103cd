from collections.abc import Collection

from stream.intake.readers.unreadable import Unreadable

SHOWN = 20


class Questions:
    """Which of a task's questions is the label: the one that was asked for, or the only one there is."""

    def __init__(self, wanted: str | None = None) -> None:
        self.wanted = wanted
        self._seen: dict[str, None] = {}

    def choose(self, names: Collection[str]) -> str | None:
        """The label's question among those that a record answers; None when it does not answer that one.

        Raises Unreadable when the file has several questions and nobody said which one is meant.
        """
        self._seen |= dict.fromkeys(names)
        if self.wanted is not None:
            return self.wanted if self.wanted in names else None
        if len(self._seen) > 1:
            raise Unreadable(f"answers several questions: {self.listed}; say which one is the label with --question")
        return next(iter(names), None)

    @property
    def chosen(self) -> str | None:
        """What the label is the answer to, as far as the file was read."""
        return self.wanted or next(iter(self._seen), None)

    @property
    def is_missing(self) -> bool:
        """Whether the question that was asked for was none of those that were met."""
        return self.wanted is not None and bool(self._seen) and self.wanted not in self._seen

    @property
    def listed(self) -> str:
        """The questions that were met, by name."""
        return ", ".join([*self._seen][:SHOWN]) + (" and more" if len(self._seen) > SHOWN else "")
