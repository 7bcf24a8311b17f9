# SPDX-License-Identifier: Apache-2.0
"""The rules of github.com/grafana/dashboard-linter at 4d0844b (18 June 2026), one function for each, in its order.

Each function has the name of its rule, with underscores, and yields (panel, target index, message). The rules for PromQL skip
queries to Loki; own.py checks those. Where the linter is more lenient than its documentation, the function follows the
documentation and says so.
"""
import re

from . import promql
from .units import UNITS

QUERIED = ("singlestat", "gauge", "table", "stat", "state-timeline", "timeseries")
SHOWN = ("stat", "singlestat", "graph", "table", "timeseries", "gauge")


def variables(board):
    return board.get("templating", {}).get("list", [])


def panels(board):
    for panel in board.get("panels", []):
        yield panel
        yield from panel.get("panels") or []


def targets(board, kinds=None, source=None):
    """Yields the query of each target, optionally only of these types of panels and of this type of data source."""
    for panel in panels(board):
        if kinds is None or panel["type"] in kinds:
            for index, target in enumerate(panel.get("targets") or []):
                if source is None or (target.get("datasource") or panel.get("datasource") or {}).get("type") == source:
                    yield panel, index, target.get("expr", "")


def parsed(board, kinds=None):
    """Yields the selectors of each target with valid PromQL. Another rule reports the others."""
    for panel, index, expression in targets(board, kinds, "prometheus"):
        try:
            yield panel, index, expression, promql.selectors(expression)
        except promql.SyntaxProblem:
            continue


def template_datasource_rule(board):
    sources = [variable for variable in variables(board) if variable["type"].lower() == "datasource"]
    if not sources:
        yield None, None, "does not have a templated data source"
    for source in sources:
        kind = source.get("query", "")
        names, labels = {f"{kind.lower()}_datasource"}, {f"{kind.title()} data source"}
        if len(sources) == 1:
            names.add("datasource")
            labels.add("Data source")
        if source["name"] not in names:
            yield None, None, f"templated data source variable named '{source['name']}', should be named one of {sorted(names)}"
        if source.get("label") not in labels:
            yield None, None, f"templated data source variable labeled '{source.get('label')}', should be labeled one of {sorted(labels)}"


def template(board, name):
    variable = next((one for one in variables(board) if one["name"] == name), None)
    if variable is None:
        yield None, None, f"is missing the {name} template"
        return
    uid = (variable.get("datasource") or {}).get("uid", "")
    if uid not in ("$datasource", "${datasource}", "$prometheus_datasource", "${prometheus_datasource}"):
        yield None, None, f"{name} template should use datasource '$datasource', is currently '{uid}'"
    if variable["type"] != "query":
        yield None, None, f"{name} template should be a Prometheus query, is currently '{variable['type']}'"
    if variable.get("label") != name.title():
        yield None, None, f"{name} template should be a labeled '{name.title()}', is currently '{variable.get('label')}'"
    if not variable.get("multi"):
        yield None, None, f"{name} template should be a multi select"
    if variable.get("allValue") != ".+":
        yield None, None, f"{name} template allValue should be '.+', is currently '{variable.get('allValue')}'"


def template_job_rule(board):
    yield from template(board, "job")


def template_instance_rule(board):
    yield from template(board, "instance")


def template_label_promql_rule(board):
    for variable in variables(board):
        if variable["type"] != "query":
            continue
        match = re.search(r"([a-z_]+)\((.+)\)", variable["query"])
        if not match or match[1] not in ("label_names", "label_values", "metrics", "query_result"):
            yield None, None, f"template '{variable['name']}' invalid templated label '{variable['query']}': invalid function"
            continue
        # The argument of label_values ends with the name of a label, which is not part of the query.
        query = re.sub(r",\s*\w+$", "", match[2]) if match[1] == "label_values" else match[2]
        try:
            promql.selectors(query)
        except promql.SyntaxProblem as problem:
            yield None, None, f"template '{variable['name']}' invalid templated label '{variable['query']}': {problem}"


def template_on_time_change_reload_rule(board):
    for variable in variables(board):
        if variable["type"] == "query" and variable.get("refresh") != 2:
            yield None, None, f"template '{variable['name']}' should be refreshed 'On Time Range Change (value 2)', is currently '{variable.get('refresh')}'"


def panel_datasource_rule(board):
    known = {form % variable["name"] for variable in variables(board) if variable["type"] == "datasource" for form in ("$%s", "${%s}")}
    for panel in panels(board):
        uid = (panel.get("datasource") or {}).get("uid", "")
        # The linter checks only some types.
        if panel["type"] != "row" and uid not in known:
            yield panel, None, f"does not use a templated datasource, uses '{uid}'"


def panel_title_description_rule(board):
    for panel in panels(board):
        # The linter checks only some types.
        if panel["type"] != "row" and not (panel.get("title") and panel.get("description")):
            yield panel, None, f"has missing title or description, currently has title '{panel.get('title')}' and description: '{panel.get('description')}'"


def panel_units_rule(board):
    for panel in panels(board):
        if panel["type"] not in SHOWN:
            continue
        config = panel["fieldConfig"]
        found = [entry["value"] for override in config.get("overrides", []) for entry in override["properties"] if entry["id"] == "unit"]
        # The linter checks only the last unit, and none if there are value mappings.
        for unit in found + [config["defaults"].get("unit", "")]:
            if unit not in UNITS:
                yield panel, None, f"has no or invalid units defined: '{unit}'"


def panel_no_targets_rule(board):
    for panel in panels(board):
        # The linter checks only some types.
        if panel["type"] != "row" and not panel.get("targets"):
            yield panel, None, "has no targets"


def target_promql_rule(board):
    for panel, index, expression in targets(board, source="prometheus"):
        # The linter checks only some types of panels.
        try:
            promql.selectors(expression)
        except promql.SyntaxProblem as problem:
            yield panel, index, f"invalid PromQL query '{expression}': {problem}"


def target_rate_interval_rule(board):
    for panel, index, expression, selectors in parsed(board, QUERIED):
        for selector in selectors:
            if selector.range and selector.range != promql.GLOBALS["__rate_interval"] and selector.parents[-1:] and selector.parents[-1] in ("rate", "irate"):
                yield panel, index, f"invalid PromQL query '{expression}': should use $__rate_interval"


def matcher(board, name):
    for panel, index, _, selectors in parsed(board):
        for selector in selectors:
            if (name, "=~", f"${name}") not in selector.matchers:
                yield panel, index, f"invalid PromQL query: {name} selector of {selector.name} not found"


def target_job_rule(board):
    yield from matcher(board, "job")


def target_instance_rule(board):
    yield from matcher(board, "instance")


def target_counter_agg_rule(board):
    for panel, index, _, selectors in parsed(board):
        for selector in selectors:
            # The linter compares the end of the whole selector, so it does not see a counter with matchers.
            if selector.name.endswith("_total") and not (selector.range and selector.parents and selector.parents[-1] in ("rate", "irate", "increase")):
                yield panel, index, f"counter metric '{selector.name}' is not aggregated with rate, irate, or increase"


def uneditable_dashboard(board):
    if board.get("editable", False):
        yield None, None, "is editable, it should be set to 'editable: false'"


LINTER = (
    template_datasource_rule, template_job_rule, template_instance_rule, template_label_promql_rule, template_on_time_change_reload_rule,
    panel_datasource_rule, panel_title_description_rule, panel_units_rule, panel_no_targets_rule, target_promql_rule, target_rate_interval_rule,
    target_job_rule, target_instance_rule, target_counter_agg_rule, uneditable_dashboard,
)
