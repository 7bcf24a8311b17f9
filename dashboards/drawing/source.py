# SPDX-License-Identifier: Apache-2.0
"""Queries of panels, with the variables replaced as Grafana does."""
import math
import re

STEPS = (15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]]


def choices(board):
    """Returns the values of the variables for intervals."""
    return {one["name"]: one["current"]["value"] for one in board["templating"]["list"] if one["type"] == "interval"}


class Source:
    def __init__(self, prometheus, end, hours, scrape, chosen=()):
        self.prometheus, self.end, self.scrape, self.chosen = prometheus, end, scrape, dict(chosen)
        self.span = int(hours * 3600)

    def least(self, panel, target):
        """Returns the minimum step of a query, which can be a variable."""
        text = target.get("interval") or panel.get("interval") or "15s"
        return max(self.scrape, seconds(self.chosen[text[1:]] if text.startswith("$") else text))

    def step(self, panel, target):
        """Returns the step of a query: the range over the number of points, but at least the minimum step."""
        least = self.least(panel, target)
        wanted = self.width(panel) / (panel.get("maxDataPoints") or 480)
        return max(least, next((step for step in STEPS if step >= wanted), 86400))

    def width(self, panel):
        since = panel.get("timeFrom")
        return seconds(since) if since else self.span

    def text(self, expression, step=60, width=None, least=None):
        least = least or self.scrape
        values = {"__rate_interval": max(4 * least, step + least), "__interval": step, "__range": width or self.span}
        expression = re.sub(r"\$(__\w+)", lambda match: f"{values[match[1]]}s", expression)
        return re.sub(r'=~"\$([a-z_]+)"', lambda match: f'=~"{self.chosen.get(match[1], ".*")}"', expression)

    def instant(self, panel, target):
        return self.prometheus.instant(self.text(target["expr"], least=self.least(panel, target)), self.end)

    def range(self, panel, target):
        """Returns the series of a target and the step. The times are multiples of the step."""
        step, width = self.step(panel, target), self.width(panel)
        begin, end = math.floor((self.end - width) / step) * step, math.floor(self.end / step) * step
        found = self.prometheus.range(self.text(target["expr"], step, width, self.least(panel, target)), begin, end, step)
        return [(series["metric"], [(float(at), float(value)) for at, value in series["values"]]) for series in found], step

    def variable(self, variable):
        """Returns the values of a query variable with their texts, by Grafana's rules for named groups."""
        query = self.text(variable["query"])
        if match := re.fullmatch(r"label_values\((.*), (\w+)\)", query):
            series = self.prometheus.instant(f"count by ({match[2]}) ({match[1]})", self.end)
            return {item["metric"].get(match[2], ""): item["metric"].get(match[2], "") for item in series}
        series = self.prometheus.instant(re.fullmatch(r"query_result\((.*)\)", query)[1], self.end)
        pattern = re.compile(variable["regex"].strip("/g").replace("(?<", "(?P<"))
        found = {}
        for item in series:
            line = "{" + ",".join(f'{name}="{value}"' for name, value in sorted(item["metric"].items())) + "} 1"
            groups = [match.groupdict() for match in pattern.finditer(line)]
            text = next((group["text"] for group in groups if group.get("text")), None)
            value = next((group["value"] for group in groups if group.get("value")), text)
            if value is not None and value not in found:
                found[value] = text or value
        return found
