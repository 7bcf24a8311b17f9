# SPDX-License-Identifier: Apache-2.0
"""The dashboard Exporter: whether the exporter and the Cloudflare API work, and how fresh the data is."""
from grafana_foundation_sdk.builders import dashboard as sdk

from .board import board
from .panels import BLUE, GREEN, ORANGE, RED, YELLOW, bars, graph, steps, tile, values
from .queries import ACCOUNT, E, INSTANCE, P, UP, counted, named, of, own, process, quantiles, worst

# This dashboard has no variables for connectors.
PER = "max by (account_id, connector_id)"
TARGET = "job, instance"
OF_ACCOUNT = 'account_id=~"$account_id"'


def tiles():
    polled = f"{PER} ({of(ACCOUNT, 'last_successful_poll_timestamp_seconds')})"
    failing = f"sum({PER} ({of(ACCOUNT, 'poll_success')}) == bool 0)"
    listed = f"time() - min(max by (account_id) ({of(ACCOUNT, 'last_successful_discovery_timestamp_seconds')}))"
    stretch = f"max({of(ACCOUNT, 'poll_interval_seconds')})"
    budget = f"min({own('api_budget_remaining', OF_ACCOUNT)})"
    expiry = f"min({own('token_expiry_timestamp_seconds', OF_ACCOUNT)}) - time()"
    up, ok = values(v0=("down", RED), v1=("up", GREEN)), values(v0=("failing", RED), v1=("ok", GREEN))
    age = steps(GREEN, (180, YELLOW), (600, RED))
    for title, description, expr, unit, mappings, colors in (
        ("Scraped", "Whether Prometheus can scrape every exporter.", f"min({UP})", "short", up, steps(RED, (1, GREEN))),
        ("Discovery", "Whether the last discovery of every account succeeded.", f"min(max by (account_id) ({of(ACCOUNT, 'discovery_success')}))", "short", ok, steps(RED, (1, GREEN))),
        ("Age of the list", "Time since the last successful discovery, for the account with the oldest list.", listed, "s", None, age),
        ("Polls failing", "Connectors whose last poll failed.", failing, "short", None, steps(GREEN, (1, RED))),
        ("Oldest data", "Longest time since a connector's last complete poll.", f"time() - min({polled})", "s", None, age),
        ("Poll interval", "Interval in force; longer than configured if the budget requires it.", stretch, "s", None, steps(BLUE, (300, YELLOW))),
        ("Remaining budget", "Requests that may be sent immediately; 0 while rate limited.", budget, "short", None, steps(RED, (1, YELLOW), (100, GREEN))),
        ("Token expires in", "Time until the first API token expires, if Cloudflare reports it.", expiry, "s", None, steps(RED, (7 * 86400, YELLOW), (30 * 86400, GREEN))),
    ):
        yield tile(title, description, expr, colors, unit, span=3, mappings=mappings, decimals=0)


def requests():
    sent = own("api_requests_total", OF_ACCOUNT)
    rate = lambda by: f"sum by ({by}) (rate({sent}[$__rate_interval]))"  # noqa: E731
    left = f"min by (account_id, instance) ({own('api_budget_remaining', OF_ACCOUNT)})"
    latency = [(name, expr.replace(P + "api_", E + "api_")) for name, expr in quantiles("api_request_duration_seconds", INSTANCE, ", endpoint")]
    failures = counted(own("poll_failures_total", OF_ACCOUNT), "job, instance, account_id, reason")
    yield graph("Requests by status", "API requests by HTTP status, or by the reason if there was no response.", [("{{status}}", rate("status"))], "reqps", stacked=True)
    yield graph("Requests by endpoint", "API requests by endpoint.", [("{{endpoint}}", rate("endpoint"))], "reqps", stacked=True)
    yield graph("Remaining budget", "Requests that may be sent immediately.", [("{{instance}} {{account_id}}", left)], "short", calcs=("lastNotNull", "min"))
    yield graph("Request latency", "Median and 99th percentile.", latency, "s", span=12, log=True)
    yield bars("Failed polls and discoveries", "Failures by reason.", [("{{reason}}", f"sum by (reason) ({failures})")], span=12)


def freshness():
    age = lambda family: f"time() - min by (account_id) ({PER} ({of(ACCOUNT, family)}))"  # noqa: E731
    interval = lambda family: f"max by (account_id) ({of(ACCOUNT, family)})"  # noqa: E731
    delay = f"{PER} ({of(ACCOUNT, 'last_event_delivery_delay_seconds')})"
    behind = named(worst(8, delay), selector=of(ACCOUNT, "info"))
    ahead = f"sum({delay} < bool -5)"
    yield graph("Age of the data", "Longest time since a connector's last complete poll, and the alert's threshold of three intervals.", [
        ("{{account_id}}", age("last_successful_poll_timestamp_seconds")), ("{{account_id}} threshold", f"3 * {interval('poll_interval_seconds')}")], "s")
    yield graph("Watermark age", "Time since the end of the last window that was read completely.", [("{{account_id}}", age("events_complete_until_timestamp_seconds"))], "s")
    yield graph("Poll interval", "The interval in force, and the configured one.", [
        ("{{account_id}} in force", interval("poll_interval_seconds")), ("{{account_id}} configured", interval("configured_poll_interval_seconds"))], "s")
    yield graph("Delivery delay", "Time from the recording of an event on the connector to its arrival at Cloudflare.", quantiles("event_delivery_delay_seconds", ACCOUNT), "s")
    yield graph("Delivery delay of the slowest connectors", "The 8 connectors with the longest delay of a newest event in the displayed range.", [("{{site_name}} {{serial_number}}", behind)], "s")
    yield graph("Clocks ahead", "Connectors whose newest event arrived before the time at which it was recorded.", [("connectors", ahead)], "short")


def exactness():
    yield bars("Unusual events", "Late events, events of an unknown kind, and discarded items.", [
        (name, f"sum({counted(own(family), by)})") for name, family, by in (
            ("late", "late_events_total", TARGET), ("unknown kind", "unknown_kind_events_total", TARGET), ("discarded", "discarded_events_total", TARGET + ", reason"))])
    duplicate = f"sum by (instance) (rate({own('duplicate_events_total')}[$__rate_interval]))"
    yield graph("Duplicate events", "Events that a poll returned again. They are expected, because windows overlap.", [("{{instance}}", duplicate)], "cps")
    writes = f"sum by (instance) ({counted(own('storage_write_failures_total'), TARGET)})"
    yield bars("Failed ledger writes", "Attempts to write the ledger that failed.", [("{{instance}}", writes)])


def processes():
    scrapes = f"sum by (code) (rate({own('scrapes_total')}[$__rate_interval]))"
    seconds = process("cpu_seconds_total")
    cpu = seconds.replace("}", "}[$__rate_interval])", 1).replace("process", "rate(process", 1)
    yield graph("Scrapes", "Scrapes by HTTP status.", [("{{code}}", scrapes)], "reqps", span=6)
    yield graph("CPU", "CPU time per second.", [("{{instance}}", f"sum by (instance) ({cpu})")], "percentunit", span=6)
    yield graph("Memory", "Resident memory.", [("{{instance}}", f"max by (instance) ({process('resident_memory_bytes')})")], "bytes", span=6)
    used = f"max by (instance) ({process('open_fds')})\n  / max by (instance) ({process('max_fds')})"
    yield graph("Descriptors", "Share of the file descriptors that are open.", [("{{instance}}", used)], "percentunit", span=6, thresholds=steps(GREEN, (0.8, ORANGE)))


def exporter():
    found = board("magic-connector-exporter", "Exporter", "Health of the exporter: budget, API requests, errors, freshness, delivery delay, and its process.")
    for title, panels in (
        ("Now", tiles()), ("Cloudflare API", requests()), ("Freshness", freshness()), ("Exactness", exactness()), ("Process", processes()),
    ):
        found = found.with_row(sdk.Row(title))
        for panel in panels:
            found = found.with_panel(panel)
    return found
