"""What every strict TOML file of a deployment shares: reading it, errors that name file and key, tables by name."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stream.errors import SettingsError
from stream.events import ID_CHARS

Table = dict[str, Any]


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
