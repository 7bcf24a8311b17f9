#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks one file at a time, and expects that check.py complains about it."""
import sys
import unittest

sys.dont_write_bytecode = True

import alloy  # noqa: E402
from check import PAGE, Files, check, logql  # noqa: E402

ALLOY, PROMTAIL, LOKI, LOGROTATE = (f"deploy/logs/{name}" for name in ("alloy.alloy", "promtail.yml", "loki.yml", "logrotate"))
# The file, the text that is replaced, its replacement, and a part of the expected problem.
BREAKS = {
    "a field that no line has": (ALLOY, 'tunnel_id     = "",\n    }\n  }\n\n  // The time', 'tunnel        = "",\n    }\n  }\n\n  // The time', "no line has the field tunnel"),
    "a label that is not extracted": (ALLOY, 'kind       = "",\n    }', 'sort       = "",\n    }', "sort is not extracted"),
    "a label with many values": (PROMTAIL, 'kind: ""\n', 'kind: ""\n          tunnel_id: ""\n', "tunnel_id has too many values"),
    "a label that is also metadata": (PROMTAIL, 'structured_metadata:\n', 'structured_metadata:\n          kind: ""\n', "kind is both"),
    "an unused field": (PROMTAIL, "          tunnel_id: \"\"\n", "", "tunnel_id is extracted, but not used"),
    "a difference between the pipelines": (PROMTAIL, "[0-9]+[.][0-9]+", "[0-9]+", "differ in selector"),
    "a label that is dropped again": (ALLOY, '"account_id", "job", "kind"', '"job", "kind"', "are kept"),
    "another timestamp": (PROMTAIL, "source: time", "source: id", "the timestamp is"),
    "a changed timestamp": (ALLOY, '    action_on_duplicate_timestamp = "keep"\n', "", "must be keep"),
    "an unknown component": (ALLOY, 'loki.source.file "', 'loki.source.files "', "unknown component"),
    "an unknown stage": (ALLOY, "stage.labels {", "stage.label {", "has no block stage.label"),
    "an unknown argument": (ALLOY, "drop_malformed", "drop_invalid", "has no argument drop_invalid"),
    "a missing argument": (ALLOY, '    format                        = "RFC3339"\n', "", "lacks format"),
    "a missing brace": (ALLOY, "  file_match {", "  file_match", "expected {"),
    "an unknown receiver": (ALLOY, "[loki.write.loki.receiver]", "[loki.write.other.receiver]", "which no component exports"),
    "an unknown key of Promtail": (PROMTAIL, "positions:", "position:", "unknown key position"),
    "an unknown stage of Promtail": (PROMTAIL, "- labelallow:", "- labelkeep:", "pipeline_stages: unknown key labelkeep"),
    "invalid YAML": (PROMTAIL, "clients:", "clients: [", "deploy/logs/promtail.yml: "),
    "a key that Loki 3.8 rejects": (LOKI, "  shard_streams:", "  unordered_writes: true\n  shard_streams:", "limits_config: unknown key unordered_writes"),
    "a short maximum age": (LOKI, "max_age: 31d", "max_age: 7d", "at least 30d"),
    "a short retention": (LOKI, "retention_period: 90d", "retention_period: 7d", "retention_period"),
    "no time sharding": (LOKI, "time_sharding_enabled: true", "time_sharding_enabled: false", "time_sharding_enabled"),
    "a long grace period": (LOKI, "creation_grace_period: 20m", "creation_grace_period: 30m", "at most 1h"),
    "an old schema": (LOKI, "schema: v13", "schema: v12", "needs tsdb and schema v13"),
    "a rotation of another file": (LOGROTATE, "events.json", "other.json", "but the collectors read"),
    "copytruncate": (LOGROTATE, "    create\n", "    copytruncate\n", "copytruncate"),
    "a field that the page lacks": (PAGE, "| `url` |", "| url |", "the table of fields"),
    "a wrong place on the page": (PAGE, "| `kind` | text | label |", "| `kind` | text | line |", "kind is label, not line"),
    "a query for a field as a label": (PAGE, '{job="magic-connector-exporter"} | late="true"', '{job="magic-connector-exporter", late="true"}', "late is not a label"),
    "a query with an unknown field": (PAGE, 'json url="url"', 'json url="address"', "no field address"),
    "a query without the job": (PAGE, '{job="magic-connector-exporter"} | late', '{kind="Init"} | late', "lacks job"),
    "a query for an unknown kind": (PAGE, 'kind=~"Rekey.+"', 'kind=~"Rekeys.+"', "no kind of event"),
    "a wrong query": (PAGE, '}[1d])))', '}[1d]))', "invalid LogQL query"),
    "a wrong example for Alloy": (PAGE, "loki.process.events.receiver", "loki.process.event.receiver", "Alloy example 1"),
}


class BreakTests(unittest.TestCase):
    def test_the_files_have_no_problems(self):
        self.assertEqual(list(check(Files())), [])

    def test_each_break_is_found(self):
        for name, (path, old, new, problem) in BREAKS.items():
            with self.subTest(name):
                text = Files().text(path)
                self.assertIn(old, text)
                found = list(check(Files({path: text.replace(old, new, 1)})))
                self.assertTrue(any(problem in one for one in found), found)


class ParserTests(unittest.TestCase):
    def test_invalid_configurations(self):
        for text in ("a {", "}", 'a "b" {\n c = \n}', 'a = ["b"', "a = b(", 'a = "b', "a = 1 b = 2", "a = 1\na = 2", "a = f()", "a b", 'a = "\\d"'):
            with self.subTest(text):
                self.assertRaises(alloy.SyntaxProblem, alloy.parse, text)

    def test_a_query_with_all_its_names(self):
        text = 'sum by (kind) (count_over_time({job="a", kind=~"b"} |= "c" | d="e" and (f!="g" or h>1) | json i="j" | line_format `{{if eq .k "l.m"}}{{.i}}{{end}}` [5m])) > 2'
        (query,) = logql.queries(text)
        self.assertEqual(query.matchers, [("job", "=", "a"), ("kind", "=~", "b")])
        self.assertEqual(query.filters, [("d", "=", "e"), ("f", "!=", "g"), ("h", ">", "1")])
        self.assertEqual((query.extracted, query.shown, query.grouped), ({"i": "j"}, ["k", "i"], ["kind"]))

    def test_invalid_queries(self):
        for text in ("", "{", '{a="b"', "{a=b}", '{a="b"} |', '{a="b"} | json', '{a="b"} | line_format', '{a="b"} | line_format `{{.a}`', '{a="b"} | line_format `{{if .a}}`',
                     'count_over_time({a="b"})', 'sum(count_over_time({a="b"}[5m])', 'nothing({a="b"}[5m])', '{a="b"} c', '{a="b"} | c'):
            with self.subTest(text):
                self.assertRaises(logql.SyntaxProblem, logql.queries, text)


if __name__ == "__main__":
    unittest.main()
