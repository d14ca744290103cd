"""The whole page: every board with its rows and grid; no network, no scripts, readable by day and by night."""

import time
from collections.abc import Sequence
from importlib.resources import files
from typing import Literal

from stream.preview.answers import Answered, AnsweredBoard
from stream.preview.asking import Span
from stream.preview.boards import ROW, Grid, Panel
from stream.preview.page.bars import bars
from stream.preview.page.heatmap import heatmap
from stream.preview.page.lines import lines
from stream.preview.page.stat import stat
from stream.preview.page.table import table
from stream.report.page.markup import Content, Markup, element

Theme = Literal["auto", "light", "dark"]
COLUMN_PX, ROW_PX, GAP_PX = 60, 30, 8  # of a board drawn at its full width
HEADING_PX, WIDTH_PX = 106, 24 * COLUMN_PX + 48
_TITLE_PX = 30
_EMPTY = "No data: Prometheus knows no such series in this time."


def page(boards: Sequence[AnsweredBoard], theme: Theme = "auto") -> str:
    """One document of all boards, with what each panel asks and how it is read at the end of each."""
    style = Markup((files("stream.preview.page") / "page.css").read_text("utf-8"))
    title = boards[0].board.title if len(boards) == 1 else "raterwatch boards"
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", style),
    )
    contents = element("nav", [element("a", one.board.title, href=f"#{one.board.uid}") for one in boards])
    body = element("body", contents if len(boards) > 1 else None, element("main", [_board(one) for one in boards]))
    document = element("html", head, body, lang="en", data_theme=None if theme == "auto" else theme)
    return f"<!doctype html>\n{document}\n"


def height_px(answered: AnsweredBoard) -> int:
    """How tall a board is without its notes, for a picture."""
    deepest = max((panel.grid_pos.y + panel.grid_pos.h for panel in answered.board.panels), default=1)
    return HEADING_PX + deepest * (ROW_PX + GAP_PX)


def _board(answered: AnsweredBoard) -> Markup:
    board = answered.board
    chosen = [
        element("li", element("b", variable.name), " ", answered.chosen[variable.name].text)
        for variable in board.variables
        if variable.name in answered.chosen and variable.type != "constant"
    ]
    panels = {one.panel.id: one for one in answered.panels}
    drawn = [
        element("h3", one.title, style=_place(one.grid_pos))
        if one.type == ROW
        else _panel(panels[one.id], answered.span)
        for one in board.panels
    ]
    return element(
        "section",
        element(
            "header",
            element("h2", board.title),
            element("p", board.description),
            element("ul", chosen, element("li", _period(answered.span)), class_="chosen"),
        ),
        element("div", drawn, class_="board"),
        _notes(answered),
        id=board.uid,
    )


def _panel(answered: Answered, span: Span) -> Markup:
    panel = answered.panel
    drawn = element("p", _EMPTY, class_="empty") if answered.is_empty else _drawn(answered, span)
    return element(
        "article",
        element("h4", panel.title, title=panel.description),
        element("div", drawn, class_=f"body {panel.type}"),
        style=_place(panel.grid_pos),
    )


def _drawn(answered: Answered, span: Span) -> Content:
    panel = answered.panel
    width = panel.grid_pos.w * COLUMN_PX - GAP_PX
    height = panel.grid_pos.h * (ROW_PX + GAP_PX) - GAP_PX - _TITLE_PX
    match panel.type:
        case "stat":
            return stat(answered, span)
        case "timeseries":
            return lines(answered, span, width, height)
        case "bargauge":
            return bars(answered)
        case "table":
            return table(answered)
        case "heatmap":
            return heatmap(answered, span, width, height)
        case other:
            return element("p", f"A panel of type {other} is not drawn here.", class_="empty")


def _notes(answered: AnsweredBoard) -> Markup:
    """How each panel is read, and what it asked."""
    told = [
        element(
            "li",
            element("b", one.panel.title),
            " ",
            one.panel.description,
            [element("code", answer.expr) for answer in one.answers],
        )
        for one in answered.panels
    ]
    return element("details", element("summary", "How to read each panel, and what it asks"), element("ol", told))


def _place(grid: Grid) -> str:
    return f"grid-area:{grid.y + 1}/{grid.x + 1}/span {grid.h}/span {grid.w}"


def _period(span: Span) -> str:
    begin, end = (time.strftime("%d %b %H:%M", time.localtime(moment)) for moment in (span.start_s, span.end_s))
    return f"{begin} to {end}"


def empty_panels(boards: Sequence[AnsweredBoard]) -> list[tuple[str, Panel]]:
    """(board, panel) of each panel that found nothing."""
    return [(one.board.title, panel.panel) for one in boards for panel in one.panels if panel.is_empty]
