"""JSON lines: our own events, or objects with the columns of a table, mixed as they come; read in bounded memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from stream.errors import InputError
from stream.events import Event
from stream.intake.opening import Watch, open_bytes, unwatched
from stream.intake.parse import Parsed, Problem, parse
from stream.intake.table import ALIASES, CHUNK_ROWS, COLUMNS, NEEDED, Reading, Table

Row = tuple[str, dict[str, Any]]  # where it stands, the object


def read_jsonl(path: str, reading: Reading, watch: Watch = unwatched) -> Iterator[Event | Table]:
    """Complete events as they are, and tables of the objects that leave something for the reader to fill in."""
    as_they_are = not reading.columns
    waiting: list[Row] = []
    with open_bytes(path, watch) as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            read = _read(line, f"{path}: line {number}", as_they_are=as_they_are)
            if isinstance(read, dict):
                waiting.append((f"line {number}", read))
            if waiting and (len(waiting) == CHUNK_ROWS or not isinstance(read, dict)):
                yield table_of(waiting, reading.columns)
                waiting = []
            if not isinstance(read, dict):
                yield read
    if waiting:
        yield table_of(waiting, reading.columns)


def _read(line: bytes, place: str, *, as_they_are: bool) -> Event | dict[str, Any]:
    """An event, or the object of a judgment that is not complete or under other names."""
    if as_they_are:
        parsed = parse(line)
        if isinstance(parsed, Parsed):
            return parsed.event
    try:
        tree = msgspec.json.decode(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not JSON ({error}); write one object a line") from None
    if not isinstance(tree, dict):
        raise InputError(f"{place}: not an object; write one object a line")
    if tree.get("type", "judgment") == "judgment":
        return tree
    parsed = parse(line)
    if isinstance(parsed, Problem):
        raise InputError(f"{place}: {parsed.reason}: {parsed.detail}. {parsed.reason.advice}")
    return parsed.event


def table_of(rows: list[Row], renamed: Mapping[str, str]) -> Table:
    """Our columns from the objects' keys: a renamed one under its new name alone, else our name or its alias."""
    theirs: dict[str, tuple[str, ...]] = {name: (name,) for name in COLUMNS}
    theirs |= {ours: (ours, alias) for alias, ours in ALIASES.items()}
    theirs |= {ours: (name,) for ours, name in renamed.items()}
    present = {key for _, row in rows for key in row}
    columns, names = {}, {}
    for ours, keys in theirs.items():
        key = next((key for key in keys if key in present), None)
        if key is not None or ours in NEEDED:
            names[ours] = key or keys[0]
            columns[ours] = [row.get(names[ours]) for _, row in rows]
    return Table(columns, names, len(rows), lambda row: rows[row][0])
