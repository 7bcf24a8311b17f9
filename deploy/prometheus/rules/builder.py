# SPDX-License-Identifier: Apache-2.0
"""The PromQL and the annotations that the rules share."""
import textwrap

PREFIX = "cloudflare_magic_connector_"


class Rules:
    """The recorded states and the alerts for one set of values."""

    def __init__(self, values: dict) -> None:
        self.values = values
        self.limits = values["thresholds"]
        self.target = ", ".join(values["target_labels"])
        self.account = f"{self.target}, account_id"
        self.connector = f"{self.account}, connector_id"
        # A site may be divided among exporters, so its labels do not include the instance.
        shared = [label for label in values["target_labels"] if label != "instance"]
        self.site = ", ".join([*shared, "account_id", "site_id"])
        self.up = f'up{{job="{values["job"]}"}}'
        # The dashboard that alerts on a connector link to.
        self.board = "magic-connector-one"
        self.records: dict[str, str] = {}
        self.unscraped = self.record("instance:cloudflare_magic_connector_unscraped:bool", self._unscraped())

    # Recorded states

    def _unscraped(self) -> str:
        """1 for an exporter that was scraped recently and cannot be scraped now.

        A target that service discovery no longer lists counts for ten minutes, which covers a pod that moves. If no
        target of the job is listed, or the target is listed and does not respond, it counts for `remember`.
        """
        job = ", ".join(label for label in self.values["target_labels"] if label == "job") or "job"
        seen = lambda period: f"max by ({self.target}) (max_over_time({self.up}[{period}])) == 1"
        return self.lines(
            f"{seen(self.values['remember'])} and on ({self.target}) {self.up} == 0",
            f"or {seen(self.values['remember'])} unless on ({job}) {self.up}",
            f"or {seen('10m')} unless on ({self.target}) {self.up}",
        )

    def record(self, name: str, expr: str) -> str:
        """Adds a recording rule and returns its name."""
        self.records.setdefault(name, expr)
        return name

    def latch(self, level: str, name: str, expr: str, *more: str) -> str:
        """Records an expression, and keeps its last result while the exporter cannot be scraped.

        The rule reads its own previous result. An alert on it therefore neither resolves because the exporter is down,
        nor outlives the first scrape without the series. An aggregation in the expression keeps the identity of the
        alert if another label of the target changes. `more` contains other reasons to keep the last result.
        """
        record = self.last(level, name)
        kept = (f"or {record} and on {reason}" for reason in (f"({self.target}) {self.unscraped}", *more))
        return self.record(record, self.lines(expr, *kept))

    def last(self, level: str, name: str) -> str:
        """The name of a latched result."""
        return f"{level}:{PREFIX}{name}:last"

    def state(self, family: str, by: str = "", matchers: str = "") -> str:
        """The current value of a connector's gauge, or the last one while the exporter cannot be scraped."""
        level, labels = ("connector", self.connector) if not by else (f"connector_{by}", f"{self.connector}, {by}")
        series = self.latch(level, family, f"max by ({labels}) ({PREFIX}{family})")
        return series + (f"{{{matchers}}}" if matchers else "")

    def account_state(self, family: str) -> str:
        """The current value of an account's gauge, or the last one while the exporter cannot be scraped."""
        return self.latch("account", family, f"max by ({self.account}) ({PREFIX}{family})")

    def age(self, family: str) -> str:
        """The age of a connector's time stamp in seconds, which stops while the exporter cannot be scraped."""
        name = family.removesuffix("_timestamp_seconds").removeprefix("last_")
        return self.latch("connector", f"{name}_age_seconds", f"time() - max by ({self.connector}) ({PREFIX}{family})")

    def event_age(self, kind: str) -> str:
        """The age of a connector's newest event of a kind in seconds, which stops while the exporter is down."""
        series = f'{PREFIX}last_event_timestamp_seconds{{kind="{kind}"}}'
        return self.latch("connector", f"{snake(kind)}_age_seconds", f"time() - max by ({self.connector}) ({series})")

    def growth(self, series: str, period: str) -> str:
        """By how much a series of a connector grew.

        `increase` extrapolates, so two events after a gap would count as three.
        """
        now = f"max by ({self.connector}) ({series})"
        return f"{now}\n  - min by ({self.connector}) (min_over_time({series}[{period}]))"

    def grown(self, name: str, series: str, period: str) -> str:
        """By how much a counter of a connector grew, or the last result while the exporter cannot be scraped."""
        return self.latch("connector", name, self.growth(series, period))

    # PromQL

    def active(self, condition: str) -> str:
        """The condition, except for deactivated connectors."""
        return self.lines(condition, self.unless(f"{self.state('activated')} == 0"))

    def unless(self, condition: str, labels: str = "") -> str:
        return f"unless on ({labels or self.connector})\n{indent(condition)}"

    def both(self, condition: str, labels: str = "") -> str:
        return f"and on ({labels or self.connector})\n{indent(condition)}"

    def lines(self, *parts: str) -> str:
        return "\n".join(parts)

    # Annotations

    def named(self, text: str) -> str:
        """Replaces NAME by the connector's id, serial number and site, and SITE by the site's name and id.

        A query finds the names, so they are no labels of the alert. Without a result, the ids remain.
        """
        info = f"last_over_time({PREFIX}info{{account_id=%q,connector_id=%q}}[{self.values['remember']}])"
        name = (
            "Connector {{ $labels.connector_id }}"
            f'{{{{ with printf "{info}" $labels.account_id $labels.connector_id | query }}}}{{{{ with first . }}}}'
            "{{ with .Labels.serial_number }} (serial {{ . }}){{ end }}"
            "{{ with or .Labels.site_name .Labels.site_id }} at site {{ . }}{{ end }}"
            "{{ end }}{{ end }} of account {{ $labels.account_id }}"
        )
        info = f"last_over_time({PREFIX}site_info{{account_id=%q,site_id=%q}}[{self.values['remember']}])"
        site = (
            f'Site {{{{ with printf "{info}" $labels.account_id $labels.site_id | query }}}}{{{{ with first . }}}}'
            "{{ with .Labels.site_name }}{{ . }} {{ end }}{{ end }}{{ end }}"
            "({{ $labels.site_id }}) of account {{ $labels.account_id }}"
        )
        return text.replace("NAME", name).replace("SITE", site)

    def alert(
        self, name: str, expr: str, severity: str, summary: str, description: str, wait: str = "", fleet: bool = False
    ) -> dict:
        """Returns an alert with the user's severity and delay."""
        wait = self.values["for"].get(name, wait)
        is_of_connector = "NAME" in description
        annotations = {
            "summary": summary,
            "description": self.named(description),
            "runbook_url": f"{self.values['runbook_url']}{name}.md",
        }
        if self.values["dashboard_url"]:
            annotations["dashboard_url"] = self.dashboard(is_of_connector)
        if self.values["exporter_url"] and is_of_connector:
            url = self.values["exporter_url"].rstrip("/")
            annotations["connector_url"] = f"{url}/connectors/{{{{ $labels.account_id }}}}/{{{{ $labels.connector_id }}}}"
        labels = {"severity": self.values["severity"].get(name, severity)} | ({"scope": "fleet"} if fleet else {})
        rule = {"alert": name, "expr": expr, "labels": labels | self.values["alert_labels"]}
        if wait:
            rule["for"] = wait
        if fleet:
            # The last connectors to recover must not be notified one by one.
            rule["keep_firing_for"] = self.values["fleet_keep_firing_for"]
        return rule | {"annotations": annotations}

    def dashboard(self, is_of_connector: bool) -> str:
        url = self.values["dashboard_url"].rstrip("/")
        if not is_of_connector:
            return f"{url}/d/magic-connector-fleet"
        return (
            f"{url}/d/{self.board}?var-account_id={{{{ $labels.account_id }}}}"
            "&var-connector_id={{ $labels.connector_id }}"
        )


def snake(kind: str) -> str:
    """The name of an event kind in snake_case."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("_")


def word(number: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(number, str(number))


def duration(seconds: int) -> str:
    """A number of seconds in words."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise ValueError(seconds)


def indent(text: str, width: int = 2) -> str:
    return textwrap.indent(text, " " * width)
