#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that alerts, their tests, their routes, their runbooks and the table of alerts agree.

    check.py            prints the problems and exits 1 if there are any
    check.py --write    updates the table
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True

import yaml

from tests.scenarios import SCENARIOS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUNBOOKS = ROOT / "deploy" / "runbooks"
DOCS = ROOT / "deploy" / "docs"
URL = "https://github.com/magic-connector-exporter/magic-connector-exporter/blob/main/deploy/runbooks/"
SEVERITIES = ("critical", "warning", "info")
BEGIN, END = "<!-- alerts: written by deploy/prometheus/check.py --write -->\n", "<!-- end of alerts -->\n"
# The longest interval of scrapes and evaluations that the rules allow, in seconds. Since Prometheus 3, a range excludes its
# left end, so a range of one interval contains a single sample, of which `increase` returns nothing.
LONGEST_INTERVAL = 60
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
problems: list[str] = []


def expect(is_so: bool, problem: str) -> None:
    if not is_so:
        problems.append(problem)


def check_alert(name: str, rules: list[dict]) -> None:
    """Checks the rules of one name. Rules of different severity share their summary, delay and runbook."""
    expect(len(name) <= 40, f"{name}: the name exceeds 40 characters")
    severities = [rule["labels"].get("severity") for rule in rules]
    expect(len(set(severities)) == len(rules), f"{name}: two rules have the same severity")
    for rule, severity in zip(rules, severities):
        annotations = rule.get("annotations", {})
        expect(severity in SEVERITIES, f"{name}: severity must be one of {', '.join(SEVERITIES)}")
        expect(annotations.get("summary", "").endswith("."), f"{name}: the summary must be a sentence that ends with a period")
        expect("{{" not in annotations.get("summary", ""), f"{name}: the summary must not contain a template")
        expect(annotations.get("description", "").endswith("."), f"{name}: the description must be a sentence that ends with a period")
        expect(annotations.get("runbook_url") == f"{URL}{name}.md", f"{name}: runbook_url must be {URL}{name}.md")
    for key in ("summary", "for"):
        expect(len({rule.get(key, rule["annotations"].get(key)) for rule in rules}) == 1, f"{name}: its rules differ in {key}")
    check_page(name, severities, rules[0].get("for"), rules[0]["annotations"]["summary"])


def check_page(name: str, severities: list[str], wait: str | None, summary: str) -> None:
    page = RUNBOOKS / f"{name}.md"
    if not page.is_file():
        problems.append(f"{name}: {page.relative_to(ROOT)} is missing")
        return
    text = page.read_text()
    severity = " or ".join(f"**{severity}**" for severity in severities)
    begins = f"# {name}\n\n{summary} Severity: {severity}. Fires {f'after {wait}' if wait else 'at once'}.\n"
    expect(text.startswith(begins), f"{page.name}: the beginning does not match the alert; expected:\n{begins}")
    for heading in ("## What it means", "## How to check", "## What to do"):
        expect(f"\n{heading}\n" in text, f"{page.name}: {heading} is missing")
    expect("```promql\n" in text, f"{page.name}: a promql block is missing")
    expect(not re.search(r"\b[Aa] (attestation|upgrade|agent)\b", text), f'{page.name}: "a" before a vowel')


def check_routes(alerts: set[str]) -> None:
    """Checks that every name and pattern in the routes matches an alert."""
    for rule in yaml.safe_load((HERE / "alertmanager.yml").read_text())["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            label, operator, value = re.fullmatch(r'(\w+) (=~|!=|=) "(.*)"', matcher).groups()
            if label != "alertname":
                continue
            options = re.fullmatch(r"MagicConnector\((.*)\)", value)
            for option in options[1].split("|") if options else [value.removeprefix("MagicConnector")]:
                matched = any(re.fullmatch(f"MagicConnector{option}", alert) for alert in alerts)
                expect(matched, f"alertmanager.yml: MagicConnector{option} matches no alert")


def check_ranges(rules: list[dict]) -> None:
    """Checks that each range contains at least four samples."""
    for rule in rules:
        for number, unit in re.findall(r"\[(\d+)([smhd])[\]:]", rule["expr"]):
            is_long = int(number) * SECONDS[unit] >= 4 * LONGEST_INTERVAL
            expect(is_long, f"{rule.get('alert', rule.get('record'))}: [{number}{unit}] is too short")


def table(alerts: dict[str, list[dict]]) -> str:
    lines = ["| alert | severity | for | fires when |", "|---|---|---|---|"]
    for name, rules in alerts.items():
        severity = " or ".join(rule["labels"]["severity"] for rule in rules)
        summary = rules[0]["annotations"]["summary"].rstrip(".")
        summary = re.sub(r"^(A|The|Many|Events|Polls|Items|Connectors) ", lambda match: match[0].lower(), summary)
        lines.append(f"| [`{name}`](../runbooks/{name}.md) | {severity} | {rules[0].get('for', '–')} | {summary} |")
    return "\n".join(lines) + "\n"


def check_names(recorded: list[str]) -> None:
    """Checks that runbooks and rules use only documented metrics. A test compares their tables with the exposition."""
    tables = "".join((DOCS / page).read_text() for page in ("metrics.md", "snapshots.md"))
    exposed = set(re.findall(r"^\| `([a-z0-9_]+)` \|", tables, re.MULTILINE))
    for file in [*RUNBOOKS.glob("*.md"), ROOT / "deploy" / "operations.md", HERE / "rules.yml", HERE / "alerts.yml"]:
        text = file.read_text()
        # The longest names first, because some begin with another.
        for name in sorted(recorded, key=len, reverse=True):
            text = text.replace(name, "")
        for name in sorted(set(re.findall(r"(?<![:\w])cloudflare_magic_connector_[a-z0-9_]+", text))):
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            expect(name in exposed or family in exposed, f"{file.relative_to(ROOT)}: {name} is not exposed")


def rules_of(file: str) -> list[dict]:
    return [rule for group in yaml.safe_load((HERE / file).read_text())["groups"] for rule in group["rules"]]


def main() -> None:
    rules = rules_of("alerts.yml")
    alerts: dict[str, list[dict]] = {}
    for rule in rules:
        if "alert" in rule:
            alerts.setdefault(rule["alert"], []).append(rule)
    for name, same in alerts.items():
        check_alert(name, same)
    for name in alerts.keys() ^ SCENARIOS.keys():
        problems.append(f"{name}: alerts.yml and tests/scenarios.py must both contain it")
    for page in RUNBOOKS.glob("*.md"):
        expect(page.stem in alerts, f"{page.relative_to(ROOT)}: no alert has this name")
    check_routes(set(alerts))
    check_ranges(rules + rules_of("rules.yml"))

    page = DOCS / "alerts.md"
    text = page.read_text()
    expect(f"{len(alerts)} alerts" in (ROOT / "README.md").read_text(), f"README.md: there are {len(alerts)} alerts")
    check_names([rule["record"] for rule in rules + rules_of("rules.yml") if "record" in rule])
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        problems.append("alerts.md: the markers of the table of alerts are missing")
    else:
        head, rest = text.split(BEGIN)
        tail = rest.split(END)[1]
        fresh = head + BEGIN + table(alerts) + END + tail
        if "--write" in sys.argv:
            page.write_text(fresh)
        else:
            expect(text == fresh, "alerts.md: the table of alerts is out of date; run deploy/prometheus/check.py --write")
    for problem in problems:
        print(f"alerts: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
