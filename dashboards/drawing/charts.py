# SPDX-License-Identifier: Apache-2.0
"""Time series and state timelines."""
import collections
import math

from matplotlib.patches import Rectangle

from .format import DIM, EDGE, GRID, SERIES, TEXT, legend, levels, mapped, number, shade, spans, ticks

CALCS = {
    "sum": ("Total", lambda values: sum(values)), "max": ("Max", max), "min": ("Min", min), "lastNotNull": ("Last *", lambda values: values[-1]),
}
ROW = 19


def series(picture, panel):
    """Returns (name, points) of each series, and the step."""
    found, step = [], 60
    for target in panel["targets"]:
        lines, step = picture.source.range(panel, target)
        for labels, points in lines:
            if any(math.isfinite(value) for _, value in points):
                found.append((legend(target, labels), points))
    return sorted(found), step


def timeseries(picture, panel, x, y, width, height):
    from .picture import measure
    custom, defaults = panel["fieldConfig"]["defaults"].get("custom", {}), panel["fieldConfig"]["defaults"]
    lines, step = series(picture, panel)
    if not lines:
        picture.no_data(x, y, width, height, defaults["noValue"])
        return
    calcs = panel["options"]["legend"]["calcs"]
    stats = [
        (name, [CALCS[calc][1]([value for _, value in points if math.isfinite(value)]) for calc in calcs], points) for name, points in lines
    ]
    fixed = {item["matcher"]["options"]: shade(entry["value"]["fixedColor"]) for item in panel["fieldConfig"]["overrides"] for entry in item["properties"] if entry["id"] == "color"}
    colors = {id(points): fixed.get(name, SERIES[index % len(SERIES)]) for index, (name, points) in enumerate(lines)}
    stats.sort(key=lambda entry: entry[1][-1], reverse=calcs[-1] != "min")
    right = panel["options"]["legend"]["placement"] == "right"
    rows = min(len(stats), int((height - 64) / ROW) if right else min(4, int(height * 0.3 / ROW)))
    below = 0 if right else (rows + 1) * ROW + 6
    beside = min(330, width * 0.36) if right else 0
    stacked, bars = custom.get("stacking", {}).get("mode") == "normal", custom.get("drawStyle") == "bars"
    axes = picture.axes(x + 64, y + 40, width - 80 - beside, height - 66 - below)
    plot(picture, panel, axes, lines, colors, step, stacked, bars, width - 64 - beside)
    left = max(measure(label.get_text(), 8) for label in axes.get_yticklabels()) + 22
    axes.set_position(picture.place(x + left, y + 40, width - left - 16 - beside, height - 66 - below))
    if right:
        table(picture, stats[:rows], calcs, colors, defaults, x + width - beside, y + 40, beside - 12, len(stats))
    else:
        table(picture, stats[:rows], calcs, colors, defaults, x + 12, y + height - below, width - 24, len(stats))


def plot(picture, panel, axes, lines, colors, step, stacked, bars, pixels):
    defaults, end = panel["fieldConfig"]["defaults"], picture.source.end
    custom, begin, unit = defaults.get("custom", {}), end - picture.source.width(panel), defaults.get("unit")
    log = custom.get("scaleDistribution", {}).get("type") == "log"
    base, values = collections.defaultdict(float), []
    for _, points in lines:
        color = colors[id(points)]
        points = fill(points, step)
        low = [base[at] if stacked else 0 for at, _ in points]
        high = [bottom + value for bottom, (_, value) in zip(low, points)]
        values += [value for value in high if math.isfinite(value)]
        if stacked:
            for at, value in points:
                base[at] += value if math.isfinite(value) else 0
        times = [at for at, _ in points]
        if bars:
            offset = 0 if "offset -" in panel["targets"][0]["expr"] else -step
            axes.bar([at + offset + step / 2 for at in times], [top - bottom for top, bottom in zip(high, low)], step * 0.86, low, color=color, alpha=0.9, linewidth=0)
        else:
            if not log:
                axes.fill_between(times, low, high, color=color, alpha=0.3 if stacked else 0.08, linewidth=0)
            axes.plot(times, high, color=color, linewidth=1.1, solid_joinstyle="round")
    axes.set_xlim(begin, end)
    top, bottom = max(values), min(0, *values) if not log else min(value for value in values if value > 0)
    if log:
        axes.set_yscale("log")
        powers = [10.0 ** power for power in range(math.floor(math.log10(bottom)), math.ceil(math.log10(top)) + 1)]
        marks = powers if len(powers) <= 6 else powers[::2]
        axes.minorticks_off()
    else:
        scale = 1024 ** max(0, int(math.log(max(top, 1), 1024))) if unit in ("bytes", "Bps") else 1
        marks = spans(bottom, top) if unit == "s" else [mark * scale for mark in levels(bottom / scale, top / scale)]
        if bars:
            marks = [mark for mark in marks if mark == int(mark)]
    axes.set_ylim(marks[0], max(marks[-1], top))
    axes.set_yticks(marks, [number(mark, unit) for mark in marks])
    moments = ticks(begin, end, max(2, pixels / 90))
    axes.set_xticks([at for at, _ in moments], [name for _, name in moments])
    axes.tick_params(colors=DIM, labelsize=8, length=0, pad=5)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    if "Dashed" in str(custom.get("thresholdsStyle", {}).get("mode", "")).title():
        for mark in defaults["thresholds"]["steps"]:
            if mark["value"] is not None and mark["value"] <= axes.get_ylim()[1]:
                axes.axhline(mark["value"], color=shade(mark["color"]), linewidth=0.9, linestyle=(0, (5, 4)))
    if panel["title"] == "Events":
        annotations(picture, axes, begin, end)


def fill(points, step):
    """Returns the points with NaN in their gaps."""
    found = []
    for at, value in points:
        if found and at - found[-1][0] > step * 1.5:
            found.append((found[-1][0] + step, math.nan))
        found.append((at, value))
    return found


def annotations(picture, axes, begin, end):
    for annotation in picture.board.get("annotations", {}).get("list", []):
        if not annotation["useValueForTime"]:
            continue
        color = shade(annotation["iconColor"])
        lines, _ = picture.source.range({}, {"expr": annotation["expr"], "interval": "5m"})
        for at in {value / 1000 for _, points in lines for _, value in points}:
            if begin < at < end:
                axes.axvline(at, color=color, linewidth=0.9, linestyle=(0, (3, 3)))
                axes.plot([at], [0], marker="^", color=color, markersize=6, clip_on=False, zorder=6)


def table(picture, stats, calcs, colors, defaults, x, y, width, total):
    """Draws the legend as a table with a column for each calculation."""
    column = 78
    for place, calc in enumerate(calcs):
        picture.text(x + width - column * (len(calcs) - 1 - place), y + 9, CALCS[calc][0], 8, "#6e9fff", ha="right")
    picture.text(x + 18, y + 9, "Name" + (f"  ({len(stats)} of {total})" if total > len(stats) else ""), 8, "#6e9fff")
    for row, (name, numbers, points) in enumerate(stats):
        middle = y + 9 + (row + 1) * ROW
        picture.canvas.plot([x, x + width], [middle - ROW / 2] * 2, color=EDGE, linewidth=0.6)
        picture.box(x + 2, middle - 2, 11, 3.5, colors[id(points)], radius=1)
        picture.text(x + 18, middle, name, 8, TEXT, pixels=width - column * len(calcs) - 10)
        for place, value in enumerate(numbers):
            text = number(value, defaults.get("unit"), defaults.get("decimals"))
            picture.text(x + width - column * (len(calcs) - 1 - place), middle, text, 8, TEXT, ha="right")


def lanes(picture, panel, x, y, width, height):
    defaults, end = panel["fieldConfig"]["defaults"], picture.source.end
    begin = end - picture.source.width(panel)
    found, step = series(picture, panel)
    if not found:
        picture.no_data(x, y, width, height, defaults["noValue"])
        return
    fits = max(1, int((height - 96) / 13))
    found = found[:fits]
    from .picture import fit, measure
    left = min(300, max(measure(name, 8) for name, _ in found) + 24)
    axes = picture.axes(x + left, y + 40, width - left - 16, height - 40 - 50)
    shown = {}
    for row, (name, points) in enumerate(reversed(found)):
        run = None
        for at, value in [*points, (None, None)]:
            if run and (at is None or value != run[2] or at - run[1] > step * 1.5):
                text, color = mapped(defaults["mappings"], run[2]) or (f"{run[2]:g}", DIM)
                shown[text] = color
                axes.add_patch(Rectangle((max(begin, run[0] - step), row - 0.38), min(end, run[1]) - max(begin, run[0] - step), 0.76, color=color, alpha=0.85, linewidth=0))
                run = None
            if at is not None:
                run = (run[0], at, value) if run else (at, at, value)
    axes.set_xlim(begin, end)
    axes.set_ylim(-0.6, len(found) - 0.4)
    names = [fit(name, left - 18, 8) for name, _ in reversed(found)]
    axes.set_yticks(range(len(found)), names)
    moments = ticks(begin, end, max(2, (width - left) / 90))
    axes.set_xticks([at for at, _ in moments], [name for _, name in moments])
    axes.tick_params(colors=DIM, labelsize=8, length=0, pad=5)
    at = x + 14
    order = {result["text"]: result["index"] for mapping in defaults["mappings"] for result in mapping["options"].values()}
    for text, color in sorted(shown.items(), key=lambda item: order.get(item[0], 99)):
        picture.box(at, y + height - 17, 11, 3.5, color, radius=1)
        picture.text(at + 17, y + height - 15, text, 8)
        at += 40 + measure(text, 8)
