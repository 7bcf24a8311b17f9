# SPDX-License-Identifier: Apache-2.0
"""Rules of this project, which Grafana's linter does not have."""
import functools
import pathlib
import re
import sys

from . import logql, promql
from .rules import panels, parsed, targets, variables
from .units import UNITS

LOGS = pathlib.Path(__file__).resolve().parents[2] / "deploy/logs"
sys.path.append(str(LOGS))
import alloy  # noqa: E402

# The types of data sources that have a variable of their own.
SOURCES = {"prometheus": "${datasource}", "loki": "${loki_datasource}"}
BUILT_IN = {"__rate_interval", "__interval", "__range", "__url_time_range"}


def text_without_data(board):
    for panel in panels(board):
        if panel["type"] != "row" and panel["fieldConfig"]["defaults"].get("noValue") != "no data":
            yield panel, None, "must show 'no data' if its queries return nothing"


def tile_without_data_is_not_green(board):
    for panel in panels(board):
        if panel["type"] != "stat":
            continue
        defaults = panel["fieldConfig"]["defaults"]
        if not defaults.get("thresholds", {}).get("steps"):
            yield panel, None, "has no thresholds"
        special = [mapping["options"] for mapping in defaults.get("mappings", []) if mapping["type"] == "special"]
        if not any(one["match"] == "null+nan" and one["result"]["color"] not in ("green", "red") for one in special):
            yield panel, None, "has no colour for missing data, so Grafana would use the first threshold"


def no_invented_zero(board):
    for panel, index, expression in targets(board):
        if re.search(r"\bvector\s*\(\s*0", expression):
            yield panel, index, "shows 0 if nothing is known, because of vector(0)"


def unit_of_every_panel(board):
    for panel in panels(board):
        if panel["type"] != "row" and panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
            yield panel, None, f"has the unit '{panel['fieldConfig']['defaults'].get('unit')}'"


def legend_with_calculations(board):
    for panel in panels(board):
        if panel["type"] == "timeseries":
            legend = panel.get("options", {}).get("legend", {})
            if legend.get("displayMode") != "table" or not legend.get("calcs"):
                yield panel, None, "must have a legend with calculations"


def known_variables(board):
    known = {variable["name"] for variable in variables(board)} | BUILT_IN
    queries = [(panel, index, expression) for panel, index, expression in targets(board)]
    queries += [(panel, index, target.get("interval", "")) for panel in panels(board) for index, target in enumerate(panel.get("targets") or [])]
    queries += [(None, None, one["expr"]) for one in (board.get("annotations") or {}).get("list", [])]
    queries += [(None, None, one["query"]) for one in variables(board)]
    for panel, index, expression in queries:
        for used in re.findall(r"\$([a-z_]\w*)", expression):
            if used not in known:
                yield panel, index, f"uses the variable ${used}, which does not exist"


def variable_with_label(board):
    for variable in variables(board):
        if not variable.get("label"):
            yield None, None, f"variable {variable['name']} has no label"
        if variable["type"] == "query" and (variable.get("datasource") or {}).get("uid") != "${datasource}":
            yield None, None, f"variable {variable['name']} uses another data source"


def annotation_is_promql(board):
    for annotation in (board.get("annotations") or {}).get("list", []):
        try:
            selectors = promql.selectors(annotation["expr"])
        except promql.SyntaxProblem as problem:
            yield None, None, f"annotation {annotation['name']}: {problem}"
            continue
        for selector in selectors:
            for label in ("job", "instance"):
                if (label, "=~", f"${label}") not in selector.matchers:
                    yield None, None, f"annotation {annotation['name']}: {selector.name} lacks {label}"


def bars_do_not_overlap(board):
    for panel in panels(board):
        if panel["type"] == "timeseries" and panel["fieldConfig"]["defaults"].get("custom", {}).get("drawStyle") == "bars":
            for index, target in enumerate(panel["targets"]):
                if "increase(" in target["expr"] or "$__rate_interval" in target["expr"] or "$__interval" not in target["expr"]:
                    yield panel, index, "must count events from bar to bar, because windows of increase() overlap or leave gaps"


def rates_of_snapshots_have_a_step(board):
    """Snapshots are minutes apart. The minimum step makes $__rate_interval four times as long as their interval."""
    for panel, index, _, selectors in parsed(board):
        for selector in selectors:
            is_slow = re.match(r"cloudflare_magic_connector_(cpu|pressure|network|disk|netstat)_", selector.name)
            if is_slow and selector.parents[-1:] == ("rate",) and panel["targets"][index].get("interval") != "$snapshot_interval":
                yield panel, index, f"the rate of {selector.name} must have the minimum step $snapshot_interval"


@functools.cache
def pipeline():
    """Returns what the collector sends to Loki, and the fields of a line."""
    page = (LOGS.parent / "docs/logs.md").read_text(encoding="utf-8")
    return alloy.pipeline(alloy.parse((LOGS / "alloy.alloy").read_text(encoding="utf-8"))), re.findall(r"(?m)^\| `(\w+)` \| [^|]+ \| [^|]+ \|", page)


def logs_query_uses_what_is_sent(board):
    """A query for a label or field that the collector does not send would return nothing, without an error."""
    for panel, index, expression in targets(board, source="loki"):
        for problem in logql.problems(expression, *pipeline()):
            yield panel, index, problem


def source_of_the_right_type(board):
    for panel in panels(board):
        for index, target in enumerate(panel.get("targets") or []):
            source = target.get("datasource") or {}
            if SOURCES.get(source.get("type")) != source.get("uid"):
                yield panel, index, f"asks the data source {source.get('uid')} of type {source.get('type')}"


def optional_source_is_collapsed(board):
    """Grafana shows an error for a panel without a data source, but does not load the panels of a collapsed row."""
    for panel in board.get("panels", []):
        inner = [] if panel["type"] == "row" and panel.get("collapsed") else panel.get("panels") or []
        for one in (panel, *inner):
            if (one.get("datasource") or {}).get("type") == "loki":
                yield one, None, "must be in a collapsed row, because Loki is optional"


def one_letter_per_query(board):
    for panel in panels(board):
        letters = [target["refId"] for target in panel.get("targets") or []]
        if len(set(letters)) != len(letters):
            yield panel, None, "has two queries with the same refId"


def panels_do_not_overlap(board):
    cells = {}
    for panel in panels(board):
        spot = panel["gridPos"]
        for x in range(spot["x"], spot["x"] + spot["w"]):
            for y in range(spot["y"], spot["y"] + spot["h"]):
                other = cells.setdefault((x, y), panel)
                if other is not panel:
                    yield panel, None, f"overlaps {other.get('title')}"
                    return


OWN = (
    text_without_data, tile_without_data_is_not_green, no_invented_zero, unit_of_every_panel, legend_with_calculations, known_variables,
    variable_with_label, annotation_is_promql, bars_do_not_overlap, rates_of_snapshots_have_a_step,
    logs_query_uses_what_is_sent, source_of_the_right_type, optional_source_is_collapsed, one_letter_per_query, panels_do_not_overlap,
)
