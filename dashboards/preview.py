#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a preview of each dashboard from the query results of a real Prometheus, for readers without Grafana.

    preview.py                    a day of a synthetic fleet of 300 connectors, always the same
    preview.py URL [HOURS]        the data of another Prometheus

Writes fleet.png, connector.png, health.png and exporter.png. Each image is marked as a preview, because Grafana draws the same data
differently. Requires prometheus, promtool and matplotlib, and uses the font Inter if it is installed.
"""
import datetime
import json
import pathlib
import sys
import time

sys.dont_write_bytecode = True

from drawing.picture import Picture  # noqa: E402
from drawing.source import Source, choices  # noqa: E402
from sample import database  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
END = int(datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.timezone.utc).timestamp())
NOTICE = "PREVIEW drawn by matplotlib from query results of a synthetic fleet; Grafana looks different"
# The connectors with the most varied problems.
ANY = "topk(1, count by (connector_id) (cloudflare_magic_connector_info))"
CHOICES = {
    "connector": f"topk(1, sum by (connector_id) (cloudflare_magic_connector_rekey_stuck)) > 0 or {ANY}",
    "health": f'topk(1, count by (connector_id) (ALERTS{{alertname=~"MagicConnectorTunnel.+|MagicConnectorFilesystemFull"}})) or {ANY}',
}


def draw(prometheus, end, hours, scrape):
    for name in ("fleet", "connector", "health", "exporter"):
        board = json.loads((HERE / f"{name}.json").read_text())
        source = Source(prometheus, end, hours, scrape, choices(board))
        if name in CHOICES:
            chosen = prometheus.instant(CHOICES[name], end)[0]["metric"]["connector_id"]
            variable = next(one for one in board["templating"]["list"] if one["name"] == "connector_id")
            source.chosen |= {"text:connector_id": source.variable(variable)[chosen], "connector_id": chosen}
        Picture(board, source, f"Last {hours:g} hours", NOTICE).draw(HERE / f"{name}.png")
        print(f"{name}.png")


def main():
    if len(sys.argv) > 1:
        draw(database.Prometheus(sys.argv[1]), int(time.time()), float(sys.argv[2]) if len(sys.argv) > 2 else 6, 30)
        return
    with database.temporary_directory() as directory:
        database.day(directory, END)
        with database.served(directory, lookback="10m") as prometheus:
            draw(prometheus, END, 24, 300)


if __name__ == "__main__":
    main()
