#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds alerts, their tests, their runbook pages and the README's table of them together.

    check.py            exits 1 with what is wrong
    check.py --write    writes the README's table anew
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
    expect(len(name) <= 40, f"{name}: longer than 40 characters")
    expect(labels.get("severity") in SEVERITIES, f"{name}: severity is none of {', '.join(SEVERITIES)}")
    expect(annotations.get("summary", "").endswith("."), f"{name}: the summary is no sentence")
    expect("{{" not in annotations.get("summary", ""), f"{name}: a summary is the same for every series")
    expect(annotations.get("description", "").endswith("."), f"{name}: the description is no sentence")
    expect(annotations.get("runbook_url") == f"{URL}{name}.md", f"{name}: runbook_url is not {URL}{name}.md")
    check_page(name, labels.get("severity"), alert.get("for"), annotations.get("summary"))

    fires = cases.get(f"{name} fires and resolves", {}).get("alert_rule_test", [])
    said = [bool(test["exp_alerts"]) for test in fires if test["alertname"] == name]
    expect(said == [False, True, False], f"{name}: no case in which it is silent, fires and resolves")
    silent = cases.get(f"{name} stays silent", {}).get("alert_rule_test", [])
    said = [bool(test["exp_alerts"]) for test in silent if test["alertname"] == name]
    expect(said != [] and not any(said), f"{name}: no case in which it stays silent")
    restart = cases.get(f"{name} survives a restart", {}).get("promql_expr_test", [])
    said = [bool(test["exp_samples"]) for test in restart if f'alertname="{name}"' in test["expr"]]
    expect(said != [] and all(said), f"{name}: no case in which it survives a restart")


def check_page(name: str, severity: str, wait: str | None, summary: str) -> None:
    page = RUNBOOKS / f"{name}.md"
    if not page.is_file():
        problems.append(f"{name}: {page.relative_to(ROOT)} is missing")
        return
    text = page.read_text()
    begins = f"# {name}\n\n{summary} Severity: **{severity}**. Fires {f'after {wait}' if wait else 'at once'}.\n"
    expect(text.startswith(begins), f"{page.name}: it does not begin as the alert says:\n{begins}")
    for heading in ("## What it means", "## How to check", "## What to do"):
        expect(f"\n{heading}\n" in text, f"{page.name}: no {heading}")
    expect("```promql\n" in text, f"{page.name}: nothing to ask Prometheus")


def table(alerts: list[dict]) -> str:
    lines = ["| alert | severity | waits | fires when |", "|---|---|---|---|"]
    for alert in alerts:
        name, severity = alert["alert"], alert["labels"]["severity"]
        summary = alert["annotations"]["summary"].rstrip(".")
        summary = re.sub(r"^(A|The) ", lambda match: match[0].lower(), summary)
        lines.append(f"| [`{name}`](deploy/runbooks/{name}.md) | {severity} | {alert.get('for', '–')} | {summary} |")
    return "\n".join(lines) + "\n"


def check_names(readme: str, recorded: list[str]) -> None:
    """What pages and rules ask for is in the README's tables, which a test holds to what is exposed."""
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
    expect(len(set(names)) == len(names), "an alert has two rules")
    expect(len(cases) == len(tests), "two cases have one name")
    for alert in alerts:
        check_alert(alert, cases)
    for page in RUNBOOKS.glob("*.md"):
        expect(page.stem in names, f"{page.relative_to(ROOT)}: there is no such alert")

    readme = ROOT / "README.md"
    text = readme.read_text()
    groups = yaml.safe_load((HERE / "rules.yml").read_text())["groups"]
    check_names(text, [rule["record"] for group in groups for rule in group["rules"]])
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        problems.append("README.md: the markers of the table of alerts are not there")
    else:
        head, rest = text.split(BEGIN)
        tail = rest.split(END)[1]
        fresh = head + BEGIN + table(alerts) + END + tail
        if "--write" in sys.argv:
            readme.write_text(fresh)
        else:
            expect(text == fresh, "README.md: the table of alerts is old; run deploy/prometheus/check.py --write")
    for problem in problems:
        print(f"alerts: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
