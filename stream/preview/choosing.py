"""What a board's variables stand for, as Grafana would fill them in."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from stream.errors import InputError
from stream.preview.asking import Prometheus, Span
from stream.preview.boards import Board, Variable

_LABEL_VALUES = re.compile(r"label_values\((?:(?P<selector>.+),\s*)?(?P<label>\w+)\)")
_QUERY_RESULT = re.compile(r"query_result\((?P<expr>.+)\)")
_REGEX_SIGNS = re.compile(r"([.*+?^${}()|\[\]\\])")


class Chosen(NamedTuple):
    """A variable's value in a query, and what a person reads."""

    value: str
    text: str


def choose(
    board: Board, prometheus: Prometheus, moment_s: float, given: Mapping[str, str] | None = None
) -> dict[str, Chosen]:
    """Each variable in its order: what was given, "All" where the board begins with all, else the first there is.

    Raises InputError for a query of a form that Grafana does not know.
    """
    given, chosen = given or {}, dict[str, Chosen]()
    for variable in board.variables:
        if variable.type == "datasource":
            continue
        if variable.name in given:
            chosen[variable.name] = _given(variable, given[variable.name])
        elif variable.type == "constant":
            chosen[variable.name] = Chosen(variable.query, variable.query)
        elif variable.type == "custom":
            first = variable.query.split(",")[0]
            chosen[variable.name] = Chosen(first, first)
        elif variable.include_all:
            chosen[variable.name] = Chosen(variable.all_value or ".*", "All")
        else:
            values = _values(variable, chosen, prometheus, moment_s)
            first = values[0] if values else ""
            chosen[variable.name] = Chosen(_quoted(first), first or "none")
    return chosen


def filled(expr: str, chosen: Mapping[str, Chosen], span: Span, scrape_interval_s: float) -> str:
    """An expression with every variable replaced."""
    rate_s = max(span.step_s + scrape_interval_s, 4 * scrape_interval_s)
    values = {
        "__rate_interval": f"{rate_s:.0f}s",
        "__interval": f"{max(span.step_s, 1):.0f}s",
        "__range": f"{span.end_s - span.start_s:.0f}s",
        **{name: choice.value for name, choice in chosen.items()},
    }
    names = "|".join(map(re.escape, values))
    return re.sub(rf"\$(?:\{{({names})\}}|({names})\b)", lambda found: values[found[1] or found[2]], expr)


def _values(variable: Variable, chosen: Mapping[str, Chosen], prometheus: Prometheus, moment_s: float) -> list[str]:
    query = filled(variable.query, chosen, Span(moment_s, moment_s, 1.0), 1.0)
    if found := _LABEL_VALUES.fullmatch(query):
        return prometheus.label_values(found["label"], found["selector"])
    if found := _QUERY_RESULT.fullmatch(query):
        series = prometheus.at(found["expr"], moment_s)
        texts = [f"{{{', '.join(f'{k}={chr(34)}{v}{chr(34)}' for k, v in one.labels.items())}}}" for one in series]
        pattern = re.compile(variable.regex.strip("/") or "(.*)")
        return [match[1] for text in texts if (match := pattern.search(text))]
    raise InputError(f"variable {variable.name} asks {variable.query!r}: use label_values(…) or query_result(…)")


def _given(variable: Variable, value: str) -> Chosen:
    """One of several is put into a regular expression, so its own signs are quoted."""
    return Chosen(_quoted(_REGEX_SIGNS.sub(r"\\\1", value) if variable.multi else value), value)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
