"""A panel of the spec as Grafana's panel."""

from collections.abc import Callable
from string import ascii_uppercase

from grafana_foundation_sdk.builders import bargauge, common, heatmap, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models import common as choice
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.source.spec import Draw, Link, Panel, Steps, Target

Builder = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel | heatmap.Panel
SOURCE = choice.DataSourceRef(type_val="prometheus", uid="${datasource}")
_SERIES_LINE_WIDTH, _FILL, _STACK_FILL = 2, 8, 35
_OF_NOW = (Draw.BARS, Draw.TABLE)  # these show one moment; a query over time would be waste


def drawn(panel: Panel, number: int, place: model.GridPos) -> Builder:
    """With its id and place: the builder sets neither, nor the refIds of targets."""
    builder = _KINDS[panel.draw](panel)
    builder = builder.id(number).grid_pos(place).title(panel.title).description(panel.description)
    builder = builder.datasource(SOURCE).unit(panel.unit.value).no_value("unknown")
    builder = builder.targets([_target(panel, target, at) for at, target in enumerate(panel.targets)])
    builder = builder.thresholds(_thresholds(panel.steps or Steps("text", ())))
    if panel.decimals is not None:
        builder = builder.decimals(panel.decimals)
    if panel.low is not None:
        builder = builder.min(panel.low)
    if panel.high is not None:
        builder = builder.max(panel.high)
    if panel.words:
        words = {f"{value:g}": model.ValueMappingResult(text, colour) for value, text, colour in panel.words}
        builder = builder.mappings([model.ValueMap(words)])
    of_panel = [link for link in panel.links if not link.field]
    return builder.links([_link(link) for link in of_panel]) if of_panel else builder


def _target(panel: Panel, target: Target, at: int) -> Dataquery:
    query = Dataquery().ref_id(ascii_uppercase[at]).expr(target.expr).datasource(SOURCE)
    if target.legend:
        query = query.legend_format(target.legend)
    if panel.draw is Draw.TABLE:
        query = query.format(PromQueryFormat.TABLE)
    if panel.draw is Draw.HEATMAP:
        query = query.format(PromQueryFormat.HEATMAP)
    return query.instant() if panel.draw in _OF_NOW else query.range()


def _stat(panel: Panel) -> stat.Panel:
    return (
        stat.Panel()
        .reduce_options(_latest())
        .graph_mode(choice.BigValueGraphMode.NONE if panel.words else choice.BigValueGraphMode.AREA)
        .color_mode(choice.BigValueColorMode.VALUE)
        .color_scheme(build.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
    )


def _lines(panel: Panel) -> timeseries.Panel:
    bounds = choice.GraphThresholdsStyleMode.DASHED if panel.steps else choice.GraphThresholdsStyleMode.OFF
    builder = (
        timeseries.Panel()
        .legend(common.VizLegendOptions().show_legend(True).placement(choice.LegendPlacement.BOTTOM))
        .tooltip(common.VizTooltipOptions().mode(choice.TooltipDisplayMode.MULTI).sort(choice.SortOrder.DESCENDING))
        .line_width(_SERIES_LINE_WIDTH)
        .fill_opacity(_STACK_FILL if panel.stacked else _FILL)
        .show_points(choice.VisibilityMode.NEVER)
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(bounds))
        .color_scheme(build.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC))
    )
    return builder.stacking(common.StackingConfig().mode(choice.StackingMode.NORMAL)) if panel.stacked else builder


def _bars(panel: Panel) -> bargauge.Panel:
    by_threshold = model.FieldColorModeId.THRESHOLDS if panel.steps else model.FieldColorModeId.FIXED
    return (
        bargauge.Panel()
        .reduce_options(_latest())
        .orientation(choice.VizOrientation.HORIZONTAL)
        .display_mode(choice.BarGaugeDisplayMode.BASIC)
        .color_scheme(build.FieldColor().mode(by_threshold).fixed_color("blue"))
    )


def _heatmap(panel: Panel) -> heatmap.Panel:
    return (
        heatmap.Panel()
        .color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues"))
        .y_axis(heatmap.YAxisConfig().unit(panel.unit.value))
    )


def _table(panel: Panel) -> table.Panel:
    builder = (
        table.Panel()
        .cell_height(choice.TableCellHeight.SM)
        .sort_by([common.TableSortByFieldState().display_name(panel.sorted_by).desc(True)])
        .transformations(_merged(panel))
    )
    for target in panel.targets:
        builder = builder.override_by_name(target.column, _cell(target))
    for field in dict.fromkeys(link.field for link in panel.links if link.field):
        links = [{"title": link.title, "url": link.url} for link in panel.links if link.field == field]
        builder = builder.override_by_name(field, [model.DynamicConfigValue("links", links)])
    return builder


def _merged(panel: Panel) -> list[model.DataTransformerConfig]:
    """One row for each set of labels, columns in the order of the queries and by their names."""
    if len(panel.targets) == 1:
        names = {"Value": panel.targets[0].column, "Value #A": panel.targets[0].column}
    else:
        names = {f"Value #{ascii_uppercase[at]}": target.column for at, target in enumerate(panel.targets)}
    order = [*panel.labels, *(target.column for target in panel.targets)]
    place_of = {name: at for at, name in enumerate(order)}
    places = {label: place_of[label] for label in panel.labels} | {old: place_of[name] for old, name in names.items()}
    organized = {"excludeByName": {"Time": True}, "indexByName": places, "renameByName": names}
    return [
        model.DataTransformerConfig(id_val="merge", options={}),
        model.DataTransformerConfig(id_val="organize", options=organized),
    ]


def _cell(target: Target) -> list[model.DynamicConfigValue]:
    properties: dict[str, object] = {"unit": target.unit.value if target.unit else "none"}
    if target.decimals is not None:
        properties["decimals"] = target.decimals
    if target.steps is not None:
        properties["thresholds"] = _thresholds(target.steps).build()
        properties["color"] = {"mode": "thresholds"}
        properties["custom.cellOptions"] = {"type": "color-text"}
    return [model.DynamicConfigValue(name, value) for name, value in properties.items()]


def _thresholds(steps: Steps) -> build.ThresholdsConfig:
    above = [model.Threshold(value, colour) for value, colour in steps.above]
    return (
        build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps([model.Threshold(None, steps.base), *above])
    )


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def _link(link: Link) -> build.DashboardLink:
    return build.DashboardLink(link.title).type(model.DashboardLinkType.LINK).url(link.url)


_KINDS: dict[Draw, Callable[[Panel], Builder]] = {
    Draw.STAT: _stat,
    Draw.LINES: _lines,
    Draw.BARS: _bars,
    Draw.TABLE: _table,
    Draw.HEATMAP: _heatmap,
}
