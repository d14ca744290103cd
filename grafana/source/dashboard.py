"""A board of the spec as Grafana's dashboard."""

from collections.abc import Iterator

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

from grafana.source.drawing import SOURCE, Builder, drawn
from grafana.source.links import DESK
from grafana.source.spec import Annotation, Board, Choice, Row, Variable

COLUMNS = 24
TAG = "raterwatch"


def as_json(board: Board) -> str:
    """The board as the file that Grafana reads."""
    return JSONEncoder(sort_keys=True, indent=2).encode(_dashboard(board).build()) + "\n"


def _dashboard(board: Board) -> build.Dashboard:
    dashboard = (
        build.Dashboard(board.title)
        .uid(board.uid)
        .description(board.question)
        .tags([TAG])
        .readonly()
        .refresh("30s")
        .time(board.since, "now")
        .timezone("browser")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .variables([_source(), *map(_variable, board.variables), build.ConstantVariable("desk").value(DESK)])
        .annotations([_annotation(annotation) for annotation in board.annotations])
        .link(_all_boards())
    )
    for link in board.links:
        dashboard = dashboard.link(_link(link.title).type(model.DashboardLinkType.LINK).url(link.url).keep_time(True))
    for piece in _placed(board.rows):
        dashboard = dashboard.with_row(piece) if isinstance(piece, build.Row) else dashboard.with_panel(piece)
    return dashboard


def _placed(rows: tuple[Row, ...]) -> Iterator[build.Row | Builder]:
    """Rows one below the other, their panels from left to right, a new line where the next would not fit."""
    number, top = 0, 0
    for row in rows:
        number += 1
        yield build.Row(row.title).id(number).grid_pos(model.GridPos(h=1, w=COLUMNS, x=0, y=top))
        top, left, deepest = top + 1, 0, 0
        for panel in row.panels:
            if left + panel.width > COLUMNS:
                top, left, deepest = top + deepest, 0, 0
            number += 1
            yield drawn(panel, number, model.GridPos(h=panel.height, w=panel.width, x=left, y=top))
            left, deepest = left + panel.width, max(deepest, panel.height)
        top += deepest


def _source() -> build.DatasourceVariable:
    return build.DatasourceVariable("datasource").label("Data source").type("prometheus")


def _variable(variable: Variable | Choice) -> build.QueryVariable | build.CustomVariable:
    if isinstance(variable, Choice):
        first = model.VariableOption(selected=True, text=variable.values[0], value=variable.values[0])
        return (
            build.CustomVariable(variable.name).label(variable.label).values(",".join(variable.values)).current(first)
        )
    query = (
        build.QueryVariable(variable.name)
        .label(variable.label)
        .query(variable.query)
        .datasource(SOURCE)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.DISABLED if variable.pattern else model.VariableSort.ALPHABETICAL_ASC)
    )
    if variable.pattern:
        query = query.regex(variable.pattern)
    if variable.many:
        everything = model.VariableOption(selected=True, text=["All"], value=["$__all"])
        query = query.multi(True).include_all(True).all_value(variable.everything).current(everything)
    return query


def _annotation(annotation: Annotation) -> build.AnnotationQuery:
    target = Dataquery().ref_id("A").expr(annotation.expr).range()
    return (
        build.AnnotationQuery()
        .name(annotation.name)
        .datasource(SOURCE)
        .enable(True)
        .icon_color(annotation.colour)
        .target(target)
        .expr(annotation.expr)
        .title_format(annotation.title)
    )


def _link(title: str) -> build.DashboardLink:
    """In sight, above the board: by itself the builder puts it into a menu."""
    return build.DashboardLink(title).placement("")


def _all_boards() -> build.DashboardLink:
    return _link("Boards").type(model.DashboardLinkType.DASHBOARDS).tags([TAG]).as_dropdown(True).keep_time(True)
