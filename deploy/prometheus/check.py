#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that alerts, their tests, their runbooks and the README's table of alerts agree.

    check.py            prints the problems and exits 1 if there are any
    check.py --write    updates the README's table
"""
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUNBOOKS = ROOT / "deploy" / "runbooks"
URL = "https://github.com/magic-connector-exporter/magic-connector-exporter/blob/main/deploy/runbooks/"
SEVERITIES = ("critical", "warning", "info")
BEGIN, END = "<!-- alerts: written by deploy/prometheus/check.py --write -->\n", "<!-- end of alerts -->\n"
problems: list[str] = []


def expect(is_so: bool, problem: str) -> None:
    if not is_so:
        problems.append(problem)


def check_alert(alert: dict, cases: dict) -> None:
    name, labels, annotations = alert["alert"], alert.get("labels", {}), alert.get("annotations", {})
    expect(len(name) <= 40, f"{name}: the name exceeds 40 characters")
    expect(labels.get("severity") in SEVERITIES, f"{name}: severity must be one of {', '.join(SEVERITIES)}")
    expect(annotations.get("summary", "").endswith("."), f"{name}: the summary must be a sentence that ends with a period")
    expect("{{" not in annotations.get("summary", ""), f"{name}: the summary must not contain a template")
    expect(annotations.get("description", "").endswith("."), f"{name}: the description must be a sentence that ends with a period")
    expect(annotations.get("runbook_url") == f"{URL}{name}.md", f"{name}: runbook_url must be {URL}{name}.md")
    check_page(name, labels.get("severity"), alert.get("for"), annotations.get("summary"))

    fires = cases.get(f"{name} fires and resolves", {}).get("alert_rule_test", [])
    outcomes = [bool(test["exp_alerts"]) for test in fires if test["alertname"] == name]
    expect(outcomes == [False, True, False], f"{name}: alerts_test.yml lacks a case in which it is silent, fires and resolves")
    silent = cases.get(f"{name} stays silent", {}).get("alert_rule_test", [])
    outcomes = [bool(test["exp_alerts"]) for test in silent if test["alertname"] == name]
    expect(outcomes != [] and not any(outcomes), f"{name}: alerts_test.yml lacks a case in which it stays silent")
    restart = cases.get(f"{name} survives a restart", {}).get("promql_expr_test", [])
    outcomes = [bool(test["exp_samples"]) for test in restart if f'alertname="{name}"' in test["expr"]]
    expect(outcomes != [] and all(outcomes), f"{name}: alerts_test.yml lacks a case in which it survives a restart")


def check_page(name: str, severity: str, wait: str | None, summary: str) -> None:
    page = RUNBOOKS / f"{name}.md"
    if not page.is_file():
        problems.append(f"{name}: {page.relative_to(ROOT)} is missing")
        return
    text = page.read_text()
    begins = f"# {name}\n\n{summary} Severity: **{severity}**. Fires {f'after {wait}' if wait else 'at once'}.\n"
    expect(text.startswith(begins), f"{page.name}: the beginning does not match the alert; expected:\n{begins}")
    for heading in ("## What it means", "## How to check", "## What to do"):
        expect(f"\n{heading}\n" in text, f"{page.name}: {heading} is missing")
    expect("```promql\n" in text, f"{page.name}: a promql block is missing")


def table(alerts: list[dict]) -> str:
    lines = ["| alert | severity | for | fires when |", "|---|---|---|---|"]
    for alert in alerts:
        name, severity = alert["alert"], alert["labels"]["severity"]
        summary = alert["annotations"]["summary"].rstrip(".")
        summary = re.sub(r"^(A|The) ", lambda match: match[0].lower(), summary)
        lines.append(f"| [`{name}`](deploy/runbooks/{name}.md) | {severity} | {alert.get('for', '–')} | {summary} |")
    return "\n".join(lines) + "\n"


def check_names(readme: str, recorded: list[str]) -> None:
    """Checks that runbooks and rules use only metrics of the README's tables. A test compares those with the exposition."""
    exposed = set(re.findall(r"^\| `([a-z_]+)` \|", readme, re.MULTILINE))
    for file in [*RUNBOOKS.glob("*.md"), ROOT / "deploy" / "operations.md", HERE / "rules.yml"]:
        text = file.read_text()
        for name in recorded:
            text = text.replace(name, "")
        for name in re.findall(r"(?<![:\w])cloudflare_magic_connector_[a-z_]+", text):
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            expect(name in exposed or family in exposed, f"{file.relative_to(ROOT)}: {name} is not exposed")


def main() -> None:
    rules = [rule for group in yaml.safe_load((HERE / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
    alerts = [rule for rule in rules if "alert" in rule]
    names = [alert["alert"] for alert in alerts]
    tests = yaml.safe_load((HERE / "alerts_test.yml").read_text())["tests"]
    cases = {test["name"]: test for test in tests}
    expect(len(set(names)) == len(names), "two rules have the same alert name")
    expect(len(cases) == len(tests), "two test cases have the same name")
    for alert in alerts:
        check_alert(alert, cases)
    for page in RUNBOOKS.glob("*.md"):
        expect(page.stem in names, f"{page.relative_to(ROOT)}: no alert has this name")

    readme = ROOT / "README.md"
    text = readme.read_text()
    groups = yaml.safe_load((HERE / "rules.yml").read_text())["groups"]
    check_names(text, [rule["record"] for group in groups for rule in group["rules"]])
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        problems.append("README.md: the markers of the table of alerts are missing")
    else:
        head, rest = text.split(BEGIN)
        tail = rest.split(END)[1]
        fresh = head + BEGIN + table(alerts) + END + tail
        if "--write" in sys.argv:
            readme.write_text(fresh)
        else:
            expect(text == fresh, "README.md: the table of alerts is out of date; run deploy/prometheus/check.py --write")
    for problem in problems:
        print(f"alerts: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
