# SPDX-License-Identifier: Apache-2.0
"""One dashboard as an image: the frame of the page and of each panel, and tiles."""
import functools
import logging

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.font_manager import FontProperties  # noqa: E402
from matplotlib.patches import FancyBboxPatch  # noqa: E402
from matplotlib.textpath import TextPath  # noqa: E402

from . import charts, grids  # noqa: E402
from .format import COLORS, DIM, EDGE, PAGE, PANEL, TEXT, ink, mapped, number, threshold  # noqa: E402

plt.rcParams["font.family"] = ["Inter", "Liberation Sans", "DejaVu Sans"]
plt.rcParams["axes.unicode_minus"] = False
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
WIDTH, CELL, GAP, HEAD = 1680, 38, 8, 104


@functools.lru_cache(maxsize=100_000)
def measure(text, size, weight="normal"):
    """Returns the width of a text in pixels."""
    if not text.strip():
        return 0
    return TextPath((0, 0), text, size=size * 100 / 72, prop=FontProperties(family=plt.rcParams["font.family"], weight=weight)).get_extents().width


def fit(text, pixels, size, weight="normal"):
    """Returns the text, shortened with an ellipsis if it is too wide."""
    if measure(text, size, weight) <= pixels:
        return text
    while text and measure(text + "…", size, weight) > pixels:
        text = text[:-1]
    return text.rstrip() + "…"


class Picture:
    """A canvas in pixels, from the top left."""

    def __init__(self, board, source, subtitle, notice):
        self.board, self.source = board, source
        cells = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
        self.height = HEAD + cells * CELL + 12
        self.figure = plt.figure(figsize=(WIDTH / 100, self.height / 100), facecolor=PAGE, dpi=100)
        self.canvas = self.figure.add_axes([0, 0, 1, 1])
        self.canvas.set_xlim(0, WIDTH)
        self.canvas.set_ylim(self.height, 0)
        self.canvas.axis("off")
        self.header(subtitle, notice)

    def text(self, x, y, text, size=9, color=TEXT, weight="normal", ha="left", pixels=None):
        if pixels:
            text = fit(text, pixels, size, weight)
        self.canvas.text(x, y, text.replace("$", r"\$"), color=color, fontsize=size, weight=weight, ha=ha, va="center_baseline", zorder=5)

    def box(self, x, y, width, height, face, edge=None, radius=3):
        patch = FancyBboxPatch((x, y), width, height, boxstyle=f"round,pad=0,rounding_size={radius}", facecolor=face, edgecolor=edge or face, linewidth=0.7)
        self.canvas.add_patch(patch)

    def place(self, x, y, width, height):
        return [x / WIDTH, 1 - (y + height) / self.height, width / WIDTH, height / self.height]

    def axes(self, x, y, width, height):
        found = self.figure.add_axes(self.place(x, y, width, height))
        found.set_facecolor("none")
        for side in found.spines.values():
            side.set_visible(False)
        return found

    def header(self, subtitle, notice):
        self.text(18, 26, self.board["title"], 13, weight="semibold")
        right = subtitle
        self.box(WIDTH - 34 - measure(right, 9) - 12, 12, measure(right, 9) + 24, 28, PANEL, EDGE)
        self.text(WIDTH - 34, 26, right, 9, ha="right")
        self.text(WIDTH - 60 - measure(right, 9) - 12, 26, notice, 8.5, COLORS["orange"], ha="right")
        x = 18
        for variable in self.board["templating"]["list"]:
            value = variable["query"].title() if variable["type"] == "datasource" else self.source.chosen.get("text:" + variable["name"], "All")
            value = self.source.chosen[variable["name"]] if variable["type"] == "interval" else value
            label = variable["label"]
            self.box(x, 56, measure(label, 8.5) + 20, 28, "#22252b", EDGE)
            self.text(x + 10, 70, label, 8.5, weight="semibold")
            x += measure(label, 8.5) + 20
            self.box(x, 56, measure(value, 8.5) + 34, 28, PAGE, EDGE)
            self.text(x + 10, 70, value, 8.5)
            x += measure(value, 8.5) + 20
            self.text(x + 2, 70, "⌄", 8.5, DIM)
            x += 24

    def draw(self, file):
        for panel in self.board["panels"]:
            spot = panel["gridPos"]
            x, y = 14 + spot["x"] * (WIDTH - 28) / 24, HEAD + spot["y"] * CELL
            width, height = spot["w"] * (WIDTH - 28) / 24, spot["h"] * CELL
            if panel["type"] == "row":
                # The panels of a collapsed row are not drawn.
                self.text(x + 4, y + 19, "›" if panel.get("collapsed") else "⌄", 11, DIM, weight="bold")
                self.text(x + 22, y + 19, panel["title"], 11.5, weight="semibold")
            else:
                self.panel(panel, x + GAP / 2, y + GAP / 2, width - GAP, height - GAP)
        self.figure.savefig(file, dpi=100, facecolor=PAGE)
        plt.close(self.figure)

    def panel(self, panel, x, y, width, height):
        if panel["type"] == "stat":
            self.stat(panel, x, y, width, height)
            return
        self.box(x, y, width, height, PANEL, EDGE)
        title = panel["title"] + (f"   Last {panel['timeFrom'].replace('d', ' days')}" if panel.get("timeFrom") else "")
        self.text(x + 10, y + 18, title, 9.5, weight="medium", pixels=width - 20)
        kinds = {"timeseries": charts.timeseries, "state-timeline": charts.lanes, "table": grids.table, "geomap": grids.places}
        kinds[panel["type"]](self, panel, x, y, width, height)

    def stat(self, panel, x, y, width, height):
        found = self.source.instant(panel, panel["targets"][0])
        defaults = panel["fieldConfig"]["defaults"]
        value = float(found[0]["value"][1]) if found else None
        if hit := mapped(defaults.get("mappings", []), value):
            text, color = hit
        else:
            text, color = number(value, defaults.get("unit"), defaults.get("decimals")), threshold(defaults["thresholds"], value)
        self.box(x, y, width, height, color)
        self.text(x + 10, y + 18, panel["title"], 9.5, ink(color), weight="medium", pixels=width - 20)
        size = 24
        while measure(text, size, "semibold") > width - 24:
            size -= 1
        self.text(x + width / 2, y + height * 0.62, text, size, ink(color), "semibold", ha="center")

    def no_data(self, x, y, width, height, text="no data"):
        self.text(x + width / 2, y + height / 2, text, 10, DIM, ha="center")
