# SPDX-License-Identifier: Apache-2.0
"""The cases of every alert. Each case is one promtool test with all alerts, each with an exporter and account of its own."""
from collections.abc import Iterator

from .scenarios import SCENARIOS, Scenario
from .series import Schedule, constant, expand, labels

JOB = "magic-connector-exporter"
ONSET = 10


class Case:
    """One promtool test."""

    def __init__(self, name: str, severities: dict[str, str]) -> None:
        self.name = name
        self.severities = severities
        self.series: dict[str, str] = {}
        self.checks: list[dict] = []
        self.last = 0

    def add(self, alert: str, series: dict, schedule: Schedule, instance: str = "", connectors: int = 1, more: dict | None = None) -> None:
        """Adds the series of an alert's subjects."""
        for number in range(connectors):
            subject = {"job": JOB, "instance": f"{alert}{instance}", "account_id": f"a-{alert}", "connector_id": f"c{number}"}
            for name, value in (series | (more or {}) | {"up": constant(1)}).items():
                self.series |= expand(name, subject, value, schedule)
        if connectors > 1:
            self.series |= expand("connectors", subject, constant(connectors), schedule)

    def selector(self, alert: str, scenario: Scenario) -> str:
        own = f'account_id="a-{alert}"' if scenario.level != "instance" else f'instance=~"{alert}.*"'
        return f'ALERTS{{alertname="{alert}",alertstate="firing",{own}}}'

    def expect(self, minute: int, expr: str, value: float) -> None:
        self.last = max(self.last, minute)
        self.checks.append({"expr": expr, "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": value}]})

    def expect_count(self, minute: int, alert: str, scenario: Scenario, count: int) -> None:
        self.expect(minute, f"count({self.selector(alert, scenario)}) or vector(0)", count)

    def expect_always(self, begin: int, end: int, alert: str, scenario: Scenario, count: int) -> None:
        """The number of firing alerts at each minute."""
        counts = f"(count({self.selector(alert, scenario)}) or vector(0))[{end - begin}m:1m]"
        self.expect(end, f"min_over_time({counts})", count)
        self.expect(end, f"max_over_time({counts})", count)

    def expect_exactly(self, minute: int, alert: str, scenario: Scenario, instances: tuple[str, ...] = ("",)) -> None:
        """The firing alerts, with all their labels."""
        own = {"alertname": alert, "alertstate": "firing", "job": JOB, "severity": self.severities[alert]} | scenario.labels
        if scenario.level != "instance":
            own["account_id"] = f"a-{alert}"
        if scenario.level == "connector":
            own["connector_id"] = "c0"
        if scenario.level == "fleet":
            own["scope"] = "fleet"
        if scenario.level == "site":
            own["site_id"] = "s-c0"
            subjects = [own]
        else:
            subjects = [own | {"instance": f"{alert}{instance}"} for instance in instances]
        self.last = max(self.last, minute)
        self.checks.append({
            "expr": self.selector(alert, scenario),
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": f"ALERTS{{{labels(subject)}}}", "value": 1} for subject in subjects],
        })

    def test(self) -> dict:
        return {
            "name": self.name,
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in self.series.items()],
            "promql_expr_test": self.checks,
        }


def schedule(scenario: Scenario, trouble: tuple[int, int], length: int, **more: object) -> Schedule:
    return Schedule(length, (trouble,), **more)


def connector_alerts() -> Iterator[tuple[str, Scenario]]:
    """The alerts about connectors, alone or in numbers."""
    for alert, scenario in SCENARIOS.items():
        if scenario.level in ("connector", "site", "fleet"):
            yield alert, scenario


def with_state() -> Iterator[tuple[str, Scenario]]:
    """The alerts that must survive an exporter that is down: all, except the one about it."""
    yield from ((alert, scenario) for alert, scenario in SCENARIOS.items() if alert != "MagicConnectorExporterDown")


LENGTH = 150


def fires_and_resolves(case: Case) -> None:
    for alert, scenario in SCENARIOS.items():
        fires = ONSET + scenario.delay
        ends = fires + 20
        plan = schedule(scenario, (ONSET, ends), LENGTH)
        if alert == "MagicConnectorExporterDown":
            plan = Schedule(LENGTH, down=((ONSET, ends),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        case.expect_always(0, fires - 1, alert, scenario, 0)
        case.expect_exactly(fires, alert, scenario)
        case.expect_always(fires, ends - 1, alert, scenario, 1)
        case.expect_always(ends + scenario.clear, LENGTH - 1, alert, scenario, 0)


def stays_silent(case: Case) -> None:
    for alert, scenario in SCENARIOS.items():
        # At most five connectors, or ten percent, are no fleet.
        case.add(alert, scenario.silent, schedule(scenario, (0, 70), 70), connectors=scenario.connectors)
        case.expect_always(0, 69, alert, scenario, 0)
    for alert, scenario in SCENARIOS.items():
        if scenario.level == "fleet" and alert != "MagicConnectorFleetMissing":
            for instance, bad, all_connectors in (("-few", 5, 10), ("-share", 7, 70)):
                plan = schedule(scenario, (ONSET, 70), 70)
                case.add(alert, scenario.series, plan, instance, bad)
                subject = {"job": JOB, "instance": f"{alert}{instance}", "account_id": f"a-{alert}", "connector_id": ""}
                case.series |= expand("connectors", subject, constant(all_connectors), plan)


def survives_a_restart(case: Case) -> None:
    for alert, scenario in with_state():
        fires = ONSET + scenario.delay
        plan = schedule(scenario, (ONSET, 100), 100, down=((fires + 5, fires + 10),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        case.expect_always(fires, 99, alert, scenario, 1)


def deactivated(case: Case) -> None:
    for alert, scenario in connector_alerts():
        if alert == "MagicConnectorFleetMissing":
            continue
        more = {"activated": constant(0)}
        if scenario.level == "site":
            more["activated{PARTNER}"] = constant(0)
        case.add(alert, scenario.series, schedule(scenario, (ONSET, 100), 100), connectors=scenario.connectors, more=more)
        case.expect_always(0, 99, alert, scenario, 0)


def removed(case: Case) -> None:
    """A connector is deleted, and its alert ends with the first scrape without it. A later outage does not bring it back."""
    for alert, scenario in with_state():
        ends = ONSET + scenario.delay + 10
        outage = ends + 20
        plan = schedule(scenario, (ONSET, 100), 100, removed=ends, down=((outage, outage + 10),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        case.expect_always(ONSET + scenario.delay, ends - 1, alert, scenario, 1)
        # Ranges over counters contain the deleted series for a while.
        if scenario.clear == 0 or alert in EVENTS:
            case.expect_always(ends, 99, alert, scenario, 0)


def exporter_down(case: Case) -> None:
    """The exporter is down for longer than any range of the rules. The trouble ends meanwhile, and at the first scrape."""
    for alert, scenario in with_state():
        down = ONSET + scenario.delay + 5
        back = down + 75
        plan = schedule(scenario, (ONSET, back), 200, down=((down, back),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        case.expect_always(ONSET + scenario.delay, back - 1, alert, scenario, 1)
        ends = back + (scenario.clear if scenario.level == "fleet" or alert in EVENTS else 0)
        case.expect_always(ends, 199, alert, scenario, 0)


def exporter_down_with_trouble(case: Case) -> None:
    """The trouble lasts longer than the outage of the exporter, so the alert continues without a gap."""
    for alert, scenario in with_state():
        down = ONSET + scenario.delay + 5
        plan = schedule(scenario, (ONSET, 140), 140, down=((down, down + 25),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        first = down + 24 if alert in COUNTED else 139
        case.expect_always(ONSET + scenario.delay, first, alert, scenario, 1)
        case.expect_count(139, alert, scenario, 1)


# Alerts for some time after an event that the exporter reads after the outage.
EVENTS = {"MagicConnectorHaError"}
# After an outage, these need new failures.
COUNTED = {"MagicConnectorRateLimited", "MagicConnectorUnauthorized", "MagicConnectorStorageFailing", "MagicConnectorEventsLogFailing"}


def remembered(case: Case) -> None:
    """The state is forgotten after the configured time."""
    for alert, scenario in with_state():
        down = ONSET + scenario.delay + 5
        plan = schedule(scenario, (ONSET, 500), 500, down=((down, 500),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        case.expect_count(down + 355, alert, scenario, 1)
        case.expect_count(down + 375, alert, scenario, 0)


def target_label_changes(case: Case) -> None:
    """A pod moves to another node. No rule fails, and the alert keeps its identity. Nothing returns in a later outage."""
    for alert, scenario in with_state():
        fires = ONSET + scenario.delay
        ends = fires + 20
        outage = ends + scenario.clear + 10
        plan = schedule(scenario, (ONSET, ends), 160, moves=fires + 10, down=((outage, outage + 15),))
        case.add(alert, scenario.series, plan, connectors=scenario.connectors)
        case.expect_exactly(fires + 9, alert, scenario)
        case.expect_exactly(fires + 10, alert, scenario)
        case.expect_exactly(fires + 11, alert, scenario)
        case.expect_always(fires, ends - 1, alert, scenario, 1)
        case.expect_always(ends + scenario.clear, outage + 14, alert, scenario, 0)


def two_exporters(case: Case, shift: int) -> None:
    """Two exporters of one account: one alert each. The labels do not depend on the Prometheus that scrapes them."""
    for alert, scenario in with_state():
        for instance in ("-1", "-2"):
            case.add(alert, scenario.series, schedule(scenario, (ONSET, 80), 80, shift=shift), instance, scenario.connectors)
        case.expect_exactly(79, alert, scenario, ("-1", "-2"))


def whole_fleet(case: Case, delays: range) -> None:
    """All connectors of an account are in trouble. The fleet alert fires no later than the alerts of the connectors."""
    onset = 2
    for alert, scenario in SCENARIOS.items():
        if scenario.level not in ("connector", "site") or scenario.delay not in delays:
            continue
        fires = onset + scenario.delay
        # The number matters to the fleet alerts.
        count = 300 if scenario.fleet else 50
        case.add(alert, scenario.series, schedule(scenario, (onset, fires + 2), fires + 2), connectors=count)
        case.expect_count(fires, alert, scenario, count)
        if scenario.fleet:
            case.expect_count(fires - 1, alert, scenario, 0)
            fleet = f'ALERTS{{alertname="MagicConnector{scenario.fleet}",alertstate="firing",account_id="a-{alert}"}}'
            case.expect(fires, f"count({fleet})", 1)


def all_cases(severities: dict[str, str]) -> Iterator[Case]:
    for build in (
        fires_and_resolves, stays_silent, survives_a_restart, deactivated, removed, exporter_down, exporter_down_with_trouble, remembered,
        target_label_changes,
    ):
        case = Case(build.__name__, severities)
        build(case)
        yield case
    for shift in (0, 1):
        case = Case(f"two_exporters_{'other' if shift else 'one'}_prometheus", severities)
        two_exporters(case, shift)
        yield case
    # Alerts that fire soon do not need the length of the others.
    for name, delays in (("at_once", range(1)), ("soon", range(1, 11)), ("later", range(11, 20)), ("last", range(20, 61))):
        case = Case(f"whole_fleet_{name}", severities)
        whole_fleet(case, delays)
        yield case
