"""Cells of a table to values, a column at a time. Cells are texts (CSV) or already typed (Parquet, JSON).

A column is converted as a whole, since that is quick; the faulty cell is looked for only when there is one.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from stream.events import ID_CHARS, LABEL_MEMBERS, MOMENT_MAX_MS, Label
from stream.intake.moments import to_ms
from stream.intake.reasons import Reason

Value = TypeVar("Value")
Cells = Sequence[object]
SHOWN_CHARS = 40
_TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class CellError(ValueError):
    """A cell that cannot be used: its row in the column, counted from 0, and what is wrong with it."""

    def __init__(self, row: int, problem: str) -> None:
        super().__init__(problem)
        self.row, self.problem = row, problem


def texts(cells: Cells, most: int = ID_CHARS) -> Sequence[str | None]:
    """Names and identifiers of at most `most` characters; an empty cell is None."""
    try:
        if max(map(len, cells)) <= most and set(map(type, cells)) == {str}:  # type: ignore[arg-type]
            return [cell or None for cell in cells]  # type: ignore[misc] # all are texts
    except TypeError:
        pass  # some cells have no length: they are numbers or None
    return _each(cells, partial(_text, most=most))


def required(values: Sequence[Value | None]) -> Sequence[Value]:
    """The same values, none of them empty."""
    if None in values:
        raise CellError(values.index(None), "is empty; every row needs a value")
    return values  # type: ignore[return-value] # None was excluded


def integers(cells: Cells, low: int, high: int) -> Sequence[int | None]:
    """Whole numbers from `low` to `high`; an empty cell is None."""
    try:
        numbers: Sequence[int | None] = [int(cell) if cell else None for cell in cells]  # type: ignore[call-overload]
        plain = set(map(type, cells)) == {str}
    except (ValueError, TypeError, OverflowError):
        plain = False
    if not plain:
        numbers = _each(cells, _integer)
    present = [number for number in numbers if number is not None]
    if present and not (low <= min(present) and max(present) <= high):
        row = next(row for row, number in enumerate(numbers) if number is not None and not low <= number <= high)
        raise CellError(row, f"{_shown(numbers[row])} is outside {low} to {high}; check the unit")
    return numbers


def moments(cells: Cells) -> Sequence[int | None]:
    """Points in time in ms; cells are milliseconds since the epoch or RFC 3339 with an offset."""
    try:
        return integers(cells, 0, MOMENT_MAX_MS)
    except CellError:
        return _each(cells, _moment)


def choices(cells: Cells, allowed: Sequence[str]) -> Sequence[str | None]:
    """One of a few words; an empty cell is None."""
    words = texts(cells)
    if not set(words) <= {None, *allowed}:
        row = next(row for row, word in enumerate(words) if word is not None and word not in allowed)
        raise CellError(row, f"{_shown(words[row])} is none of {', '.join(allowed)}")
    return words


def truths(cells: Cells) -> Sequence[bool | None]:
    """1 or 0, true or false, yes or no; an empty cell is None."""
    return _each(cells, _truth)


def labels(cells: Cells, is_set: Sequence[bool], separator: str) -> Sequence[Label | None]:
    """Labels; in a row where `is_set`, a text holds the members of a set. An empty cell is None."""
    if not any(is_set) and not any(isinstance(cell, list) for cell in cells):
        return texts(cells)
    members = [
        cell.split(separator) if in_set and isinstance(cell, str) and cell else cell
        for cell, in_set in zip(cells, is_set, strict=True)
    ]
    return _each(members, _label)


def _each(cells: Cells, convert: Callable[[object], Value | None]) -> list[Value | None]:
    values = []
    for row, cell in enumerate(cells):
        try:
            values.append(None if cell is None or cell == "" else convert(cell))
        except ValueError as error:
            raise CellError(row, str(error)) from None
    return values


def _text(cell: object, most: int = ID_CHARS) -> str | None:
    if isinstance(cell, float):
        if cell != cell:  # noqa: PLR0124 - how a data frame writes "nothing"
            return None
        cell = int(cell) if cell.is_integer() else cell
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError(f"is of type {type(cell).__name__}; a text or number is needed")  # noqa: TRY004 - as all here
    text = str(cell)
    if len(text) > most:
        raise ValueError(f"has {len(text)} characters; allowed are {most}")
    return text


def _integer(cell: object) -> int | None:
    if isinstance(cell, float) and cell != cell:  # noqa: PLR0124 - how a data frame writes "nothing"
        return None
    try:
        if isinstance(cell, bool):
            raise TypeError  # noqa: TRY301 - the same answer as for everything else that is no number
        return int(cell) if isinstance(cell, int) else _whole(float(cell))  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{_shown(cell)} is no whole number") from None


def _whole(number: float) -> int:
    if not number.is_integer():
        raise ValueError
    return int(number)


def _moment(cell: object) -> int | None:
    if isinstance(cell, str):
        found = to_ms(cell)
        if not isinstance(found, Reason):
            return found
    try:
        (moment,) = integers([cell], 0, MOMENT_MAX_MS)
    except CellError:
        raise ValueError(
            f"{_shown(cell)} is neither ms since the epoch nor a time with offset such as 2024-05-01T12:00:00Z"
        ) from None
    return moment


def _truth(cell: object) -> bool | None:
    truth = cell if isinstance(cell, bool) else _TRUTHS.get(str(_text(cell)).lower())
    if truth is None and _text(cell) is not None:
        raise ValueError(f"{_shown(cell)} is neither 1 nor 0, true nor false, yes nor no")
    return truth


def _label(cell: object) -> Label | None:
    if not isinstance(cell, list):
        return _text(cell)
    if len(cell) > LABEL_MEMBERS:
        raise ValueError(f"has {len(cell)} members; allowed are {LABEL_MEMBERS}")
    members = [_text(member) for member in cell]
    if None in members or "" in members:
        raise ValueError("has an empty member; remove it")
    return members  # type: ignore[return-value] # the line above


def _shown(cell: object) -> str:
    text = repr(cell)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"
