"""Whatever stands in the place of what a tool writes, a person reads what is wrong and never a traceback."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from stream.errors import InputError
from tests.unit.intake.readers.exporting import EXPORTS, WRITTEN, events_of

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e300, 1e300) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
JSON_FILES = [name for name in WRITTEN if name.endswith((".json", ".jsonl"))]
TABLES = [name for name in WRITTEN if name.endswith((".csv", ".tsv"))]


@pytest.mark.parametrize("name", JSON_FILES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_json_with_something_else_in_a_place(name: str, data: st.DataObject) -> None:
    trees = _trees(EXPORTS / name)
    where = data.draw(st.sampled_from(list(_places(trees))))
    _replace(trees, where, data.draw(ANYTHING))
    text = "\n".join(map(json.dumps, trees)) if name.endswith(".jsonl") else json.dumps(trees[0])
    _read(name, text)


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_table_with_something_else_in_a_cell(name: str, data: st.DataObject) -> None:
    text = (EXPORTS / name).read_text()
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 30)))
    _read(name, text[:begin] + data.draw(st.text(max_size=8)) + text[end:])


def _read(name: str, text: str) -> None:
    _, reading = WRITTEN[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            events_of(path, **reading)
        except InputError as error:
            assert path.name in str(error)  # noqa: PT017 - reading what is left may work as well


def _trees(path: Path) -> list[Any]:
    text = path.read_text()
    return [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else [json.loads(text)]


def _places(tree: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inside:
        yield (*before, key)
        yield from _places(value, (*before, key))


def _replace(tree: Any, where: tuple[Any, ...], value: Any) -> None:
    for key in where[:-1]:
        tree = tree[key]
    tree[where[-1]] = value
