"""The same rows as a file of each format, and the events in a file."""

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stream.intake.files import EventFile
from stream.intake.table import Reading

FORMATS = pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
GOOD = {"item_id": "i", "rater_id": "secret-name", "label": "x"}


def write(folder: Path, kind: str, rows: list[dict[str, Any]]) -> str:
    """The same rows in one of the formats; None is an empty cell."""
    path = folder / f"rows.{kind}"
    if kind == "parquet":
        names = list(dict.fromkeys(name for row in rows for name in row))
        pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), path)
    elif kind == "jsonl":
        path.write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows) + b"\n")
    else:
        lines = [
            ",".join(rows[0]),
            *(",".join("" if cell is None else str(cell) for cell in row.values()) for row in rows),
        ]
        path.write_text("\n".join(lines) + "\n")
    return str(path)


def csv(folder: Path, text: str, name: str = "rows.csv") -> str:
    (folder / name).write_bytes(text.encode())
    return str(folder / name)


def read(path: str, **reading: Any) -> list[Any]:
    return list(EventFile(path, Reading(**reading)))
