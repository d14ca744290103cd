"""JSON as tools write it: an array of objects, an object a line, or one object; read piece by piece."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson
import msgspec

from stream.errors import InputError
from stream.intake.opening import Watch, open_bytes
from stream.intake.readers.port import Record

PIECE_BYTES = 1 << 16
ONE_OBJECT_BYTES = 64 << 20  # an object that is spread over lines is read as a whole
_BOM = b"\xef\xbb\xbf"


def json_records(path: str, watch: Watch) -> Iterator[Record]:
    """The file's objects; raises InputError for what is no JSON, is cut off, or is no object."""
    with open_bytes(path, watch) as file:
        if file.read(len(_BOM)) != _BOM:
            file.seek(0)
        start, begin = file.tell(), file.read(PIECE_BYTES).lstrip()
        file.seek(start)
        if begin.startswith(b"["):
            yield from _array(path, file, "item")
        elif begin.replace(b" ", b"").startswith(b'{"items":['):  # a page of an API's answer
            yield from _array(path, file, "items.item")
        else:
            yield from _lines(path, file)


def _array(path: str, file: BinaryIO, prefix: str) -> Iterator[Record]:
    number = 0
    try:
        for number, found in enumerate(ijson.items(file, prefix, buf_size=PIECE_BYTES, use_float=True), 1):
            yield _record(path, f"record {number}", found)
    except ijson.JSONError as error:
        raise InputError(f"{path}: after record {number}: {_plain(error)}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: after record {number}: not UTF-8; save the file as UTF-8") from None


def _plain(error: Exception) -> str:
    """The first line of the parser's message; the others quote the file, and with it perhaps a rater's id."""
    cause = error.args[0] if error.args else ""
    text = cause.decode(errors="replace") if isinstance(cause, bytes) else str(cause)
    said = text.splitlines()[0] if text else "not JSON"
    if "premature EOF" in said:
        return "the file ends in the middle; export or copy it again"
    return f"not JSON ({said}); export it again"


def _lines(path: str, file: BinaryIO) -> Iterator[Record]:
    start, is_first = file.tell(), True
    for number, line in enumerate(file, 1):
        if line.isspace():
            continue
        try:
            found = msgspec.json.decode(line)
        except (ValueError, RecursionError) as error:
            if is_first:
                file.seek(start)
                yield _record(path, "record 1", _one_object(path, file))
                return
            raise InputError(f"{path}: line {number}: not JSON ({error}); is the file complete?") from None
        is_first = False
        yield _record(path, f"line {number}", found)


def _one_object(path: str, file: BinaryIO) -> Any:
    text = file.read(ONE_OBJECT_BYTES + 1)
    if len(text) > ONE_OBJECT_BYTES:
        raise InputError(f"{path}: one JSON object above 64 MB, or not JSON; export an array, or an object a line")
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        lines = text.rstrip().count(b"\n") + 1
        raise InputError(
            f"{path}: lines 1 to {lines}: not JSON ({error}); is the file complete? Export it again"
        ) from None


def _record(path: str, place: str, found: Any) -> Record:
    if not isinstance(found, dict):
        raise InputError(f"{path}: {place}: not an object; is this the export of judgments?")
    return Record(place, found)
