from collections.abc import Callable

import pytest

from stream.intake import csv_file, jsonl_file, parquet_file
from stream.intake.control import ControlKey
from stream.intake.decode import Decoded, decode
from stream.intake.directory import Directory
from tests.unit.intake.samples import DESTINATIONS, SETTINGS, records


@pytest.fixture
def key() -> ControlKey:
    return ControlKey(b"k" * 32)


@pytest.fixture
def directory(key: ControlKey) -> Directory:
    return Directory.of(SETTINGS, key)


@pytest.fixture
def decoded(directory: Directory) -> Callable[..., Decoded]:
    return lambda *values: decode(records(*values), directory, DESTINATIONS)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (csv_file, jsonl_file, parquet_file):
        monkeypatch.setattr(module, "CHUNK_ROWS", 2)
