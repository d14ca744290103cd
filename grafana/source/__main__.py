"""Writes every board's JSON, and removes files of boards that are no more: `python -m grafana.source`."""

from pathlib import Path

from grafana.source.boards import (
    alerts,
    care,
    cases,
    changes,
    coverage,
    dataset,
    overview,
    pipeline,
    queue,
    rater,
    raters,
    vendor,
)
from grafana.source.dashboard import as_json
from grafana.source.spec import Board

FOLDER = Path(__file__).parents[1] / "dashboards"
# In the order in which a person asks.
BOARDS: tuple[Board, ...] = tuple(
    module.board()
    for module in (overview, raters, rater, queue, coverage, dataset, changes, vendor, care, pipeline, alerts, cases)
)


def generated() -> dict[Path, str]:
    """What each file has to hold. The names put the files into the order of the questions."""
    return {
        FOLDER / board.folder / f"{number:02}-{board.uid.removeprefix('raterwatch-')}.json": as_json(board)
        for number, board in enumerate(BOARDS, 1)
    }


def main() -> None:
    """Makes the folder of boards what it has to be."""
    files = generated()
    for stale in set(FOLDER.rglob("*.json")) - set(files):
        stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
