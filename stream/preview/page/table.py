"""A table: a row for each set of labels, a column for each label and each query."""

import math
from collections.abc import Mapping
from typing import Any

from stream.preview.answers import Answered
from stream.preview.boards import Panel, cell
from stream.preview.numbers import colour_at, written
from stream.report.page.markup import Markup, element

_NOTHING = "–"


def table(answered: Answered) -> Markup:
    """Highest first by the column that the panel sorts by; what is not known is a dash."""
    panel = answered.panel
    names, hidden, places = _organized(panel)
    rows: dict[tuple[tuple[str, str], ...], dict[str, float]] = {}
    labels: dict[str, None] = {}
    for answer in answered.answers:
        for series in answer.series:
            shown = {key: value for key, value in series.labels.items() if key not in hidden and key != "__name__"}
            labels |= dict.fromkeys(shown)
            key = tuple(sorted(shown.items()))
            rows.setdefault(key, {})[names[answer.target.ref_id]] = series.points[-1][1]
    columns = [names[answer.target.ref_id] for answer in answered.answers]
    by = _sorted_by(panel)
    ordered = sorted(rows.items(), key=lambda row: _rank(row[1].get(by, math.nan)))
    ordered_labels = sorted(labels, key=lambda name: (places.get(name, len(places)), name))
    head = [element("th", name, scope="col") for name in ordered_labels]
    head += [element("th", name, scope="col", class_="number") for name in columns]
    body = [
        element(
            "tr",
            [element("td", dict(key).get(label, _NOTHING)) for label in ordered_labels],
            [_cell(panel, column, values.get(column, math.nan)) for column in columns],
        )
        for key, values in ordered
    ]
    return element("table", element("thead", element("tr", head)), element("tbody", body))


def _cell(panel: Panel, column: str, value: float) -> Markup:
    look, is_coloured = cell(panel, column)
    colour = colour_at(look.thresholds.steps, value) if is_coloured and not math.isnan(value) else ""
    text = _NOTHING if math.isnan(value) else written(value, look.unit, look.decimals)
    return element("td", text, class_=f"number {colour}".strip())


def _organized(panel: Panel) -> tuple[dict[str, str], set[str], dict[str, int]]:
    """Column by refId, the labels that are not shown, and the places of the others."""
    organized: Mapping[str, Any] = next(
        (one["options"] for one in panel.transformations if one["id"] == "organize"), {}
    )
    renamed = organized.get("renameByName", {})
    names = {
        target.ref_id: renamed.get(f"Value #{target.ref_id}", renamed.get("Value", target.ref_id))
        for target in panel.targets
    }
    hidden = {name for name, is_hidden in organized.get("excludeByName", {}).items() if is_hidden}
    return names, hidden, organized.get("indexByName", {})


def _sorted_by(panel: Panel) -> str:
    sorting = panel.options.get("sortBy") or [{}]
    return str(sorting[0].get("displayName", ""))


def _rank(value: float) -> tuple[bool, float]:
    return math.isnan(value), -value if not math.isnan(value) else 0.0
