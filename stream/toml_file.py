"""What every strict TOML file of a deployment shares: reading it, errors that name file and key, tables by name."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct

from stream.errors import SettingsError
from stream.events import ID_CHARS

Table = dict[str, Any]
Section = TypeVar("Section", bound=Struct)
_UNKNOWN = "Object contains unknown field `"


def read_text(path: str | Path) -> str:
    """The file's text; raises SettingsError."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); create it or correct the path") from None


def parse_toml(text: str, name: str) -> Table:
    """The tree of a TOML text; `name` is the file that messages name."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not TOML: {error}") from None


def fault(name: str, place: str, problem: str) -> SettingsError:
    """The error about a place of the file, or about the whole of it."""
    return SettingsError(f"{name}: {place}: {problem}" if place else f"{name}: {problem}")


def named_tables(name: str, kind: str, tables: object, below: str = "") -> Iterator[tuple[str, str, Table]]:
    """(name, place, table) of each [kind.NAME]; `below` is what a header goes on with, as in [kind.NAME.SECTION]."""
    if not isinstance(tables, dict):
        raise fault(name, kind, f"is a table of tables: write [{kind}.NAME{below}]")
    for key, table in tables.items():
        place = f"{kind}.{key}"
        if not isinstance(table, dict):
            raise fault(name, place, f"is a table: write [{place}{below}]")
        if not 1 <= len(key) <= ID_CHARS or "\0" in key:
            raise fault(name, place, f"a name has 1 to {ID_CHARS} characters, no NUL among them")
        yield key, place, table


def section(name: str, place: str, table: Table, kind: type[Section]) -> Section:
    """The table as a struct that forbids unknown fields; raises SettingsError that names the key and what it may be."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        problem, _, at = str(error).partition(" - at `$.")
        at = at.rstrip("`")
        if problem.startswith(_UNKNOWN):
            allowed = _type_at(kind, at).__struct_encode_fields__
            at = f"{at}.{problem.removeprefix(_UNKNOWN).rstrip('`')}"
            problem = f"is no setting; allowed here: {', '.join(sorted(allowed))}"
        if problem.startswith("Invalid enum value"):
            problem = f"is one of {', '.join(get_args(_type_at(kind, at)))}"
        if problem.startswith("Expected `object`"):
            problem = f"is a table: write [{f'{place}.{at}'.strip('.')}]"
        raise fault(name, ".".join(part for part in (place, at.strip(".")) if part), problem) from None


def _type_at(kind: Any, at: str) -> Any:
    """The type that a struct declares at a place such as `ladder[0].tell`."""
    for part in filter(None, at.split(".")):
        key, *inside = part.split("[")
        fields = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
        kind = _not_none(get_type_hints(kind)[fields[key]])
        for _ in inside:
            kind = _not_none(get_args(kind)[0])
    return kind


def _not_none(kind: Any) -> Any:
    """X of `X | None`: the place was there, so it is not None."""
    known = [one for one in get_args(kind) if one is not type(None)]
    return known[0] if type(None) in get_args(kind) and len(known) == 1 else kind
