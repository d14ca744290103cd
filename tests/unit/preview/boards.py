"""Small boards to draw, written as Grafana's files are."""

import json
from pathlib import Path
from typing import Any

import msgspec

from stream.preview.answers import AnsweredBoard, Asking, answer
from stream.preview.asking import GivenAnswers, Series
from stream.preview.boards import Board

NOW_S = 1_750_000_000.0
JOB = {"name": "job", "type": "query", "query": "label_values(up, job)", "includeAll": True, "allValue": ".+"}


def board(*panels: dict[str, Any], variables: tuple[dict[str, Any], ...] = (), since: str = "now-1h") -> Board:
    file = {
        "uid": "small",
        "title": "Small",
        "time": {"from": since},
        "panels": [panel | {"id": at} for at, panel in enumerate(panels)],
        "templating": {"list": list(variables)},
    }
    return msgspec.json.decode(json.dumps(file), type=Board)


def panel(kind: str, *exprs: str, legend: str = "", **more: Any) -> dict[str, Any]:
    look: dict[str, Any] = {
        name: more.pop(name)
        for name in ("unit", "decimals", "thresholds", "mappings", "custom", "min", "max")
        if name in more
    }
    return {
        "type": kind,
        "title": f"A {kind}",
        "description": "Read it.",
        "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
        "targets": [{"expr": e, "refId": "ABC"[at], "legendFormat": legend} for at, e in enumerate(exprs)],
        "fieldConfig": {"defaults": look, "overrides": more.pop("overrides", [])},
        **more,
    }


def line(*values: float, **labels: str) -> Series:
    """A value every ten seconds until now."""
    first = NOW_S - 10 * (len(values) - 1)
    return Series(labels, [(first + 10 * at, value) for at, value in enumerate(values)])


def answered(board: Board, answers: dict[str, list[Series]]) -> AnsweredBoard:
    return answer(board, GivenAnswers(answers), Asking(NOW_S))


def write(folder: Path, name: str, **more: Any) -> None:
    file = {"uid": name, "title": name.title(), "panels": [], **more}
    (folder / f"{name}.json").write_text(json.dumps(file))
