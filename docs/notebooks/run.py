"""Runs the notebooks here and keeps what they show: `make generate`; a test holds it fresh."""  # noqa: INP001 (a script)

from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
KEPT = ("text/plain", "image/png")  # of an output: tables as text, which a diff can show
_PATIENCE_S = 120


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh kernel, which listens on no port."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=_PATIENCE_S, kernel_name="python3")
    client.create_kernel_manager().transport = "ipc"
    client.execute(cwd=str(FOLDER.parent.parent))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [_kept(output) for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def shown(notebook: nbformat.NotebookNode) -> list[str]:
    """The text of all outputs, in order; pictures differ with the fonts of a machine."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.get("text") or output["data"]["text/plain"] for output in outputs]


def _kept(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if "data" in output:
        output.data = {kind: data for kind, data in output.data.items() if kind in KEPT}
    return output


def main() -> None:
    """Runs and writes them all."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        nbformat.write(run(path), path)


if __name__ == "__main__":
    main()
