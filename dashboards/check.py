#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the dashboards against the rules of Grafana's dashboard linter (github.com/grafana/dashboard-linter, docs/rules)
and a few additional rules. Prints the problems and exits 1 if there are any.

Names in brackets are rules of the linter.
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
# A counter must be the argument of one of these functions.
OVER_TIME = re.compile(r"\b(rate|irate|increase|changes|resets)\($")
problems = []


def variables(name, board):
    found = {variable["name"]: variable for variable in board["templating"]["list"]}
    source = found.get("datasource", {})
    if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
        problems.append(f"{name}: the variable datasource must have the type prometheus [template-datasource-rule]")
    if source.get("label", "").lower() != "data source":
        problems.append(f"{name}: the label of datasource must be 'Data source' [template-datasource-rule]")
    for wanted in ("job", "instance", "account_id"):
        variable = found.get(wanted, {})
        if not (variable.get("multi") and variable.get("includeAll") and variable.get("allValue") == ".+"):
            problems.append(f"{name}: {wanted} must be multi-value with All = .+ [template-{wanted}-rule]")
    for variable in found.values():
        if not variable.get("label"):
            problems.append(f"{name}: {variable['name']} has no label")
        if variable["type"] != "query":
            continue
        if variable.get("datasource") != SOURCE:
            problems.append(f"{name}: {variable['name']} uses another data source [template-datasource-rule]")
        if variable.get("refresh") != 2:
            problems.append(f"{name}: {variable['name']} must be refreshed when the time range changes [template-on-time-change-reload-rule]")
        if not re.fullmatch(r"label_values\(.+, [a-z_]+\)", variable["query"]):
            problems.append(f"{name}: {variable['name']} must be a label_values query [template-label-promql-rule]")
    return found


def query(where, expr, known, may_count=False):
    bare = re.sub(r"\{[^{}]*\}", lambda match: "{" + " " * (len(match[0]) - 2) + "}", expr)
    for match in re.finditer(r"\b(?:cloudflare_magic_connector|process|up)\w*(\{[^{}]*\})?", expr):
        if expr[: match.start()].count("{") > expr[: match.start()].count("}"):
            continue
        for label in ("job", "instance"):
            if f'{label}=~"${label}"' not in (match[1] or ""):
                problems.append(f"{where}: {match[0][:60]} lacks {label} [target-{label}-rule]")
    for match in re.finditer(r"\[([^\]]+)\]", bare):
        if match[1] != "$__rate_interval":
            problems.append(f"{where}: [{match[1]}] is not $__rate_interval [target-rate-interval-rule]")
    for match in re.finditer(r"\b\w+_(total|bucket)\b", bare):
        if not may_count and not OVER_TIME.search(bare[: match.start()]):
            problems.append(f"{where}: {match[0]} must be used with rate or increase [target-counter-agg-rule]")
    if bare.count("(") != bare.count(")"):
        problems.append(f"{where}: unbalanced parentheses [target-promql-rule]")
    for used in re.findall(r"\$([a-z]\w*)", expr):
        if used not in known:
            problems.append(f"{where}: the variable ${used} does not exist")


def panel(where, one, known):
    for what in ("title", "description"):
        if not one.get(what):
            problems.append(f"{where}: {what} is missing [panel-title-description-rule]")
    if one.get("datasource") != SOURCE:
        problems.append(f"{where}: the data source must be the variable datasource [panel-datasource-rule]")
    if not one.get("targets"):
        problems.append(f"{where}: a query is missing [panel-no-targets-rule]")
    if not one["fieldConfig"]["defaults"].get("unit"):
        problems.append(f"{where}: the unit is missing [panel-units-rule]")
    if one["type"] == "stat" and not one["fieldConfig"]["defaults"].get("thresholds"):
        problems.append(f"{where}: thresholds are missing")
    letters = [target["refId"] for target in one.get("targets", [])]
    if len(set(letters)) != len(letters):
        problems.append(f"{where}: two queries have the same refId")
    for target in one.get("targets", []):
        # A table may show a counter's total.
        query(f"{where} {target['refId']}", target["expr"], known, may_count=one["type"] == "table")


def main():
    uids = set()
    for file in sorted(HERE.glob("*.json")):
        board = json.loads(file.read_text())
        name = file.name
        if board.get("editable") is not False:
            problems.append(f"{name}: the dashboard must not be editable [uneditable-dashboard-rule]")
        if board.get("uid") in uids or not board.get("uid"):
            problems.append(f"{name}: the uid is missing or not unique")
        uids.add(board.get("uid"))
        known = variables(name, board)
        for one in board["panels"]:
            if one["type"] != "row":
                panel(f"{name}: {one.get('title')}", one, known)
        for annotation in board.get("annotations", {}).get("list", []):
            query(f"{name}: annotation {annotation['name']}", annotation["expr"], known)
        for target in re.findall(r"/d/([a-z-]+)", file.read_text()):
            if not any(json.loads(other.read_text()).get("uid") == target for other in HERE.glob("*.json")):
                problems.append(f"{name}: the linked dashboard {target} does not exist")
    for problem in problems:
        print(f"dashboards: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
