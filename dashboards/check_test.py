#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks a dashboard once for each rule of check.py, and expects that this rule, and only this rule, complains."""
import copy
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from check import Exclusions, check, violations  # noqa: E402
from linter import promql  # noqa: E402
from linter.own import OWN  # noqa: E402
from linter.rules import LINTER  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
BOARDS = {file.name: json.loads(file.read_text()) for file in sorted(HERE.glob("*.json"))}


def found(board, title):
    return next(panel for panel in board["panels"] if panel.get("title") == title)


def variable(board, name):
    return next(one for one in board["templating"]["list"] if one["name"] == name)


def inner(board, title):
    return next(panel for row in board["panels"] for panel in row.get("panels", []) if panel.get("title") == title)


def log(board, old, new):
    (target,) = inner(board, "Events log")["targets"]
    assert old in target["expr"]
    target["expr"] = target["expr"].replace(old, new)


def expression(board, title, change):
    target = found(board, title)["targets"][0]
    target["expr"] = change(target["expr"])


# The change of fleet.json that violates each rule.
BREAKS = {
    "template-datasource-rule": lambda board: variable(board, "datasource").update(label="Source"),
    "template-job-rule": lambda board: variable(board, "job").update(allValue=".*"),
    "template-instance-rule": lambda board: variable(board, "instance").update(multi=False),
    "template-label-promql-rule": lambda board: variable(board, "version").update(query="label_values(sum(, version)"),
    "template-on-time-change-reload-rule": lambda board: variable(board, "version").update(refresh=1),
    "panel-datasource-rule": lambda board: found(board, "Versions")["datasource"].update(uid="prometheus-1"),
    "panel-title-description-rule": lambda board: found(board, "Versions").pop("description"),
    "panel-no-targets-rule": lambda board: found(board, "Versions").pop("targets"),
    "target-promql-rule": lambda board: expression(board, "Versions", lambda text: text + ")"),
    "target-rate-interval-rule": lambda board: expression(board, "Rekey duration", lambda text: text.replace("$__rate_interval", "5m")),
    "target-job-rule": lambda board: expression(board, "Versions", lambda text: text.replace('job=~"$job", ', "")),
    "target-instance-rule": lambda board: expression(board, "Versions", lambda text: text.replace(', instance=~"$instance"', "")),
    "target-counter-agg-rule": lambda board: expression(board, "Versions", lambda _: 'x_total{job=~"$job", instance=~"$instance"}'),
    "uneditable-dashboard": lambda board: board.update(editable=True),
    "text-without-data": lambda board: found(board, "Versions")["fieldConfig"]["defaults"].pop("noValue"),
    "tile-without-data-is-not-green": lambda board: found(board, "Offline")["fieldConfig"]["defaults"].update(mappings=[]),
    "no-invented-zero": lambda board: expression(board, "Offline", lambda text: f"{text} or vector(0)"),
    "legend-with-calculations": lambda board: found(board, "Versions")["options"]["legend"].update(calcs=[]),
    "known-variables": lambda board: expression(board, "Versions", lambda text: text.replace("$version", "$release")),
    "variable-with-label": lambda board: variable(board, "version").update(label=""),
    "bars-do-not-overlap": lambda board: expression(board, "Unclean restarts", lambda text: text.replace("$__interval", "1h")),
    "rates-of-snapshots-have-a-step": lambda board: expression(
        board, "Rekey duration", lambda _: 'rate(cloudflare_magic_connector_disk_read_bytes_total{job=~"$job", instance=~"$instance"}[$__rate_interval])'),
    "source-of-the-right-type": lambda board: found(board, "Versions")["targets"][0]["datasource"].update(uid="prometheus-1"),
    "one-letter-per-query": lambda board: found(board, "Upgrades per day")["targets"][1].update(refId="A"),
    "panels-do-not-overlap": lambda board: found(board, "Offline")["gridPos"].update(x=1),
}

# The changes of the query of connector.json to Loki, and a part of the problem.
LOGS = {
    "an unknown label": ("account_id=~", "account=~", "account is not a label of the stream"),
    "metadata as a label": ("account_id=~", "connector_id=~", "connector_id is not a label of the stream"),
    "unknown metadata": ("| connector_id=~", "| connector=~", "connector is neither"),
    "an unknown field": ('json url="url"', 'json url="address"', "the line has no field address"),
    "a field that is a label": ('json url="url"', 'json url="url", kind="kind"', "kind is a label or structured metadata already"),
    "a field that is not extracted": ('  | json url="url"\n', "", "url is neither"),
    "an unknown name in the shown line": ("{{.kind}}", "{{.sort}}", "sort is neither"),
    "no job": ('job="magic-connector-exporter"', 'job=~".+"', 'lacks job="magic-connector-exporter"'),
    "a wrong template": ("{{end}}`", "`", "invalid LogQL query"),
    "PromQL": ("{job=", "magic{job=", "invalid LogQL query"),
}


class RuleTests(unittest.TestCase):
    def problems(self, name, board):
        exclusions = Exclusions(HERE / ".lint")
        return {rule for rule, panel, index, _ in violations(board) if not exclusions.cover(rule, board, panel, index)}

    def test_the_dashboards_have_no_problems(self):
        self.assertEqual(check(list(BOARDS.items()), Exclusions(HERE / ".lint")), [])

    def test_each_rule_finds_its_violation(self):
        for rule, change in BREAKS.items():
            with self.subTest(rule=rule):
                board = copy.deepcopy(BOARDS["fleet.json"])
                change(board)
                self.assertEqual(self.problems("fleet.json", board), {rule})

    def test_a_unit_that_the_linter_does_not_know(self):
        for unit in ("eps", ""):
            board = copy.deepcopy(BOARDS["fleet.json"])
            found(board, "Versions")["fieldConfig"]["defaults"]["unit"] = unit
            self.assertEqual(self.problems("fleet.json", board), {"panel-units-rule", "unit-of-every-panel"})

    def test_an_annotation_needs_job_and_instance(self):
        board = copy.deepcopy(BOARDS["connector.json"])
        board["annotations"]["list"][0]["expr"] = "1000 * max(cloudflare_magic_connector_last_event_timestamp_seconds)"
        self.assertEqual(self.problems("connector.json", board), {"annotation-is-promql"})

    def test_each_wrong_query_for_logs_is_found(self):
        for name, (old, new, problem) in LOGS.items():
            with self.subTest(name):
                board = copy.deepcopy(BOARDS["connector.json"])
                log(board, old, new)
                self.assertEqual(self.problems("connector.json", board), {"logs-query-uses-what-is-sent"})
                self.assertTrue(any(problem in message for *_, message in violations(board)))

    def test_a_query_for_logs_has_known_variables(self):
        board = copy.deepcopy(BOARDS["connector.json"])
        log(board, "$connector_id", "$connector")
        self.assertEqual(self.problems("connector.json", board), {"known-variables"})

    def test_a_panel_for_loki_is_in_a_collapsed_row(self):
        board = copy.deepcopy(BOARDS["connector.json"])
        board["panels"][-1]["collapsed"] = False
        self.assertEqual(self.problems("connector.json", board), {"optional-source-is-collapsed"})
        board["panels"][-1:] = board["panels"][-1]["panels"]
        self.assertEqual(self.problems("connector.json", board), {"optional-source-is-collapsed"})

    def test_every_rule_is_tested(self):
        tested = set(BREAKS) | {"panel-units-rule", "unit-of-every-panel", "annotation-is-promql", "logs-query-uses-what-is-sent", "optional-source-is-collapsed"}
        self.assertEqual({rule.__name__.replace("_", "-") for rule in LINTER + OWN}, tested)

    def test_an_exclusion_needs_a_reason_and_a_violation(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory, ".lint")
            file.write_text(json.dumps({"exclusions": {"panel-units-rule": {"entries": [{"panel": "Versions"}]}, "target-job-rule": {"reason": "x"}}}))
            problems = check([], Exclusions(file))
        self.assertEqual(len(problems), 3)
        for text in ("without a reason", "has no entries", "matches nothing"):
            self.assertTrue(any(text in problem for problem in problems), text)


class ParserTests(unittest.TestCase):
    def test_selectors_with_their_functions(self):
        text = 'sum by (le) (rate(a_total{job=~"$job"}[$__rate_interval] offset 5m)) / on (x) group_left (y, z) (max_over_time(b[1h:1m] @ end()) > bool -1)'
        first, second = promql.selectors(text)
        self.assertEqual((first.name, first.matchers, first.range, first.parents), ("a_total", [("job", "=~", "$job")], "8869990787ms", ("sum", "rate")))
        self.assertEqual((second.name, second.range, second.parents), ("b", "", ("max_over_time",)))

    def test_invalid_queries(self):
        for text in ("", "sum(", "a)", "a{b}", "a{b=c}", "a[5m", "rate(a[5m]", "nothing(a)", "a +", "(a)[5m]", "a b", "a{b='c'} offset"):
            with self.subTest(query=text):
                self.assertRaises(promql.SyntaxProblem, promql.selectors, text)


if __name__ == "__main__":
    unittest.main()
