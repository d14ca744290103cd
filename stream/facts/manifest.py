"""What a folder of fact files holds: the one file that says so, replaced as a whole.

A file counts when the manifest names it, and not before: what a writer that was killed left behind is no data.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stream.errors import InputError
from stream.facts.standing import Standing

MANIFEST = "manifest.json"
_FORMAT = 1


class Part(msgspec.Struct, frozen=True):
    """One day of a table: its file, below the folder, and how many rows it has."""

    file: str
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`parts` by table and day (YYYY-MM-DD)."""

    format: int = _FORMAT
    standing: Standing
    parts: dict[str, dict[str, Part]] = {}

    def files(self) -> Iterator[str]:
        """Every file that counts."""
        yield from (part.file for days in self.parts.values() for part in days.values())


def read_manifest(folder: Path) -> Manifest | None:
    """None where nothing was ever written. Raises InputError for a file that is none of ours."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise InputError(f"{folder / MANIFEST} is no manifest of facts ({error}): point to the folder of one") from None
    if found.format != _FORMAT:
        raise InputError(f"{folder / MANIFEST} has format {found.format}, this version reads {_FORMAT}: update first")
    return found


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replaces it; whoever reads meanwhile finds the old one or the new one."""
    write_whole(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file that is there whole or not at all, also when the machine stops."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
