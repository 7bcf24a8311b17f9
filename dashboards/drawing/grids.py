# SPDX-License-Identifier: Apache-2.0
"""Tables and maps."""
from .format import DIM, EDGE, LINK, TEXT, mapped, number, shade, threshold

# Grafana's small rows.
ROW = 36


def merge(picture, panel):
    """Returns the rows of a table after the transformations: rows of several queries with equal labels become one."""
    targets = panel["targets"]
    frames = [picture.source.instant(panel, target) for target in targets]
    found = []
    for target, frame in zip(targets, frames):
        column = f"Value #{target['refId']}" if len(targets) > 1 else "Value"
        for sample in frame:
            row = {name: value for name, value in sample["metric"].items() if name != "__name__"}
            twin = next((other for other in found if column not in other and agrees(other, row)), None) if len(targets) > 1 else None
            row[column] = float(sample["value"][1])
            if twin is None:
                found.append(row)
            else:
                twin.update(row)
    return found


def agrees(one, other):
    shared = [name for name in other if name in one]
    return bool(shared) and all(one[name] == other[name] for name in shared) and not (set(other) & {"problem", "tunnel_id"}) - set(one)


def table(picture, panel, x, y, width, height):
    from .picture import measure
    organize = next(step["options"] for step in panel["transformations"] if step["id"] == "organize")
    rows = merge(picture, panel)
    if not rows:
        picture.no_data(x, y, width, height, panel["fieldConfig"]["defaults"]["noValue"])
        return
    names = sorted(organize["renameByName"].items(), key=lambda item: organize["indexByName"][item[0]])
    overrides = {item["matcher"]["options"]: {entry["id"]: entry["value"] for entry in item["properties"]} for item in panel["fieldConfig"]["overrides"]}
    hidden = {text for text, override in overrides.items() if override.get("custom.hidden")}
    names = {key: text for key, text in names if key not in organize["excludeByName"] and text not in hidden and any(key in row for row in rows)}
    for order in panel["options"].get("sortBy", []):
        key = next(key for key, text in names.items() if text == order["displayName"])
        rows.sort(key=lambda row: (row.get(key, 0), str(row)), reverse=order["desc"])
    fits = int((height - 68) / ROW)
    cells = [[cell(picture, row.get(key, ""), overrides.get(names[key], {})) for key in names] for row in rows[:max(fits, 1)]]
    needed = [max([measure(text, 9, "semibold") for text in [names[key]]] + [min(measure(line[place][0], 9), 290) for line in cells]) + 24 for place, key in enumerate(names)]
    space = width - 16
    fixed = [overrides.get(text, {}).get("custom.width") for text in names.values()]
    free = sum(need for need, pixels in zip(needed, fixed) if not pixels) or 1
    widths = [pixels or need * (space - sum(filter(None, fixed))) / free for need, pixels in zip(needed, fixed)]
    at = x + 8
    picture.canvas.plot([x + 8, x + width - 8], [y + 68] * 2, color=EDGE, linewidth=0.9)
    for place, key in enumerate(names):
        picture.text(at + 6, y + 53, names[key], 9, LINK, "medium", pixels=widths[place] - 8)
        for index, line in enumerate(cells):
            text, color = line[place]
            picture.text(at + 6, y + 87 + index * ROW, text, 9, color, pixels=widths[place] - 10)
        at += widths[place]
    for index in range(len(cells) - 1):
        picture.canvas.plot([x + 8, x + width - 8], [y + 68 + (index + 1) * ROW] * 2, color=EDGE, linewidth=0.5)
    if len(rows) > fits:
        picture.text(x + width - 12, y + 18, f"{fits} of {len(rows)} rows", 8, DIM, ha="right")


def cell(picture, value, override):
    """Returns the text of a cell and its colour."""
    color = LINK if "links" in override else TEXT
    if isinstance(value, float):
        if "thresholds" in override:
            color = threshold(override["thresholds"], value)
        hit = mapped(override.get("mappings", []), value)
        text, color = hit or (number(value, override.get("unit", "short"), now=picture.source.end), color)
    else:
        text = str(value)
        hit = mapped(override.get("mappings", []), text)
        if hit:
            text, color = hit
        elif "thresholds" in override and text and "links" not in override:
            color = shade(override["thresholds"]["steps"][0]["color"])
    return text, color


def places(picture, panel, x, y, width, height):
    """Draws the markers of a map, without the tiles of the map."""
    samples = picture.source.instant(panel, panel["targets"][0])
    defaults = panel["fieldConfig"]["defaults"]
    if not samples:
        picture.no_data(x, y, width, height, defaults["noValue"])
        return
    axes = picture.axes(x + 9, y + 36, width - 18, height - 46)
    axes.set_facecolor("#1d2127")
    spots = sorted((float(s["value"][1]), float(s["metric"]["longitude"]), float(s["metric"]["latitude"]), s["metric"].get("site_name", "")) for s in samples)
    west, east = min(spot[1] for spot in spots) - 2, max(spot[1] for spot in spots) + 2
    south, north = min(spot[2] for spot in spots) - 1.5, max(spot[2] for spot in spots) + 1.5
    # One degree of latitude is as long as 1.6 degrees of longitude in the middle of Europe.
    spare = (width - 18) / (height - 46) * (north - south) * 1.6 - (east - west)
    west, east = west - max(0, spare / 2), east + max(0, spare / 2)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_xticks(range(int(west // 10) * 10, int(east) + 10, 10))
    axes.set_yticks(range(int(south // 10) * 10, int(north) + 10, 10))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.tick_params(length=0, labelbottom=False, labelleft=False)
    axes.grid(color="#2b313a", linewidth=0.8)
    for value, longitude, latitude, name in spots:
        text, color = mapped(defaults["mappings"], value) or ("", threshold(defaults["thresholds"], value))
        axes.plot([longitude], [latitude], marker="o", color=color, markersize=7 if value < 1 else 9, alpha=0.65 if value < 1 else 0.95, markeredgecolor="#111217", markeredgewidth=0.6)
        if value >= 2:
            axes.annotate(name, (longitude, latitude), (7, 5), textcoords="offset points", color=TEXT, fontsize=8)
    at = y + height - 20 - 22 * len(defaults["mappings"][0]["options"])
    picture.box(x + 20, at - 8, 130, 22 * len(defaults["mappings"][0]["options"]) + 10, "#111217", EDGE)
    for value, result in sorted(defaults["mappings"][0]["options"].items()):
        count = sum(spot[0] == float(value) for spot in spots)
        picture.canvas.plot([x + 34], [at + 8], marker="o", color=shade(result["color"]), markersize=6, zorder=6)
        picture.text(x + 46, at + 8, f"{result['text']}  {count}", 8.5)
        at += 22
