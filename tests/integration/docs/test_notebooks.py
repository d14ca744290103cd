import importlib.util
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[3] / "docs" / "notebooks"
SIZE = 60_000  # bytes: a notebook is read in a browser, and its outputs are committed


@pytest.fixture(scope="module")
def runner():
    spec = importlib.util.spec_from_file_location("notebooks_run", FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_is_committed(runner, path):
    committed = nbformat.read(path, as_version=4)

    assert runner.shown(runner.run(path)) == runner.shown(committed), "run `make generate`"
    assert path.stat().st_size < SIZE
    pictures = [
        output
        for cell in committed.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert pictures
