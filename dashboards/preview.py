#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a preview of each dashboard from the query results of a real Prometheus, for readers without Grafana.

    preview.py http://127.0.0.1:9090 [MINUTES]     writes fleet.png, connector.png and exporter.png

Each image is marked as a preview, because Grafana draws the same data differently. Requires matplotlib.
"""
import collections
import datetime
import json
import math
import pathlib
import re
import sys
import time
import urllib.parse
import urllib.request

import matplotlib

matplotlib.use("Agg")
import matplotlib.dates as dates  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.patches import FancyBboxPatch, Rectangle  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PAGE, PANEL, EDGE, TEXT, DIM = "#111217", "#181b1f", "#2c3235", "#ccccdc", "#8e9099"
COLORS = {"green": "#73bf69", "red": "#f2495c", "yellow": "#fade2a", "orange": "#ff9830", "blue": "#5794f2", "purple": "#b877d9"}
SERIES = ["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#b877d9", "#37872d", "#fa6400", "#5794f2", "#e02f44", "#8f3bb8", "#96d98d"]
UNIT = 0.36  # inches of one grid row
WIDE = 18.0


class Prometheus:
    def __init__(self, address, minutes):
        self.address, self.minutes = address.rstrip("/"), minutes
        self.end = time.time()
        self.step = max(5, minutes * 60 // 240)
        self.chosen = {}

    def request(self, path, **parameters):
        with urllib.request.urlopen(f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}") as response:
            return json.load(response)["data"]

    def text(self, expression):
        expression = expression.replace("$__rate_interval", f"{max(60, 4 * self.step)}s")
        return re.sub(r'=~"\$([a-z_]+)"', lambda match: f'=~"{self.chosen.get(match[1], ".+")}"', expression)

    def now(self, expression):
        return self.request("query", query=self.text(expression), time=self.end)["result"]

    def range(self, expression):
        begin = self.end - self.minutes * 60
        return self.request("query_range", query=self.text(expression), start=begin, end=self.end, step=self.step)["result"]


def shade(name):
    return COLORS.get(name, name)


def by_threshold(panel, value):
    color = COLORS["green"]
    for step in panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", []):
        if step["value"] is None or value >= step["value"]:
            color = shade(step["color"])
    return color


def mapped(defaults, value):
    for mapping in defaults.get("mappings", []):
        found = mapping["options"].get(f"{value:g}")
        if found:
            return found["text"], shade(found["color"])
    return None


def number(value, unit):
    if not math.isfinite(value):
        return "–"
    if unit == "s":
        for size, letter in ((86400, "d"), (3600, "h"), (60, "min")):
            if value >= size:
                return f"{value / size:.3g} {letter}"
        return f"{value:.3g} s" if value >= 1 or value == 0 else f"{value * 1000:.3g} ms"
    if unit == "percentunit":
        return f"{value * 100:.3g}%"
    if unit == "bytes":
        return f"{value / 2**20:.3g} MiB"
    suffix = {"reqps": " req/s", "eps": " ev/s", "ops": " /s"}.get(unit, "")
    return (f"{value / 1000:.4g}k" if value >= 10000 else f"{value:.3g}") + suffix


def legend(target, labels, most=34):
    name = re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), target.get("legendFormat") or "value").strip()
    return name if len(name) <= most else name[:8] + "…" + name[-6:]


class Picture:
    def __init__(self, board, prometheus):
        self.board, self.prometheus = board, prometheus
        self.rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
        self.height = (self.rows + 2.6) * UNIT
        self.figure = plt.figure(figsize=(WIDE, self.height), facecolor=PAGE)
        self.canvas = self.figure.add_axes([0, 0, 1, 1])
        self.canvas.set_xlim(0, WIDE)
        self.canvas.set_ylim(self.height, 0)
        self.canvas.axis("off")

    def draw(self, file):
        chosen = "   ".join(f"{name}: {value}" for name, value in self.prometheus.chosen.items()) or "all accounts and connectors"
        self.canvas.text(0.25, 0.38, self.board["title"], color=TEXT, fontsize=17, weight="bold", va="center")
        self.canvas.text(0.25, 0.74, f"{chosen}   last {self.prometheus.minutes} minutes", color=DIM, fontsize=9, va="center")
        notice = "PREVIEW: drawn from real query results of a simulated fleet; Grafana looks different"
        self.canvas.text(
            WIDE - 0.3, 0.45, notice, color="#ffb357", fontsize=9, ha="right", va="center",
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "#2b2116", "edgecolor": "#ffb357", "linewidth": 0.8},
        )
        for panel in self.board["panels"]:
            self.panel(panel)
        self.figure.savefig(file, dpi=80, facecolor=PAGE)
        plt.close(self.figure)

    def panel(self, panel):
        spot, gap = panel["gridPos"], 0.06
        x, y = 0.2 + spot["x"] * (WIDE - 0.4) / 24, 1.0 + spot["y"] * UNIT
        width, height = spot["w"] * (WIDE - 0.4) / 24, spot["h"] * UNIT
        if panel["type"] == "row":
            self.canvas.text(x + 0.05, y + height / 2, "▾  " + panel["title"], color=TEXT, fontsize=12, weight="bold", va="center")
            return
        box = FancyBboxPatch(
            (x + gap, y + gap), width - 2 * gap, height - 2 * gap, boxstyle="round,pad=0,rounding_size=0.05", facecolor=PANEL, edgecolor=EDGE, linewidth=0.8
        )
        self.canvas.add_patch(box)
        if panel["type"] == "stat":
            self.stat(panel, box, x, y, width, height)
            return
        self.canvas.text(x + 0.18, y + 0.28, panel["title"], color=TEXT, fontsize=10.5, va="center")
        if panel["type"] == "table":
            self.table(panel, x, y, width, height)
            return
        left, right, top, bottom = (0.82, 0.2, 0.48, 0.75) if panel["type"] == "timeseries" else (2.0, 0.2, 0.5, 0.72)
        axes = self.figure.add_axes([
            (x + left) / WIDE, 1 - (y + height - bottom) / self.height, (width - left - right) / WIDE, (height - top - bottom) / self.height
        ])
        axes.set_facecolor(PANEL)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(colors=DIM, labelsize=8, length=0)
        moment = lambda seconds: datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)  # noqa: E731
        axes.set_xlim(moment(self.prometheus.end - self.prometheus.minutes * 60), moment(self.prometheus.end))
        axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=7))
        axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
        if panel["type"] == "timeseries":
            self.timeseries(panel, axes, moment)
        else:
            self.lanes(panel, axes, moment)

    def stat(self, panel, box, x, y, width, height):
        found = self.prometheus.now(panel["targets"][0]["expr"])
        defaults = panel["fieldConfig"]["defaults"]
        value = float(found[0]["value"][1]) if found else math.nan
        text, color = number(value, defaults.get("unit")), by_threshold(panel, value)
        if hit := mapped(defaults, value):
            text, color = hit
        box.set_facecolor(color)
        ink = "#101216" if color in (COLORS["yellow"], COLORS["green"], COLORS["orange"]) else "#ffffff"
        self.canvas.text(x + 0.2, y + 0.3, panel["title"], color=ink, fontsize=10.5, va="center")
        self.canvas.text(x + width / 2, y + height * 0.62, text, color=ink, fontsize=27, weight="bold", ha="center", va="center")

    def timeseries(self, panel, axes, moment):
        defaults = panel["fieldConfig"]["defaults"]
        custom = defaults.get("custom", {})
        lines = []
        for target in panel["targets"]:
            for series in self.prometheus.range(target["expr"]):
                points = [(float(at), float(value)) for at, value in series["values"]]
                lines.append((legend(target, series["metric"]), points))
        lines = [line for line in lines if any(math.isfinite(value) for _, value in line[1])]
        lines.sort(key=lambda line: -max(value for _, value in line[1] if math.isfinite(value)))
        stacked, bars = custom.get("stacking", {}).get("mode") == "normal", custom.get("drawStyle") == "bars"
        base = collections.defaultdict(float)
        for index, (name, points) in enumerate(lines):
            color = SERIES[index % len(SERIES)]
            times = [moment(at) for at, _ in points]
            low = [base[at] if stacked else 0.0 for at, _ in points]
            high = [bottom + (value if math.isfinite(value) else math.nan) for bottom, (_, value) in zip(low, points)]
            if stacked:
                for (at, value) in points:
                    base[at] += value if math.isfinite(value) else 0
            label = name if index < 7 else None
            if bars:
                wide = datetime.timedelta(seconds=self.prometheus.step * 0.8)
                axes.bar(times, [top - bottom for top, bottom in zip(high, low)], wide, low, color=color, label=label)
            else:
                axes.fill_between(times, low, high, color=color, alpha=0.55 if stacked else 0.1, linewidth=0)
                axes.plot(times, high, color=color, linewidth=1.3, label=label)
        axes.grid(axis="y", color=EDGE, linewidth=0.7)
        top = max([value for _, points in lines for _, value in points if math.isfinite(value)] + list(base.values()) + [0])
        axes.set_ylim(0, top * 1.1 or 1)
        axes.yaxis.set_major_locator(plt.MaxNLocator(5))
        axes.yaxis.set_major_formatter(lambda value, _: number(value, defaults.get("unit")))
        if panel["title"] == "Events":
            self.annotations(axes, moment)
        if lines:
            handles, names = axes.get_legend_handles_labels()
            columns = min(len(names), max(1, int(axes.get_position().width * WIDE / 1.75)))
            axes.legend(
                handles[:columns], names[:columns], loc="upper left", bbox_to_anchor=(-0.04, -0.12), ncol=columns, frameon=False,
                fontsize=7.5, labelcolor=DIM, handlelength=1.1, columnspacing=1.0, borderaxespad=0.2,
            )

    def annotations(self, axes, moment):
        for annotation in self.board.get("annotations", {}).get("list", []):
            begin = self.prometheus.end - self.prometheus.minutes * 60
            for series in self.prometheus.range(annotation["expr"]):
                for at in {float(value) / 1000 for _, value in series["values"]}:
                    if at > begin:
                        axes.axvline(moment(at), color=shade(annotation["iconColor"]), linewidth=0.9, linestyle=(0, (4, 3)))
                        axes.plot([moment(at)], [0], marker="^", color=shade(annotation["iconColor"]), markersize=6, clip_on=False)

    def lanes(self, panel, axes, moment):
        defaults = panel["fieldConfig"]["defaults"]
        target = panel["targets"][0]
        found = self.prometheus.range(target["expr"])
        found.sort(key=lambda series: legend(target, series["metric"]), reverse=True)
        found = found[-18:]
        shown = {}
        for row, series in enumerate(found):
            for at, value in series["values"]:
                text, color = mapped(defaults, float(value)) or (value, DIM)
                shown[text] = color
                begin = dates.date2num(moment(float(at) - self.prometheus.step))
                axes.add_patch(Rectangle((begin, row - 0.38), self.prometheus.step / 86400 * 1.02, 0.76, color=color, alpha=0.85, linewidth=0))
        axes.set_ylim(-0.6, max(len(found), 1) - 0.4)
        axes.set_yticks(range(len(found)), [legend(target, series["metric"], 24) for series in found])
        for place, (text, color) in enumerate(shown.items()):
            axes.text(0.02 + place * 0.16, -0.2, "■ " + text, color=color, fontsize=8, transform=axes.transAxes, va="top")

    def table(self, panel, x, y, width, height):
        organize = next(step["options"] for step in panel["transformations"] if step["id"] == "organize")
        merged = collections.OrderedDict()
        several = len(panel["targets"]) > 1
        for target in panel["targets"]:
            for sample in self.prometheus.now(target["expr"]):
                labels = {key: value for key, value in sample["metric"].items() if key != "__name__"}
                key = labels.get("connector_id", labels.get("kind")) if several else json.dumps(labels, sort_keys=True)
                line = merged.setdefault(key, {})
                line.update(labels)
                line[f"Value #{target['refId']}" if several else "Value"] = float(sample["value"][1])
        names = sorted(organize["renameByName"].items(), key=lambda item: organize["indexByName"][item[0]])
        names = {key: text for key, text in names if key not in organize["excludeByName"]}
        overrides = {item["matcher"]["options"]: {entry["id"]: entry["value"] for entry in item["properties"]} for item in panel["fieldConfig"]["overrides"]}
        lines = list(merged.values())
        for order in panel["options"].get("sortBy", []):
            key = next(key for key, text in names.items() if text == order["displayName"])
            lines.sort(key=lambda line: -line.get(key, 0))
        step, fits = 0.29, int((height - 0.95) / 0.29)
        weights = {key: 2.1 if text in ("Connector", "Account", "Site", "Tunnel", "Device id") else 1.4 if text in ("Trouble", "Kind", "Serial number") else 1 for key, text in names.items()}
        total, at = sum(weights.values()), x + 0.2
        for key, text in names.items():
            self.canvas.text(at, y + 0.62, text, color="#6e9fff", fontsize=9, va="center")
            for index, line in enumerate(lines[:fits]):
                value, extra = line.get(key, ""), overrides.get(text, {})
                color = TEXT
                if isinstance(value, float):
                    for entry in extra.get("thresholds", {}).get("steps", []):
                        if entry["value"] is None or value >= entry["value"]:
                            color = shade(entry["color"])
                    hit = mapped({"mappings": extra.get("mappings", [])}, value)
                    value, color = hit or (number(value, extra.get("unit", "short")), color)
                elif "thresholds" in extra:
                    color = shade(extra["thresholds"]["steps"][0]["color"])
                if "links" in extra:
                    color = "#6e9fff"
                most = int(weights[key] * (width - 0.4) / total / 0.078)
                if len(value) > most:
                    value = value[: most - 5] + "…" + value[-4:]
                self.canvas.text(at, y + 0.92 + index * step, value, color=color, fontsize=9, va="center")
            at += weights[key] * (width - 0.4) / total
        for index in range(min(len(lines), fits)):
            self.canvas.plot([x + 0.15, x + width - 0.15], [y + 0.78 + index * step] * 2, color=EDGE, linewidth=0.6)
        if len(lines) > fits:
            self.canvas.text(x + width - 0.2, y + 0.28, f"{len(lines)} rows, {fits} shown", color=DIM, fontsize=8, ha="right", va="center")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    minutes = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    for name in ("fleet", "connector", "exporter"):
        prometheus = Prometheus(sys.argv[1], minutes)
        if name == "connector":
            # The connector with the most failures and rekeys.
            most = prometheus.now('topk(1, sum by (connector_id) (increase(cloudflare_magic_connector_events_total{kind=~".*Failure|Rekey.*"}[15m])))')
            prometheus.chosen["connector_id"] = most[0]["metric"]["connector_id"]
        Picture(json.loads((HERE / f"{name}.json").read_text()), prometheus).draw(HERE / f"{name}.png")


main()
