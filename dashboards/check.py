#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the dashboards to the rules of Grafana's dashboard linter (github.com/grafana/dashboard-linter, docs/rules)
and to some of our own. Exits 1 with what is wrong.

The names in brackets are the linter's.
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
# What follows a counter that is not summed up by time has to be in one of these.
OVER_TIME = re.compile(r"\b(rate|irate|increase|changes|resets)\($")
problems = []


def variables(name, board):
    found = {variable["name"]: variable for variable in board["templating"]["list"]}
    source = found.get("datasource", {})
    if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
        problems.append(f"{name}: no variable datasource of Prometheus [template-datasource-rule]")
    if source.get("label", "").lower() != "data source":
        problems.append(f"{name}: the label of datasource is not Data source [template-datasource-rule]")
    for wanted in ("job", "instance", "account_id"):
        variable = found.get(wanted, {})
        if not (variable.get("multi") and variable.get("includeAll") and variable.get("allValue") == ".+"):
            problems.append(f"{name}: {wanted} is not several of all, with .+ [template-{wanted}-rule]")
    for variable in found.values():
        if not variable.get("label"):
            problems.append(f"{name}: {variable['name']} has no label")
        if variable["type"] != "query":
            continue
        if variable.get("datasource") != SOURCE:
            problems.append(f"{name}: {variable['name']} asks another data source [template-datasource-rule]")
        if variable.get("refresh") != 2:
            problems.append(f"{name}: {variable['name']} is not read with the time range [template-on-time-change-reload-rule]")
        if not re.fullmatch(r"label_values\(.+, [a-z_]+\)", variable["query"]):
            problems.append(f"{name}: {variable['name']} is no label_values [template-label-promql-rule]")
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
            problems.append(f"{where}: {match[0]} is a counter without rate or increase [target-counter-agg-rule]")
    if bare.count("(") != bare.count(")"):
        problems.append(f"{where}: the parentheses do not match [target-promql-rule]")
    for used in re.findall(r"\$([a-z]\w*)", expr):
        if used not in known:
            problems.append(f"{where}: there is no variable ${used}")


def panel(where, one, known):
    for what in ("title", "description"):
        if not one.get(what):
            problems.append(f"{where}: no {what} [panel-title-description-rule]")
    if one.get("datasource") != SOURCE:
        problems.append(f"{where}: another data source [panel-datasource-rule]")
    if not one.get("targets"):
        problems.append(f"{where}: no query [panel-no-targets-rule]")
    if not one["fieldConfig"]["defaults"].get("unit"):
        problems.append(f"{where}: no unit [panel-units-rule]")
    if one["type"] == "stat" and not one["fieldConfig"]["defaults"].get("thresholds"):
        problems.append(f"{where}: no thresholds")
    letters = [target["refId"] for target in one.get("targets", [])]
    if len(set(letters)) != len(letters):
        problems.append(f"{where}: two queries have one letter")
    for target in one.get("targets", []):
        # A table may show how many there were since the ledger began.
        query(f"{where} {target['refId']}", target["expr"], known, may_count=one["type"] == "table")


def main():
    uids = set()
    for file in sorted(HERE.glob("*.json")):
        board = json.loads(file.read_text())
        name = file.name
        if board.get("editable") is not False:
            problems.append(f"{name}: editable [uneditable-dashboard-rule]")
        if board.get("uid") in uids or not board.get("uid"):
            problems.append(f"{name}: no uid of its own")
        uids.add(board.get("uid"))
        known = variables(name, board)
        for one in board["panels"]:
            if one["type"] != "row":
                panel(f"{name}: {one.get('title')}", one, known)
        for annotation in board.get("annotations", {}).get("list", []):
            query(f"{name}: annotation {annotation['name']}", annotation["expr"], known)
        for target in re.findall(r"/d/([a-z-]+)", file.read_text()):
            if not any(json.loads(other.read_text()).get("uid") == target for other in HERE.glob("*.json")):
                problems.append(f"{name}: a link to {target}, which is not there")
    for problem in problems:
        print(f"dashboards: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
