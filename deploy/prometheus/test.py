#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the rules: test.py [CASE...]

Checks that the built files are up to date and valid, runs the tests of *_test.yml, and generates and runs the cases that
every alert must pass: `tests/cases.py` with the scenarios of `tests/scenarios.py`. With names of cases, runs only those.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import yaml

from tests.cases import all_cases
from tests.routes import problems
from tests.scenarios import SCENARIOS

HERE = pathlib.Path(__file__).resolve().parent
# The rules of a case with a longer interval of evaluation, because it is long.
EVALUATION = {"remembered": "4m"}
# Less garbage collection in promtool, which costs a quarter of the time.
ENVIRONMENT = os.environ | {"GOGC": "400"}


def run(*command: object) -> tuple[str, float]:
    """Runs a command and returns its output if it fails."""
    start = time.monotonic()
    done = subprocess.run([str(part) for part in command], cwd=HERE, env=ENVIRONMENT, capture_output=True, text=True)
    return ("" if done.returncode == 0 else (done.stdout + done.stderr) or "failed"), time.monotonic() - start


def check_values(folder: pathlib.Path) -> tuple[str, float]:
    """Builds the rules with other values."""
    values = {
        "job": "other", "target_labels": ["job", "instance", "cluster"], "alert_labels": {"team": "network"},
        "runbook_url": "https://wiki.example/", "dashboard_url": "https://grafana.example/", "exporter_url": "https://exporter.example/",
        "thresholds": {"attestation_failures": 5}, "severity": {"MagicConnectorHaError": "info"}, "for": {"MagicConnectorAgentDown": "1h"},
        "disabled": ["MagicConnectorUnknownKind"],
    }
    (folder / "values.yml").write_text(json.dumps(values))
    output, seconds = run("python3", "build.py", "--values", folder / "values.yml", "--output", folder)
    output = output or run("promtool", "check", "rules", folder / "alerts.yml", folder / "rules.yml")[0]
    if output:
        return output, seconds
    built = {
        rule["alert"]: rule
        for group in yaml.safe_load((folder / "alerts.yml").read_text())["groups"] for rule in group["rules"] if "alert" in rule
    }
    failing, agent = built["MagicConnectorAttestationFailing"], built["MagicConnectorAgentDown"]
    page = "https://exporter.example/connectors/{{ $labels.account_id }}/{{ $labels.connector_id }}"
    claims = {
        "the threshold": ">= 5" in failing["expr"],
        "the target labels": "job, instance, cluster" in failing["expr"],
        "the labels": failing["labels"] == {"severity": "critical", "team": "network"},
        "the severity": built["MagicConnectorHaError"]["labels"]["severity"] == "info",
        "the delay": agent["for"] == "1h",
        "the runbook": agent["annotations"]["runbook_url"] == "https://wiki.example/MagicConnectorAgentDown.md",
        "the page of the connector": agent["annotations"]["connector_url"] == page,
        "the dashboard": "/d/magic-connector-one?var-account_id=" in agent["annotations"]["dashboard_url"],
        "the dashboard of snapshots": "/d/magic-connector-health?var-account_id="
        in built["MagicConnectorTunnelDown"]["annotations"]["dashboard_url"],
        "the disabled alert": "MagicConnectorUnknownKind" not in built,
        "the job": 'up{job="other"}' in built["MagicConnectorExporterDown"]["expr"],
    }
    return "\n".join(f"{claim} is not built from the values" for claim, holds in claims.items() if not holds), seconds


def alerts() -> dict[str, str]:
    """The severity of each alert, which is that of its first rule."""
    severities: dict[str, str] = {}
    for group in yaml.safe_load((HERE / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                severities.setdefault(rule["alert"], rule["labels"]["severity"])
    return severities


def without_annotations(folder: pathlib.Path) -> pathlib.Path:
    """The alerts without annotations, whose names cost a query for each alert in each evaluation.

    The files *_test.yml test the annotations.
    """
    content = yaml.safe_load((HERE / "alerts.yml").read_text())
    for group in content["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    file = folder / "alerts.yml"
    file.write_text(json.dumps(content))
    return file


def main() -> None:
    severities, only = alerts(), sys.argv[1:]
    without = severities.keys() ^ SCENARIOS.keys()
    if without:
        sys.exit(f"tests/scenarios.py and alerts.yml differ: {', '.join(sorted(without))}")
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {}
        rules = without_annotations(pathlib.Path(folder))
        # The longest cases begin first.
        for case in reversed(list(all_cases(severities))):
            if only and case.name not in only:
                continue
            file = pathlib.Path(folder) / f"{case.name}.json"
            file.write_text(json.dumps({
                "rule_files": [str(rules)],
                "evaluation_interval": EVALUATION.get(case.name, "1m"),
                "tests": [case.test()],
            }))
            jobs[f"{case.name}: {len(case.checks)} checks"] = pool.submit(run, "promtool", "test", "rules", file)
        if not only:
            for file in sorted(HERE.glob("*_test.yml")):
                jobs[file.name] = pool.submit(run, "promtool", "test", "rules", file)
            jobs["routes mute what follows"] = pool.submit(lambda: (problems(HERE / "alertmanager.yml", severities), 0.0))
            values = pathlib.Path(folder) / "values"
            values.mkdir()
            jobs["values change the rules"] = pool.submit(check_values, values)
            jobs["build.py --check"] = pool.submit(run, "python3", "build.py", "--check")
            jobs["rules are valid"] = pool.submit(run, "promtool", "check", "rules", "alerts.yml", "rules.yml")
            jobs["prometheus.yml is valid"] = pool.submit(run, "promtool", "check", "config", "prometheus.yml")
            jobs["alertmanager.yml is valid"] = pool.submit(run, "amtool", "check-config", "alertmanager.yml")
        failed = False
        for name, job in jobs.items():
            output, seconds = job.result()
            print(f"{'FAILED' if output else 'ok':6}  {seconds:5.1f} s  {name}")
            if output:
                failed = True
                print(output if len(output) < 20_000 else output[:20_000] + " …")
    sys.exit(failed)


if __name__ == "__main__":
    main()
