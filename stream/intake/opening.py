"""Opens files that people give, gzipped or not."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO, cast

from stream.errors import InputError

GZIP_MAGIC = b"\x1f\x8b"
Watch = Callable[[int], object]  # is told how many more bytes of the file were read, as they lie on the disk


def unwatched(_: int) -> None:
    """Nobody looks on."""


@contextmanager
def open_bytes(path: str, watch: Watch = unwatched) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked; raises InputError when it cannot be read, or is packed and cut off."""
    try:
        with io.BufferedReader(_Watched(path, watch)) as file:
            if path.endswith(".gz") or file.peek(2)[:2] == GZIP_MAGIC:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield cast("BinaryIO", file)
    except (EOFError, zlib.error) as error:
        raise InputError(
            f"{path}: cannot be read, it is damaged or cut off ({error}); copy or export it again"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error}); check path and permissions") from None


@contextmanager
def open_text(path: str, watch: Watch = unwatched) -> Iterator[TextIO]:
    """The file's text, which is UTF-8 with or without a byte order mark; raises InputError like `open_bytes`."""
    with open_bytes(path, watch) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        yield text


class _Watched(io.FileIO):
    def __init__(self, path: str, watch: Watch) -> None:
        super().__init__(path)
        self._watch = watch

    def readinto(self, buffer: "io.BytesIO | bytearray | memoryview") -> int:  # type: ignore[override]
        count = super().readinto(buffer) or 0  # type: ignore[arg-type]
        self._watch(count)
        return count
