# SPDX-License-Identifier: Apache-2.0
"""Colours, and numbers with units, as Grafana shows them."""
import datetime
import math
import re

PAGE, PANEL, EDGE, TEXT, DIM, LINK, GRID = "#111217", "#181b1f", "#2a2d33", "#ccccdc", "#9a9ba6", "#6e9fff", "#25282d"
COLORS = {"green": "#73bf69", "red": "#f2495c", "yellow": "#fade2a", "orange": "#ff9830", "blue": "#5794f2", "purple": "#b877d9"}
SERIES = [
    "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#b877d9", "#5794f2", "#37872d", "#fade2a", "#447ebc",
    "#c15c17", "#890f02", "#0a437c", "#6d1f62", "#584477", "#b7dbab", "#f4d598", "#70dbed", "#f9ba8f", "#f29191",
]


def shade(name):
    return COLORS.get(name, name)


def ink(color):
    """Returns a readable text colour on a background."""
    red, green, blue = (int(color[place:place + 2], 16) for place in (1, 3, 5))
    return "#101216" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def threshold(config, value):
    color = COLORS["green"]
    for step in config.get("steps", []):
        if step["value"] is None or value >= step["value"]:
            color = shade(step["color"])
    return color


def mapped(mappings, value):
    """Returns the text and the colour of a mapped value, or None. `value` is None if there is no data."""
    for mapping in mappings:
        if mapping["type"] == "special":
            if value is None or (isinstance(value, float) and math.isnan(value)):
                result = mapping["options"]["result"]
                return result["text"], shade(result["color"])
        elif mapping["type"] == "regex":
            if isinstance(value, str) and re.search(mapping["options"]["pattern"], value):
                return value, shade(mapping["options"]["result"]["color"])
        elif value is not None and (found := mapping["options"].get(value if isinstance(value, str) else f"{value:g}")):
            return found["text"], shade(found["color"])
    return None


def plain(value, decimals=None):
    if decimals is not None:
        return f"{value:.{decimals}f}"
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return f"{float(text):.10g}" if "e" in text else text


def duration(value, decimals=None):
    for size, name in ((31557600, "years"), (604800, "weeks"), (86400, "days"), (3600, "hours"), (60, "mins")):
        if abs(value) >= size:
            return f"{plain(round(value / size, 1))} {name[:-1] if round(value / size, 1) == 1 else name}"
    if abs(value) >= 1 or value == 0:
        return f"{plain(value, decimals)} s"
    return f"{plain(value * 1000)} ms"


def number(value, unit="short", decimals=None, now=0):
    """Returns a number with its unit."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "s":
        return duration(value, decimals)
    if unit == "percentunit":
        return f"{plain(value * 100)}%"
    if unit == "dateTimeAsSystem":
        return datetime.datetime.fromtimestamp(value / 1000, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    if unit == "dateTimeFromNow":
        return ago(now - value / 1000)
    if unit == "bytes":
        for size, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
            if abs(value) >= size:
                return f"{plain(value / size)} {name}"
    if unit == "Bps":
        return number(value, "bytes") + "/s"
    if unit in ("bps", "pps") and abs(value) >= 1000:
        size, letter = next((size, letter) for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if abs(value) >= size)
        return f"{plain(value / size)} {letter if unit == 'bps' else letter.replace('k', 'K')}{'b/s' if unit == 'bps' else 'p/s'}"
    suffix = {"bps": " b/s", "pps": " p/s", "celsius": " °C", "reqps": " req/s", "cps": " c/s", "ops": " ops/s", "bytes": " B"}.get(unit, "")
    for size, letter in ((1e9, " Bil"), (1e6, " Mil"), (1e3, " K")):
        if abs(value) >= size and unit != "none":
            return plain(value / size) + letter + suffix
    return plain(value, decimals) + suffix


def ago(seconds):
    """Returns a time span as moment.js words it."""
    for limit, size, one, several in (
        (45, 1, "a few seconds", ""), (2700, 60, "a minute", "minutes"), (79200, 3600, "an hour", "hours"), (2.2e6, 86400, "a day", "days"), (1e18, 2629800, "a month", "months"),
    ):
        if seconds < limit:
            count = round(seconds / size)
            return (one if not several or count <= 1 else f"{count} {several}") + " ago"
    return "long ago"


def legend(target, labels):
    name = target.get("legendFormat") or "Value"
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), name).strip()


def ticks(begin, end, most):
    """Returns times at round distances, with one label each."""
    for step in (60, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400, 172800, 345600, 604800):
        if (end - begin) / step <= most:
            break
    at = math.ceil(begin / step) * step
    found = []
    while at <= end:
        moment = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
        found.append((at, moment.strftime("%m/%d" if step >= 86400 else "%H:%M")))
        at += step
    return found


def levels(low, high, most=5):
    """Returns round values of an axis that begins and ends with one of them."""
    if high <= low:
        high = low + 1
    raw = (high - low) / most
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, last + 1)]


def spans(low, high, most=5):
    """Returns round durations of an axis."""
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400):
        if (high - low) / step <= most and high > 2:
            return [place * step for place in range(math.floor(low / step), math.ceil(high / step - 1e-9) + 1)]
    return levels(low, high, most)
