"""One queue as the decoder sees it, and how its labels become codes."""

from dataclasses import dataclass

import xxhash

from stream.events import Label
from stream.intake.payload import QueuePayload
from stream.intake.reasons import Reason
from stream.quality.schema import LABEL_WIDTHS, OTHER, Flag, Kind

MEMBERS_MAX = 32  # levels of an ordinal queue, members of a set queue

LabelValue = Label | tuple[str, ...]  # a set may come as a tuple, which can be a key

_KINDS = {"nominal": Kind.NOMINAL, "ordinal": Kind.ORDINAL, "set": Kind.SET}
_SENSITIVITY = {"none": 0, "sensitive": int(Flag.SENSITIVE), "severe": int(Flag.SEVERE)}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A declared queue. `row` is its place in the order of first declaration and never changes."""

    row: int
    key: int  # xxh3_64 of the name
    kind: Kind
    payload: QueuePayload
    codes: dict[str, int]  # label -> index, level or bit
    item_kinds: dict[str, int]  # item kind -> 1, 2, …
    vendors: frozenset[str]  # empty: any
    is_open: bool

    @classmethod
    def declare(cls, row: int, payload: QueuePayload, vendors: frozenset[str], *, is_open: bool = True) -> "QueueRow":
        """The row for a payload; `vendors` are the deployment's, used where the queue names none."""
        return cls(
            row=row,
            key=xxhash.xxh3_64_intdigest(payload.name.encode()),
            kind=_KINDS[payload.kind],
            payload=payload,
            codes=_codes(_KINDS[payload.kind], payload.labels),
            item_kinds={name: number for number, name in enumerate(payload.item_kinds, 1)},
            vendors=frozenset(payload.vendors) or vendors,
            is_open=is_open,
        )

    @property
    def name(self) -> str:
        return self.payload.name

    @property
    def labels(self) -> tuple[str, ...]:
        return self.payload.labels

    @property
    def redundancy(self) -> int:
        return self.payload.redundancy

    @property
    def horizon_ms(self) -> int:
        return self.payload.horizon_ms

    @property
    def sensitivity(self) -> int:
        """The flag bits of a judgment that does not say how sensitive its item is."""
        return _SENSITIVITY[self.payload.sensitivity]

    @property
    def width(self) -> int:
        """Cells of this queue's label vectors: a nominal queue's last one is "other"."""
        wanted = len(self.labels) + (self.kind is Kind.NOMINAL)
        return next((width for width in LABEL_WIDTHS if width >= wanted), LABEL_WIDTHS[-1])

    def code(self, label: LabelValue) -> int | Reason:
        """The label's code: an index (OTHER when undeclared), a level, or the bits of the members."""
        if self.kind is Kind.SET:
            return self._members(label)
        if isinstance(label, list | tuple):
            return Reason.WRONG_TYPE
        unknown = OTHER if self.kind is Kind.NOMINAL else Reason.UNKNOWN_LABEL
        return self.codes.get(str(label), unknown)

    def _members(self, label: LabelValue) -> int | Reason:
        if not isinstance(label, list | tuple):
            return Reason.WRONG_TYPE
        if any(member not in self.codes for member in label):
            return Reason.UNKNOWN_LABEL
        return sum(self.codes[member] for member in set(label))


def _codes(kind: Kind, labels: tuple[str, ...]) -> dict[str, int]:
    if kind is Kind.SET:
        return {label: 1 << at for at, label in enumerate(labels)}
    if kind is Kind.ORDINAL:
        return {label: at for at, label in enumerate(labels)}
    return {label: min(at, OTHER) for at, label in enumerate(labels)}
