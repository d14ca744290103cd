"""Label codes by (queue, label), so that a batch's labels are one dict look-up each."""

from collections.abc import Callable, Sequence

from stream.events import Label
from stream.intake.queue_row import LabelValue
from stream.intake.reasons import Reason

ENTRIES_MAX = 100_000

WireLabel = tuple[str, LabelValue | None]


class LabelTable(dict[WireLabel, int]):
    """Codes; a refused label has the negative of its reason's code. A cache: it may be emptied at any time."""

    def __init__(self, code: Callable[[str, LabelValue], int | Reason]) -> None:
        super().__init__()
        self._code = code

    def __missing__(self, wire: WireLabel) -> int:
        queue, label = wire
        found = 0 if label is None else self._code(queue, label)
        code = -found.code if isinstance(found, Reason) else found
        if len(self) < ENTRIES_MAX:
            self[wire] = code
        return code

    def codes(self, queues: Sequence[str], labels: Sequence[Label | None]) -> list[int]:
        """The codes of labels, each in its queue; 0 where there is no label."""
        try:
            return list(map(self.__getitem__, zip(queues, labels, strict=True)))
        except TypeError:  # a set label is a list, which no dict takes as a key
            hashable = [tuple(label) if isinstance(label, list) else label for label in labels]
            return list(map(self.__getitem__, zip(queues, hashable, strict=True)))
