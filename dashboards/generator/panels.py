# SPDX-License-Identifier: Apache-2.0
"""Panels in the style of these dashboards."""
from grafana_foundation_sdk.builders import common, geomap, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
GREEN, YELLOW, ORANGE, RED, BLUE, PURPLE, GREY = "green", "yellow", "orange", "red", "blue", "purple", "#6b7280"
CYAN, PINK = "#56c5d0", "#f075b6"
PHASES = {"installed": "#37872d", "started": BLUE, "advanced": YELLOW, "completed": GREEN, "reset": RED}
HA = {"disabled": GREY, "standby": BLUE, "active": GREEN, "unknown": PURPLE, "stopped": ORANGE, "fault": RED}
TUNNEL = {"healthy": GREEN, "unknown": GREY, "degraded": ORANGE, "down": RED}
NAT = {"detected": GREEN, "stale": YELLOW, "missing": ORANGE}
NO_DATA = "no data"
TO_CONNECTOR = (
    "/d/magic-connector-one?${datasource:queryparam}&${job:queryparam}&${instance:queryparam}"
    '&var-account_id=${__data.fields["account_id"]}&var-connector_id=${__data.fields["connector_id"]}&${__url_time_range}'
)
TO_HEALTH = ("links", [{"title": "Open the health of the connector", "url": TO_CONNECTOR.replace("-one", "-health")}])
LINK = ("links", [{"title": "Open the connector", "url": TO_CONNECTOR}])
RUNBOOKS = "https://github.com/magic-connector-exporter/magic-connector-exporter/blob/main/deploy/runbooks/"
RUNBOOK = ("links", [{"title": "Open the runbook", "url": RUNBOOKS + "${__value.raw}.md", "targetBlank": True}])
# Links need the ids as columns. The names are what the reader sees.
HIDDEN = {"Connector": [("custom.hidden", True)], "Account": [("custom.hidden", True)]}
SECONDS = ("unit", "s")
TIME = ("unit", "dateTimeAsSystem")
AGO = ("unit", "dateTimeFromNow")


def steps(*pairs):
    """Returns thresholds: the base colour, then (value, colour) pairs."""
    first, *rest = pairs
    found = [model.Threshold(value=None, color=first)]
    found += [model.Threshold(value=value, color=color) for value, color in rest]
    return sdk.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(found)


def values(**texts):
    """Returns value mappings such as v0=("down", RED)."""
    results = {
        key[1:]: model.ValueMappingResult(text=text, color=color, index=index)
        for index, (key, (text, color)) in enumerate(texts.items())
    }
    return [model.ValueMap(options=results)]


def numbered(states):
    """Returns the value mappings of the index of a state."""
    return values(**{f"v{index}": (name, color) for index, (name, color) in enumerate(states.items())})


def target(expr, legend="", instant=False, ref="A", interval=None):
    query = prometheus.Dataquery().datasource(SOURCE).expr(expr).legend_format(legend).ref_id(ref)
    if interval:
        query = query.interval(interval)
    return query.instant().format("table") if instant == "table" else query.instant() if instant else query.range()


def dress(panel, title, description, unit, span, height, queries, instant=False, interval=None):
    panel = panel.title(title).description(description).unit(unit).span(span).height(height).datasource(SOURCE)
    panel = panel.no_value(NO_DATA)
    for letter, (legend, expr) in zip("ABCDEFGHIJKLMNOP", queries):
        panel = panel.with_target(target(expr, legend, instant, letter, interval))
    return panel


def tile(title, description, expr, thresholds, unit="short", span=4, height=3, mappings=None, decimals=None):
    panel = dress(stat.Panel(), title, description, unit, span, height, [("", expr)], instant=True)
    panel = panel.thresholds(thresholds).color_mode(options.BigValueColorMode.BACKGROUND)
    panel = panel.graph_mode(options.BigValueGraphMode.NONE)
    panel = panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    # Grafana draws a panel without data in the colour of the mapping for null.
    unknown = model.SpecialValueMap(options=model.DashboardSpecialValueMapOptions(
        match=model.SpecialValueMatch.NULL_AND_NAN, result=model.ValueMappingResult(text=NO_DATA, color=GREY, index=99)))
    panel = panel.mappings([*(mappings or []), unknown])
    return panel.decimals(decimals) if decimals is not None else panel


def graph(
    title, description, queries, unit, span=8, height=8, thresholds=None, stacked=False, log=False, calcs=("lastNotNull", "max"), right=False, least=0, colors=None, interval=None,
):
    panel = dress(timeseries.Panel(), title, description, unit, span, height, queries, interval=interval)
    panel = panel.fill_opacity(25 if stacked else 8).show_points(options.VisibilityMode.NEVER).line_width(1)
    if least is not None and not log:
        panel = panel.min(least)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL).group("A"))
    if log:
        panel = panel.scale_distribution(common.ScaleDistributionConfig().type(options.ScaleDistribution.LOG).log(10))
    if thresholds:
        panel = panel.thresholds(thresholds)
        style = common.GraphThresholdsStyleConfig().mode(options.GraphTresholdsStyleMode.DASHED)
        panel = panel.thresholds_style(style)
    return legend(paint(panel, colors), calcs, right)


def paint(panel, colors):
    """Gives series colours of their own, by name."""
    for name, color in (colors or {}).items():
        panel = panel.override_by_name(name, [model.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": color})])
    return panel


def legend(panel, calcs, right=False):
    found = common.VizLegendOptions().show_legend(True).display_mode(options.LegendDisplayMode.TABLE).calcs(list(calcs))
    found = found.placement(options.LegendPlacement.RIGHT if right else options.LegendPlacement.BOTTOM)
    panel = panel.legend(found.sort_by({"sum": "Total", "max": "Max", "min": "Min", "lastNotNull": "Last *"}[calcs[-1]]).sort_desc(calcs[-1] != "min"))
    tooltip = common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI).sort(options.SortOrder.DESCENDING)
    return panel.tooltip(tooltip)


def bars(title, description, queries, span=8, height=8, interval="1m", points=120, since=None, right=False, ahead=False, colors=None):
    """Returns bars of counted events. Each bar covers one step, and the legend shows the sum of all bars."""
    panel = dress(timeseries.Panel(), title, description, "short", span, height, queries, interval=interval)
    panel = panel.draw_style(options.GraphDrawStyle.BARS).fill_opacity(80).line_width(0).min(0).decimals(0)
    panel = panel.show_points(options.VisibilityMode.NEVER).max_data_points(points).interval(interval)
    panel = panel.bar_alignment(options.BarAlignment.AFTER if ahead else options.BarAlignment.BEFORE)
    panel = panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL).group("A"))
    if since:
        panel = panel.time_from(since)
    return legend(paint(panel, colors), ["sum"], right)


def lanes(title, description, queries, mappings, span=12, height=8, interval=None):
    panel = dress(statetimeline.Panel(), title, description, "short", span, height, queries, interval=interval)
    panel = panel.mappings(mappings).show_value(options.VisibilityMode.NEVER).merge_values(True).row_height(0.8)
    panel = panel.legend(common.VizLegendOptions().show_legend(True).display_mode(options.LegendDisplayMode.LIST).placement(options.LegendPlacement.BOTTOM).calcs([]))
    return panel.thresholds(steps(GREEN)).color_scheme(sdk.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))


def rows(title, description, queries, names, hidden, fields, span=24, height=8, sort=None, descending=True, interval=None):
    """Returns a table with renamed and hidden columns, and overrides by column: {name: [(property, value)]}."""
    panel = dress(table.Panel().show_header(True), title, description, "short", span, height, queries, instant="table", interval=interval)
    if len(queries) > 1:
        panel = panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    excluded = {name: True for name in hidden}
    order = {name: index for index, name in enumerate(names)}
    panel = panel.with_transformation(
        model.DataTransformerConfig(
            id_val="organize",
            options={"excludeByName": excluded, "renameByName": names, "indexByName": order},
        )
    )
    for name, properties in fields.items():
        panel = panel.override_by_name(
            name, [model.DynamicConfigValue(id_val=key, value=value) for key, value in properties]
        )
    if sort:
        panel = panel.sort_by([common.TableSortByFieldState().display_name(sort).desc(descending)])
    return panel


def sites(title, description, expr, mappings, thresholds, span=12, height=12):
    """Returns a map with a marker for each row, at its labels `latitude` and `longitude`."""
    panel = dress(geomap.Panel(), title, description, "short", span, height, [("", expr)], instant="table")
    panel = panel.mappings(mappings).thresholds(thresholds)
    panel = panel.color_scheme(sdk.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
    numbers = [{"targetField": name, "destinationType": "number"} for name in ("latitude", "longitude")]
    panel = panel.with_transformation(
        model.DataTransformerConfig(id_val="convertFieldType", options={"conversions": numbers, "fields": {}})
    )
    panel = panel.with_transformation(model.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {"Time": True, "account_id": True, "site_id": True}, "indexByName": {},
        "renameByName": {"site_name": "Site", "Value": "State"},
    }))
    style = {
        "color": {"field": "State", "fixed": "green"}, "opacity": 0.8, "size": {"fixed": 7, "min": 2, "max": 15},
        "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
        "text": {"mode": "field", "field": "", "fixed": ""},
    }
    location = common.FrameGeometrySource().mode(options.FrameGeometrySourceMode.COORDS).latitude("latitude").longitude("longitude")
    layer = common.MapLayerOptions().type("markers").name("Sites").config({"showLegend": True, "style": style}).location(location)
    panel = panel.layers([layer]).basemap(common.MapLayerOptions().type("default").name("Map").config({}))
    panel = panel.view(geomap.MapViewConfig().id("fit").lat(0).lon(0).zoom(3).all_layers(True).padding(10).max_zoom(8))
    return panel.controls(geomap.ControlsOptions().show_zoom(True).mouse_wheel_zoom(False).show_attribution(True))


def colored(*pairs):
    first, *rest = pairs
    shown = [{"value": None, "color": first}] + [{"value": value, "color": color} for value, color in rest]
    return [("custom.cellOptions", {"type": "color-text"}), ("thresholds", {"mode": "absolute", "steps": shown})]


def texts(**found):
    """Returns the override for value mappings, such as v0=("down", RED)."""
    shown = {key[1:]: {"text": text, "color": color} for key, (text, color) in found.items()}
    return [("mappings", [{"type": "value", "options": shown}])]


def states_of(states):
    """Returns the override for the index of a state."""
    return texts(**{f"v{index}": pair for index, pair in enumerate(states.items())}) + colored(GREY)


def matched(*patterns):
    """Returns the override that gives texts the colour of the first regular expression that matches."""
    found = [{"type": "regex", "options": {"pattern": pattern, "result": {"color": color, "index": index}}} for index, (pattern, color) in enumerate(patterns)]
    return [("mappings", found), *colored(GREY)]


def width(pixels):
    return ("custom.width", pixels)
