"""Opens files that people give, gzipped or not."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from stream.errors import InputError


@contextmanager
def open_bytes(path: str) -> Iterator[BinaryIO]:
    """The file's bytes; raises InputError when it cannot be read."""
    try:
        with gzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb") as file:
            yield cast("BinaryIO", file)
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error}); check path and permissions") from None


@contextmanager
def open_text(path: str) -> Iterator[TextIO]:
    """The file's text, which is UTF-8 with or without a byte order mark; raises InputError like `open_bytes`."""
    try:
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield cast("TextIO", file)
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error}); check path and permissions") from None
