# SPDX-License-Identifier: Apache-2.0
"""The dashboard Connector: one connector, its events, operations and tunnels."""
from grafana_foundation_sdk.builders import dashboard as sdk

from . import alerts, logs
from .board import board
from .panels import (
    BLUE, GREEN, GREY, ORANGE, PHASES, PURPLE, RED, SECONDS, SOURCE, TIME, YELLOW, bars, graph, lanes, rows, steps, tile, values, width,
)
from .queries import ACCOUNT, CONNECTOR, KEY, counted, newest, of, quantiles

OPERATION = "operation"


def quoted(label, value, compare="="):
    return f'{label}{compare}"{value}"'


def tiles():
    attestation = newest("operation_consecutive_failures", quoted(OPERATION, "attestation"))
    for title, description, expr, unit, mappings, colors in (
        ("Heartbeat", "Time since the last heartbeat to Cloudflare, as of the last discovery.", f"time() - {newest('last_heartbeat_timestamp_seconds')}", "s", None, steps(GREEN, (120, YELLOW), (300, RED))),
        ("Agent", "Running if the last Init is newer than the last Leave.", newest("agent_running"), "short", values(v0=("stopped", RED), v1=("running", GREEN)), steps(RED, (1, GREEN))),
        ("Attestation", "Failed attestations since the last success.", attestation, "short", values(v0=("passed", GREEN)), steps(GREEN, (1, RED))),
        ("Operations stuck", "Operations that are stuck in progress.", f"sum({newest('operation_stuck', by=OPERATION)})", "short", values(v0=("none", GREEN)), steps(GREEN, (1, RED))),
        ("Rekeys stuck", "Tunnels with a stuck rekey.", f"sum({newest('rekey_stuck', by='tunnel_id')})", "short", values(v0=("none", GREEN)), steps(GREEN, (1, RED))),
        ("Role", "Whether the connector is the primary of its site.", newest("primary"), "short", values(v0=("secondary", BLUE), v1=("primary", GREEN)), steps(BLUE)),
        ("Delivery delay", "Time until the newest event arrived at Cloudflare. Below 0, the clock of the connector is ahead.", newest("last_event_delivery_delay_seconds"), "s", None, steps(ORANGE, (-5, GREEN), (900, RED))),
        ("Age of data", "Time since the last complete poll.", f"time() - {newest('last_successful_poll_timestamp_seconds')}", "s", None, steps(GREEN, (180, YELLOW), (600, RED))),
    ):
        yield tile(title, description, expr, colors, unit, span=3, mappings=mappings, decimals=0 if unit == "s" else None)


def inventory():
    names = {"site_name": "Site", "serial_number": "Serial number", "device_type": "Device", "version": "Version", "role": "Role", "ha_mode": "HA mode",
             "device_id": "Device id", "connector_id": "Connector", "account_id": "Account"}
    labels = "device_id, serial_number, device_type, site_name, version"
    queries = [f"max by ({KEY}, {labels}) ({of(CONNECTOR, 'info')})", f"max by ({KEY}, role, ha_mode) ({of(CONNECTOR, 'site_info')})"]
    return rows("Inventory", "From the lists of connectors and sites.", [("", query) for query in queries], names, ["Time", "Value #A", "Value #B"], {}, height=4)


def history():
    kinds = f"sum by (kind) ({counted(of(CONNECTOR, 'events_total'), KEY + ', kind')}) > 0"
    yield bars("Events", "Counted events by kind. Annotations mark the last recorded event of a kind.", [("{{kind}}", kinds)], span=24, height=10, right=True)
    progress = f"{newest('operation_in_progress', by=OPERATION)} + {newest('operation_stuck', by=OPERATION)}"
    failures = newest("operation_consecutive_failures", by=OPERATION)
    yield lanes("Operations", "Idle, in progress, or stuck in progress.", [("{{operation}}", progress)], values(v0=("idle", GREY), v1=("in progress", BLUE), v2=("stuck", RED)), height=7)
    yield lanes("Failed since the last success", "Operations whose last run failed.", [("{{operation}}", f"{failures} > bool 0")], values(v0=("passed", GREEN), v1=("failed", RED)), height=7)
    phase = "\n  + ".join(
        f"{index} * max by (tunnel_id) ({of(CONNECTOR, 'rekey_phase', quoted('phase', name))})" for index, name in enumerate(PHASES)
    )
    states = values(**{f"v{index}": (name, color) for index, (name, color) in enumerate(PHASES.items())})
    yield lanes("Rekey phase by tunnel", "Phase of each tunnel's IPsec keys. In phase reset, the tunnel has no keys.", [("{{tunnel_id}}", phase)], states, height=8)
    yield lanes("Stuck rekeys", "Tunnels in phase started, advanced or reset for too long.", [("{{tunnel_id}}", newest("rekey_stuck", by="tunnel_id"))], values(v0=("ok", GREEN), v1=("stuck", RED)), height=8)


def state():
    reached = f"time() - {newest('last_heartbeat_timestamp_seconds')} < bool 300"
    states = f"max by ({KEY}, state) (\n    " + "\n  or\n    ".join(
        f'label_replace({expr}, "state", "{name}", "", "")' for name, expr in (
            ("heartbeat", reached), ("agent", newest("agent_running")), ("poll", newest("poll_success")), ("role in the site", f"2 + {newest('primary')}"))
    ) + "\n)"
    return lanes(
        "State", "Heartbeat in the last 5 minutes, agent running, newest poll successful, and role in the site.", [("{{state}}", states)],
        values(v0=("no", RED), v1=("yes", GREEN), v2=("secondary", GREY), v3=("primary", BLUE)), height=5, span=12,
    )


def rates():
    since = newest("rekey_phase_start_timestamp_seconds", by="tunnel_id")
    rekeys = [(name, f"sum({counted(of(CONNECTOR, family), KEY + ', tunnel_id')})") for name, family in (("completed", "rekeys_completed_total"), ("reset", "rekey_resets_total"))]
    delay = newest("last_event_delivery_delay_seconds")
    ratio = newest("operation_failure_ratio", by="operation, window")
    restarts = f"sum({counted(of(CONNECTOR, 'agent_unclean_restarts_total'), KEY)})"
    yield graph("Time in phase", "Time that each tunnel has been in its phase.", [("{{tunnel_id}}", f"time() - {since}")], "s")
    yield bars("Rekeys", "Completed rekeys and resets.", rekeys, colors={"completed": GREEN, "reset": RED})
    yield graph("Failure ratio", "Share of failed operations, by window.", [("{{operation}} {{window}}", ratio)], "percentunit")
    yield graph("Delivery delay", "Time until the newest event arrived at Cloudflare. Below 0, the clock of the connector is ahead.", [("delay", delay)], "s", least=None)
    yield graph("Operation duration, account", "Time from start to finish, for comparison. Durations are recorded per account.", quantiles("operation_duration_seconds", ACCOUNT, ", operation"), "s", log=True)
    yield bars("Unclean restarts", "Agent starts without a preceding stop.", [("restarts", restarts)])


def events():
    last = newest("last_event_timestamp_seconds", by="kind")
    queries = [f"1000 * {last}", f"time() - {last}", newest("events_total", by="kind")]
    return rows(
        "Last event, by kind", "When the last event of each kind was recorded, and the number of counted events.", [("", query) for query in queries],
        {"kind": "Kind", "Value #A": "Last event", "Value #B": "Age", "Value #C": "Counted"}, ["Time", "account_id", "connector_id"],
        {"Last event": [TIME, width(200)], "Age": [SECONDS]}, height=12, sort="Last event",
    )


def note(name, color, expr):
    return sdk.AnnotationQuery().name(name).datasource(SOURCE).icon_color(color).enable(True).expr(expr)


def connector():
    found = board("magic-connector-one", "Connector", "One connector: its events, operations and tunnels, and the freshness of its data.", connector="one")
    found = found.with_row(sdk.Row("Now"))
    for panel in (*tiles(), inventory(), alerts.of_connector(), state()):
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("History"))
    for panel in history():
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("Durations and rates"))
    for panel in (*rates(), events()):
        found = found.with_panel(panel)
    found = found.with_variable(logs.variable()).with_row(logs.row())
    for name, color, kinds in (
        ("Failures", RED, "Finish.*Failure|HaError|RekeyReset|BlessSlotFailure"), ("Starts and stops", BLUE, "Init|Leave"), ("Upgrades", PURPLE, "StartUpgrade|FinishUpgradeSuccess"),
    ):
        expr = of(CONNECTOR, "last_event_timestamp_seconds", quoted("kind", kinds, "=~"))
        found = found.annotation(note(name, color, f"1000 * max by (kind) ({expr})"))
    alert = f'ALERTS{{{CONNECTOR}, alertname=~"MagicConnector.+", alertstate="firing"}}'
    return found.annotation(note("Alerts", ORANGE, f"max by (alertname) ({alert})"))
