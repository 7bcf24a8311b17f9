#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds alerts.yml and rules.yml from values.yml, and the Alertmanager configuration of Compose from alertmanager.yml.

    build.py                                    writes the files of this repository
    build.py --check                            exits 1 if one of them is out of date
    build.py --values FILE --output DIRECTORY   builds alerts.yml and rules.yml with other values
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True

import yaml

from rules import attestation, devices, exporter, fleet, operations, polling, reachability, recording, snapshots, tunnels
from rules.builder import Rules

HERE = pathlib.Path(__file__).resolve().parent
HEADER = "# Built by deploy/prometheus/build.py from values.yml. Do not edit.\n"
COMPOSE = HERE.parent / "docker" / "alertmanager.yml"
COMPOSE_HEADER = (
    "# Built by deploy/prometheus/build.py from deploy/prometheus/alertmanager.yml. Do not edit.\n"
    "# Configuration of Alertmanager in compose.yml. It shows the alerts and sends no notifications.\n"
)


class Dumper(yaml.SafeDumper):
    """Writes expressions of several lines as blocks."""


Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)


def dump(content: object) -> str:
    return yaml.dump(content, Dumper=Dumper, sort_keys=False, width=10_000, allow_unicode=True)


def block(rule: dict) -> dict:
    return rule | {"expr": rule["expr"] + ("\n" if "\n" in rule["expr"] else "")}


def alerts_file(values: dict) -> str:
    """The alerts, in one group with the states that they use, so that each evaluation sees the newest states."""
    rules = Rules(values)
    alerts = []
    for module in (fleet, attestation, operations, reachability, tunnels, snapshots, devices, polling, exporter):
        rules.board = getattr(module, "BOARD", "magic-connector-one")
        alerts += [alert for alert in module.alerts(rules) if alert["alert"] not in values["disabled"]]
    states = [{"record": name, "expr": expr} for name, expr in rules.records.items()]
    return HEADER + dump({"groups": [{"name": "magic-connector.alerts", "rules": [block(rule) for rule in states + alerts]}]})


def rules_file(values: dict) -> str:
    text = HEADER + "# Optional: alerts and dashboards do not use these rules. Names follow level:metric:operations.\n"
    text += "groups:\n- name: magic-connector.rules\n  rules:\n"
    for comment, rule in recording.rules(Rules(values)):
        text += f"  # {comment}\n" if comment else ""
        text += "".join(f"  {line}\n" for line in dump([block(rule)]).splitlines())
    return text


def merged(own: dict, default: dict, path: str = "") -> dict:
    """The default values with a user's own, all of whose keys must exist."""
    for key, value in own.items():
        if path not in ("severity.", "for.", "alert_labels.") and key not in default:
            sys.exit(f"values: {path}{key} does not exist; use one of {', '.join(default)}")
        if isinstance(default.get(key), dict):
            merged(value, default[key], f"{path}{key}.")
        else:
            default[key] = value
    return default


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--values", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    values = yaml.safe_load((HERE / "values.yml").read_text())
    if arguments.values:
        values = merged(yaml.safe_load(arguments.values.read_text()) or {}, values)
    output = arguments.output or HERE
    fresh = {output / "alerts.yml": alerts_file(values), output / "rules.yml": rules_file(values)}
    if not arguments.output:
        routes = (HERE / "alertmanager.yml").read_text()
        fresh[COMPOSE] = COMPOSE_HEADER + routes
    old = [file for file, text in fresh.items() if not file.is_file() or file.read_text() != text]
    if arguments.check and old:
        sys.exit(f"{', '.join(file.name for file in old)}: out of date; run deploy/prometheus/build.py")
    for file in old:
        file.write_text(fresh[file])


if __name__ == "__main__":
    main()
