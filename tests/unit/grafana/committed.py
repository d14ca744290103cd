"""The boards as they are committed, and the parts of them that tests look at."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import promql_parser

from grafana.source.__main__ import FOLDER

Json = dict[str, Any]
PATHS = sorted(FOLDER.rglob("*.json"))
BOARDS: list[Json] = [json.loads(path.read_text()) for path in PATHS]

# What a query holds in place of its variables when it is parsed; no other query uses these numbers.
RATE_S, _FILLED = 61, {"$__rate_interval": "61s", "$ago": "7d", "($by)": "(vendor)"}


class Query(NamedTuple):
    """A query of a panel or of a mark on the time lines."""

    board: Json
    where: str
    expr: str

    def parsed(self) -> promql_parser.Expr:
        text = self.expr
        for variable, value in _FILLED.items():
            text = text.replace(variable, value)
        return promql_parser.parse(text)

    def nodes(self) -> list[promql_parser.Expr]:
        """All parts, the outer ones first."""
        found: list[promql_parser.Expr] = []
        promql_parser.walk(self.parsed(), found.append)
        return found

    def selectors(self) -> list[promql_parser.VectorSelector]:
        return [node for node in self.nodes() if isinstance(node, promql_parser.VectorSelector)]


def panels(board: Json) -> list[Json]:
    """All but the titles of rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def variables(board: Json) -> dict[str, Json]:
    return {variable["name"]: variable for variable in board["templating"]["list"]}


def queries(board: Json) -> Iterator[Query]:
    for panel in panels(board):
        for target in panel["targets"]:
            yield Query(board, f"{board['uid']}, {panel['title']}, {target['refId']}", target["expr"])
    for mark in board["annotations"]["list"]:
        yield Query(board, f"{board['uid']}, {mark['name']}", mark["expr"])


def urls(board: Json) -> Iterator[str]:
    """Every address that a click leads to; to those of the whole board Grafana adds the time range."""
    yield from (
        f"{link['url']}&${{__url_time_range}}" for link in board["links"] if link.get("url") and link["keepTime"]
    )
    for panel in panels(board):
        yield from (link["url"] for link in panel.get("links", []))
        for override in panel["fieldConfig"]["overrides"]:
            for prop in override["properties"]:
                if prop["id"] == "links":
                    yield from (link["url"] for link in prop["value"])


def used_variables(text: str) -> set[str]:
    """Names of the board's variables in a query or an address."""
    return set(re.findall(r"\$\{?(?!__)(\w+)", text))
