#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates the dashboards with Grafana's Foundation SDK. The output is reproducible.

    build.py            writes fleet.json, connector.json, health.json and exporter.json
    build.py --check    exits 1 if one of them is out of date
"""
import json
import pathlib
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder

sys.dont_write_bytecode = True

from generator.connector import connector  # noqa: E402
from generator.exporter import exporter  # noqa: E402
from generator.fleet import fleet  # noqa: E402
from generator.health import health  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
BOARDS = {"fleet": fleet, "connector": connector, "health": health, "exporter": exporter}


def text(found):
    board = json.loads(JSONEncoder(sort_keys=True).encode(found.build()))
    for annotation in board.get("annotations", {}).get("list", []):
        # The SDK lacks these options. The value of an event is its time in milliseconds; an alert lasts as long as its series.
        is_alert = annotation["expr"].startswith("max by (alertname)")
        annotation.update({"useValueForTime": not is_alert, "titleFormat": "{{alertname}}" if is_alert else "{{kind}}", "step": "60s"})
    # A collapsed row contains its panels.
    for index, panel in enumerate([one for outer in board["panels"] for one in (outer, *outer.get("panels", []))], 1):
        panel["id"] = index
        if panel["type"] == "table":
            # The SDK lacks this option: columns have filters.
            panel["fieldConfig"]["defaults"].setdefault("custom", {})["filterable"] = True
    return json.dumps(board, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main():
    is_old = False
    for name, generate in BOARDS.items():
        file, fresh = HERE / f"{name}.json", text(generate())
        if "--check" in sys.argv:
            if not file.is_file() or file.read_text() != fresh:
                is_old = True
                print(f"dashboards: {file.name} is out of date; run make dashboards", file=sys.stderr)
        else:
            file.write_text(fresh)
    sys.exit(1 if is_old else 0)


main()
