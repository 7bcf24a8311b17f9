#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates the dashboards with Grafana's Foundation SDK. The output is reproducible.

    build.py            writes fleet.json, connector.json and exporter.json
    build.py --check    exits 1 if one of them is out of date
"""
import json
import pathlib
import sys

from grafana_foundation_sdk.builders import common, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model

HERE = pathlib.Path(__file__).resolve().parent
P = "cloudflare_magic_connector_"
E = f"{P}exporter_"
INSTANCE = 'job=~"$job", instance=~"$instance"'
ACCOUNT = f'{INSTANCE}, account_id=~"$account_id"'
CONNECTOR = f'{ACCOUNT}, connector_id=~"$connector_id"'
SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
GREEN, YELLOW, ORANGE, RED, BLUE, GREY = "green", "yellow", "orange", "red", "blue", "#6b7280"
TO_CONNECTOR = (
    "/d/magic-connector-one?${datasource:queryparam}&${job:queryparam}&${instance:queryparam}"
    '&var-account_id=${__data.fields["account_id"]}&var-connector_id=${__data.fields["connector_id"]}'
)


def of(scope, family, *more):
    """Returns the selector of a family, with the labels of the variables and additional ones."""
    return f"{P}{family}{{{', '.join([scope, *more])}}}"


def steps(*pairs):
    """Returns thresholds: the base colour, then (value, colour) pairs."""
    first, *rest = pairs
    found = [model.Threshold(value=None, color=first)]
    found += [model.Threshold(value=value, color=color) for value, color in rest]
    return sdk.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(found)


def values(**texts):
    """Returns value mappings such as v0=("down", RED)."""
    results = {
        key[1:]: model.ValueMappingResult(text=text, color=color, index=index)
        for index, (key, (text, color)) in enumerate(texts.items())
    }
    return [model.ValueMap(options=results)]


def target(expr, legend="", instant=False, ref="A"):
    query = prometheus.Dataquery().datasource(SOURCE).expr(expr).legend_format(legend).ref_id(ref)
    return query.instant().format("table") if instant == "table" else query.instant() if instant else query.range()


def dress(panel, title, description, unit, span, height, queries, instant=False):
    panel = panel.title(title).description(description).unit(unit).span(span).height(height).datasource(SOURCE)
    for letter, (legend, expr) in zip("ABCDEFGHIJ", queries):
        panel = panel.with_target(target(expr, legend, instant, letter))
    return panel


def tile(title, description, expr, thresholds, unit="short", span=4, mappings=None, decimals=None):
    panel = dress(stat.Panel(), title, description, unit, span, 4, [("", expr)], instant=True)
    panel = panel.thresholds(thresholds).color_mode(options.BigValueColorMode.BACKGROUND)
    panel = panel.graph_mode(options.BigValueGraphMode.NONE)
    panel = panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    if mappings:
        panel = panel.mappings(mappings)
    return panel.decimals(decimals) if decimals is not None else panel


def graph(title, description, queries, unit, span=8, height=8, thresholds=None, bars=False, stacked=False):
    panel = dress(timeseries.Panel(), title, description, unit, span, height, queries)
    legend = common.VizLegendOptions().show_legend(True).placement(options.LegendPlacement.BOTTOM)
    panel = panel.legend(legend.display_mode(options.LegendDisplayMode.LIST))
    panel = panel.tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI)).min(0)
    panel = panel.fill_opacity(80 if bars else 10).show_points(options.VisibilityMode.NEVER)
    if bars:
        panel = panel.draw_style(options.GraphDrawStyle.BARS)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL).group("A"))
    if thresholds:
        panel = panel.thresholds(thresholds)
        style = common.GraphThresholdsStyleConfig().mode(options.GraphTresholdsStyleMode.DASHED)
        panel = panel.thresholds_style(style)
    return panel


def lanes(title, description, queries, mappings, span=12, height=8):
    panel = dress(statetimeline.Panel(), title, description, "short", span, height, queries)
    panel = panel.mappings(mappings).show_value(options.VisibilityMode.NEVER).merge_values(True).row_height(0.8)
    return panel.thresholds(steps(GREEN)).color_scheme(sdk.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))


def rows(title, description, queries, names, hidden, fields, span=24, height=8, sort=None):
    """Returns a table with renamed and hidden columns, and overrides by column: {name: [(property, value)]}."""
    panel = dress(table.Panel().show_header(True), title, description, "short", span, height, queries, instant="table")
    if len(queries) > 1:
        panel = panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    excluded = {name: True for name in hidden}
    order = {name: index for index, name in enumerate(names)}
    panel = panel.with_transformation(
        model.DataTransformerConfig(
            id_val="organize",
            options={"excludeByName": excluded, "renameByName": names, "indexByName": order},
        )
    )
    for name, properties in fields.items():
        panel = panel.override_by_name(
            name, [model.DynamicConfigValue(id_val=key, value=value) for key, value in properties]
        )
    if sort:
        panel = panel.sort_by([common.TableSortByFieldState().display_name(sort).desc(True)])
    return panel


LINK = ("links", [{"title": "Open the connector", "url": TO_CONNECTOR}])
UNIT_AGE = ("unit", "s")


def colored(*pairs):
    first, *rest = pairs
    shown = [{"value": None, "color": first}] + [{"value": value, "color": color} for value, color in rest]
    return [("custom.cellOptions", {"type": "color-text"}), ("thresholds", {"mode": "absolute", "steps": shown})]


def variable(name, label, query, several=True):
    found = sdk.QueryVariable(name).label(label).datasource(SOURCE).query(query)
    found = found.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(model.VariableSort.ALPHABETICAL_ASC)
    if not several:
        return found.multi(False).include_all(False)
    every = model.VariableOption(selected=True, text=["All"], value=["$__all"])
    return found.multi(True).include_all(True).all_value(".+").current(every)


def board(uid, title, description, since="now-6h", connector=None):
    found = sdk.Dashboard(f"Magic WAN Connectors / {title}").uid(uid).description(description)
    found = found.tags(["magic-connector-exporter"]).readonly().refresh("30s").time(since, "now")
    found = found.timezone("browser").tooltip(model.DashboardCursorSync.CROSSHAIR)
    found = found.with_variable(sdk.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    listed = f"{P}connectors"
    found = found.with_variable(variable("job", "Job", f"label_values({listed}, job)"))
    found = found.with_variable(variable("instance", "Instance", f'label_values({listed}{{job=~"$job"}}, instance)'))
    known = f"label_values({listed}{{{INSTANCE}}}, account_id)"
    found = found.with_variable(variable("account_id", "Account", known))
    if connector is not None:
        ids = f"label_values({P}info{{{ACCOUNT}}}, connector_id)"
        found = found.with_variable(variable("connector_id", "Connector", ids, several=connector))
    link = sdk.DashboardLink("Magic WAN Connectors").type(model.DashboardLinkType.DASHBOARDS)
    return found.link(link.tags(["magic-connector-exporter"]).as_dropdown(True).include_vars(True).keep_time(True))


def quantiles(family, scope, by=""):
    rate = f"sum by (le{by}) (rate({of(scope, family)}[$__rate_interval]))"
    name = " ".join(f"{{{{{label.strip()}}}}}" for label in by.split(",") if label.strip())
    return [(f"{name} {text}".strip(), f"histogram_quantile({q}, {rate})") for q, text in ((0.5, "p50"), (0.99, "p99"))]


FAILED = of(CONNECTOR, "consecutive_failures")
STUCK = of(CONNECTOR, "operation_stuck")
REKEY = of(CONNECTOR, "rekey_stuck")
AGENT = of(CONNECTOR, "agent_running")
POLL = of(CONNECTOR, "poll_success")
INFO = of(CONNECTOR, "info")
PER = "max by (job, instance, account_id, connector_id)"


def fleet():
    found = board(
        "magic-connector-fleet", "Fleet",
        "Current problems: failed attestations, stuck rekeys and operations, and a table of all connectors with their state.",
        connector=True,
    )
    zero = steps(GREEN, (1, RED))
    found = found.with_row(sdk.Row("Current problems"))
    attestation = of(CONNECTOR, "consecutive_failures", 'operation="attestation"')
    others = of(CONNECTOR, "consecutive_failures", 'operation!="attestation"')
    for title, description, expr, colors in (
        ("Connectors", "Polled connectors.", f"sum({of(ACCOUNT, 'connectors')})", steps(BLUE)),
        ("Attestations failed", "Connectors whose last attestation failed.", f"count({attestation} > 0) or vector(0)", zero),
        ("Rekeys stuck", "Tunnels with a stuck rekey.", f"sum({REKEY}) or vector(0)", zero),
        ("Operations stuck", "Attestations, rotations and upgrades that are stuck in progress.", f"sum({STUCK}) or vector(0)", zero),
        ("Operations failed", "Rotations and upgrades whose last run failed.", f"count({others} > 0) or vector(0)", steps(GREEN, (1, ORANGE))),
        ("Agents down", "Connectors whose agent stopped and did not start again.", f"count({AGENT} == 0) or vector(0)", zero),
    ):
        found = found.with_panel(tile(title, description, expr, colors))
    trouble = "\n  or\n".join(
        f'    label_replace({series}, "trouble", "{text}", "{label}", "{pattern}")'
        for series, text, label, pattern in (
            (f"{FAILED} > 0", "$1 failed", "operation", "(.*)"),
            (f"{STUCK} == 1", "$1 stuck", "operation", "(.*)"),
            (f"{REKEY} == 1", "rekey stuck", "", ""),
            (f"({AGENT} == bool 0) == 1", "agent down", "", ""),
            (f"({POLL} == bool 0) == 1", "poll failed", "", ""),
        )
    )
    join = "* on (job, instance, account_id, connector_id) group_left (serial_number, version)"
    names = {"connector_id": "Connector", "serial_number": "Serial number", "trouble": "Problem", "tunnel_id": "Tunnel", "version": "Version", "account_id": "Account", "Value": "Count"}
    found = found.with_panel(rows(
        "Problems", "One row per failed or stuck operation, stuck rekey, stopped agent and failed poll. The link opens the connector.",
        [("", f"(\n{trouble}\n)\n{join} {INFO}")], names, ["Time", "job", "instance", "operation"],
        {"Connector": [LINK], "Problem": colored(RED)}, height=8,
    ))
    found = found.with_panel(lanes(
        "Problems over time", "Connectors with a failed or stuck operation, a stuck rekey or a stopped agent.",
        [("{{connector_id}}", f"max by (account_id, connector_id) (\n  {FAILED} > bool 0\n  or {STUCK}\n  or {REKEY}\n  or 1 - {AGENT}\n)")],
        values(v0=("ok", GREEN), v1=("problem", RED)), span=24, height=9,
    ))
    found = found.with_row(sdk.Row("Operations and rekeys"))
    ratio = of(CONNECTOR, "failure_ratio")
    for panel in (
        graph("Worst failure ratio", "Highest share of failed operations of any connector, by window.", [("{{operation}} {{window}}", f"max by (operation, window) ({ratio})")], "percentunit", thresholds=steps(GREEN, (0.5, RED))),
        graph("Consecutive failures", "Most consecutive failures of any connector, by operation.", [("{{operation}}", f"max by (operation) ({FAILED})")], "short", thresholds=steps(GREEN, (3, RED))),
        graph("Tunnels by rekey phase", "Tunnels in each phase. Completed and installed are the normal phases.", [("{{phase}}", f"sum by (phase) ({of(CONNECTOR, 'rekey_phase')})")], "short", stacked=True),
        graph("Operation duration", "Time from start to finish.", quantiles("operation_duration_seconds_bucket", ACCOUNT, ", operation"), "s", span=12),
        graph("Rekey duration", "Time from RekeyStart to RekeyComplete.", quantiles("rekey_duration_seconds_bucket", ACCOUNT), "s", span=12),
        graph("Events by kind", "Counted events per second.", [("{{kind}}", f"sum by (kind) (rate({of(CONNECTOR, 'events_total')}[$__rate_interval]))")], "eps", span=24, stacked=True),
    ):
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("Connectors"))
    by = "by (account_id, connector_id)"
    age = lambda family: f"time() - max {by} ({of(CONNECTOR, family)})"  # noqa: E731
    queries = [
        ("", f"max by (account_id, connector_id, serial_number, device_type, site_id, version) ({INFO})"),
        ("", f"max {by} ({of(CONNECTOR, 'activated')})"), ("", f"max {by} ({AGENT})"), ("", f"sum {by} ({FAILED})"),
        ("", f"sum {by} ({STUCK})"), ("", f"sum {by} ({REKEY})"),
        ("", age("last_heartbeat_timestamp_seconds")), ("", age("last_successful_poll_timestamp_seconds")),
    ]
    names = {
        "connector_id": "Connector", "serial_number": "Serial number", "device_type": "Device", "site_id": "Site", "version": "Version",
        "Value #B": "Activated", "Value #C": "Agent", "Value #D": "Failures", "Value #E": "Stuck", "Value #F": "Rekeys stuck",
        "Value #G": "Heartbeat", "Value #H": "Polled", "account_id": "Account",
    }
    yes = [("mappings", [{"type": "value", "options": {"0": {"text": "no", "color": GREY}, "1": {"text": "yes", "color": GREEN}}}])]
    runs = [("mappings", [{"type": "value", "options": {"0": {"text": "down", "color": RED}, "1": {"text": "running", "color": GREEN}}}])]
    found = found.with_panel(rows(
        "All connectors", "Inventory and state of every connector. The link opens the connector.", queries, names, ["Time", "Value #A"],
        {"Connector": [LINK], "Activated": yes + colored(GREEN), "Agent": runs + colored(GREEN), "Failures": colored(GREEN, (1, RED)), "Stuck": colored(GREEN, (1, RED)),
         "Rekeys stuck": colored(GREEN, (1, RED)), "Heartbeat": [UNIT_AGE, *colored(GREEN, (1800, RED))], "Polled": [UNIT_AGE, *colored(GREEN, (300, RED))]},
        height=12, sort="Failures",
    ))
    return found


PHASES = ("installed", "started", "advanced", "completed", "reset")


def one():
    found = board(
        "magic-connector-one", "Connector",
        "One connector: its events, operations and tunnels, and the freshness of its data.", connector=False,
    )
    found = found.with_row(sdk.Row("Now"))
    attestation = of(CONNECTOR, "consecutive_failures", 'operation="attestation"')
    for title, description, expr, unit, mappings, colors in (
        ("Agent", "Running if the last Init is newer than the last Leave.", f"max({AGENT})", "short", values(v0=("down", RED), v1=("running", GREEN)), steps(RED, (1, GREEN))),
        ("Attestation", "Failed attestations since the last success.", f"max({attestation})", "short", values(v0=("passed", GREEN)), steps(GREEN, (1, RED))),
        ("Operations stuck", "Operations that are stuck in progress.", f"sum({STUCK})", "short", values(v0=("none", GREEN)), steps(GREEN, (1, RED))),
        ("Rekeys stuck", "Tunnels with a stuck rekey.", f"sum({REKEY})", "short", values(v0=("none", GREEN)), steps(GREEN, (1, RED))),
        ("Heartbeat", "Time since the last heartbeat to Cloudflare, as of the last discovery.", f"time() - max({of(CONNECTOR, 'last_heartbeat_timestamp_seconds')})", "s", None, steps(GREEN, (900, YELLOW), (1800, RED))),
        ("Last poll", "Time since the last complete poll.", f"time() - max({of(CONNECTOR, 'last_successful_poll_timestamp_seconds')})", "s", None, steps(GREEN, (180, YELLOW), (600, RED))),
    ):
        found = found.with_panel(tile(title, description, expr, colors, unit, mappings=mappings, decimals=0 if unit == "s" else None))
    names = {"serial_number": "Serial number", "device_type": "Device", "device_id": "Device id", "site_id": "Site", "version": "Version", "connector_id": "Connector", "account_id": "Account"}
    labels = "account_id, connector_id, device_id, serial_number, device_type, site_id, version"
    found = found.with_panel(rows("Inventory", "From the connector list.", [("", f"max by ({labels}) ({INFO})")], names, ["Time", "Value"], {}, height=4))
    found = found.with_row(sdk.Row("History"))
    found = found.with_panel(graph(
        "Events", "Counted events by kind. Annotations mark the last recorded event of a kind.",
        [("{{kind}}", f"sum by (kind) (increase({of(CONNECTOR, 'events_total')}[$__rate_interval]))")], "short", span=24, height=8, bars=True, stacked=True,
    ))
    progress = f"max by (operation) ({of(CONNECTOR, 'operation_in_progress')} + {STUCK})"
    found = found.with_panel(lanes(
        "Operations", "Idle, in progress, or stuck in progress.", [("{{operation}}", progress)],
        values(v0=("idle", GREY), v1=("in progress", BLUE), v2=("stuck", RED)), height=7,
    ))
    found = found.with_panel(lanes(
        "Failed since the last success", "Operations whose last run failed.", [("{{operation}}", f"max by (operation) ({FAILED} > bool 0)")],
        values(v0=("passed", GREEN), v1=("failed", RED)), height=7,
    ))
    colors = {"installed": GREEN, "started": BLUE, "advanced": YELLOW, "completed": GREEN, "reset": RED}
    phase = "\n  + ".join(
        f'{index} * max by (tunnel_id) ({of(CONNECTOR, "rekey_phase", f"phase=%s{name}%s" % (chr(34), chr(34)))})' for index, name in enumerate(PHASES)
    )
    found = found.with_panel(lanes(
        "Rekey phase by tunnel", "Phase of each tunnel's IPsec keys. In phase reset, the tunnel has no keys.", [("{{tunnel_id}}", phase)],
        values(**{f"v{index}": (name, colors[name]) for index, name in enumerate(PHASES)}), height=8,
    ))
    found = found.with_panel(lanes(
        "Stuck rekeys", "Tunnels in phase started, advanced or reset for too long.", [("{{tunnel_id}}", f"max by (tunnel_id) ({REKEY})")],
        values(v0=("ok", GREEN), v1=("stuck", RED)), height=8,
    ))
    found = found.with_row(sdk.Row("Durations and rates"))
    since = of(CONNECTOR, "rekey_phase_start_timestamp_seconds")
    for panel in (
        graph("Time in phase", "Time that each tunnel has been in its phase.", [("{{tunnel_id}}", f"time() - max by (tunnel_id) ({since})")], "s"),
        graph("Rekeys", "Completed rekeys and resets.", [
            ("completed", f"sum(increase({of(CONNECTOR, 'rekeys_completed_total')}[$__rate_interval]))"),
            ("reset", f"sum(increase({of(CONNECTOR, 'rekey_resets_total')}[$__rate_interval]))"),
        ], "short", bars=True),
        graph("Failure ratio", "Share of failed operations, by window.", [("{{operation}} {{window}}", f"max by (operation, window) ({of(CONNECTOR, 'failure_ratio')})")], "percentunit"),
        graph("Operation duration, account", "Time from start to finish, for comparison. Durations are recorded per account.", quantiles("operation_duration_seconds_bucket", ACCOUNT, ", operation"), "s", span=12),
        graph("Unclean restarts", "Agent starts without a preceding stop.", [("restarts", f"sum(increase({of(CONNECTOR, 'agent_unclean_restarts_total')}[$__rate_interval]))")], "short", span=12, bars=True),
    ):
        found = found.with_panel(panel)
    found = found.with_panel(rows(
        "Last event, by kind", "Time since the last event of each kind, and the number of counted events.",
        [("", f"time() - max by (kind) ({of(CONNECTOR, 'last_event_timestamp_seconds')})"), ("", f"sum by (kind) ({of(CONNECTOR, 'events_total')})")],
        {"kind": "Kind", "Value #A": "Last event", "Value #B": "Counted"}, ["Time"], {"Last event": [UNIT_AGE]}, height=12, sort="Counted",
    ))
    for name, color, kinds in (
        ("Failures", RED, "Finish.*Failure|HaError|RekeyReset|BlessSlotFailure"), ("Starts and stops", BLUE, "Init|Leave"), ("Upgrades", "purple", "StartUpgrade|FinishUpgradeSuccess"),
    ):
        expr = of(CONNECTOR, "last_event_timestamp_seconds", f'kind=~"{kinds}"')
        found = found.annotation(sdk.AnnotationQuery().name(name).datasource(SOURCE).icon_color(color).enable(True).expr(f"1000 * max by (kind) ({expr})"))
    return found


def exporter():
    found = board("magic-connector-exporter", "Exporter", "Health of the exporter: budget, API requests, errors, freshness, delivery delay, and its process.")
    own = lambda family, *more: f"{E}{family}{{{', '.join([INSTANCE, *more])}}}"  # noqa: E731
    process = lambda family: f"process_{family}{{{INSTANCE}}}"  # noqa: E731
    failures = own("poll_failures_total")
    age = f"max(time() - {of(ACCOUNT, 'last_successful_poll_timestamp_seconds')})"
    found = found.with_row(sdk.Row("Now"))
    for title, description, expr, unit, mappings, colors in (
        ("Scraped", "Up if the last scrape by Prometheus succeeded.", f"min(up{{{INSTANCE}}})", "short", values(v0=("down", RED), v1=("up", GREEN)), steps(RED, (1, GREEN))),
        ("Discovery", "Whether the last discovery succeeded.", f"min({of(ACCOUNT, 'discovery_success')})", "short", values(v0=("failing", RED), v1=("ok", GREEN)), steps(RED, (1, GREEN))),
        ("Polls failing", "Connectors whose last poll failed.", f"count({of(ACCOUNT, 'poll_success')} == 0) or vector(0)", "short", None, steps(GREEN, (1, RED))),
        ("Oldest data", "Longest time since a connector's last complete poll.", age, "s", None, steps(GREEN, (180, YELLOW), (600, RED))),
        ("Poll interval", "Interval in force; longer than configured if the budget requires it.", f"max({of(ACCOUNT, 'poll_interval_seconds')})", "s", None, steps(BLUE, (300, YELLOW))),
        ("Remaining budget", "Requests that may be sent immediately; 0 while rate limited.", f"min({own('api_budget_remaining')})", "short", None, steps(RED, (1, YELLOW), (100, GREEN))),
    ):
        found = found.with_panel(tile(title, description, expr, colors, unit, mappings=mappings, decimals=0))
    requests = own("api_requests_total")
    found = found.with_row(sdk.Row("Cloudflare API"))
    for panel in (
        graph("Requests by status", "API requests by HTTP status, or by the reason if there was no response.", [("{{status}}", f"sum by (status) (rate({requests}[$__rate_interval]))")], "reqps", stacked=True),
        graph("Requests by endpoint", "API requests by endpoint.", [("{{endpoint}}", f"sum by (endpoint) (rate({requests}[$__rate_interval]))")], "reqps", stacked=True),
        graph("Remaining budget", "Requests that may be sent immediately.", [("{{instance}}", f"min by (instance) ({own('api_budget_remaining')})")], "short"),
        graph("Request latency", "Median and 99th percentile.", [(legend, expr.replace(P + "api_", E + "api_")) for legend, expr in quantiles("api_request_duration_seconds_bucket", INSTANCE, ", endpoint")], "s", span=12),
        graph("Failed polls and discoveries", "Failures by reason.", [("{{reason}}", f"sum by (reason) (rate({failures}[$__rate_interval]))")], "ops", span=12, stacked=True),
    ):
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("Freshness and exactness"))
    for panel in (
        graph("Age of the data", "Longest time since a connector's last complete poll, and the alert's threshold of three intervals.", [
            ("{{account_id}}", f"max by (account_id) (time() - {of(ACCOUNT, 'last_successful_poll_timestamp_seconds')})"),
            ("{{account_id}} threshold", f"3 * max by (account_id) ({of(ACCOUNT, 'poll_interval_seconds')})"),
        ], "s"),
        graph("Watermark age", "Time since the end of the last window that was read completely.", [("{{account_id}}", f"max by (account_id) (time() - {of(ACCOUNT, 'events_complete_until_timestamp_seconds')})")], "s"),
        graph("Delivery delay", "Time from the recording of an event on the connector to its arrival at Cloudflare.", quantiles("event_delivery_delay_seconds_bucket", ACCOUNT), "s"),
        graph("Unusual events", "Duplicate, late, of unknown kind, or discarded.", [
            (text, f"sum(rate({own(family)}[$__rate_interval]))") for text, family in (
                ("duplicate", "duplicate_events_total"), ("late", "late_events_total"), ("unknown kind", "unknown_kind_events_total"), ("discarded", "discarded_events_total"))
        ], "eps", span=12),
        graph("Failed ledger writes", "Attempts to write the ledger that failed.", [("{{instance}}", f"sum by (instance) (increase({own('storage_write_failures_total')}[$__rate_interval]))")], "short", span=12),
    ):
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("Process"))
    for panel in (
        graph("Scrapes", "Scrapes by HTTP status.", [("{{code}}", f"sum by (code) (rate({own('scrapes_total')}[$__rate_interval]))")], "reqps", span=6),
        graph("CPU", "CPU time per second.", [("{{instance}}", f"sum by (instance) (rate({process('cpu_seconds_total')}[$__rate_interval]))")], "percentunit", span=6),
        graph("Memory", "Resident memory.", [("{{instance}}", f"max by (instance) ({process('resident_memory_bytes')})")], "bytes", span=6),
        graph("Descriptors", "Open file descriptors and their limit.", [
            ("open", f"max({process('open_fds')})"), ("limit", f"max({process('max_fds')})")], "short", span=6),
    ):
        found = found.with_panel(panel)
    return found


def text(found):
    model_json = json.loads(JSONEncoder(sort_keys=True).encode(found.build()))
    for annotation in model_json.get("annotations", {}).get("list", []):
        # The SDK lacks this option: the value is the time in milliseconds.
        annotation.update({"useValueForTime": True, "titleFormat": "{{kind}}", "step": "60s"})
    for index, panel in enumerate(model_json["panels"], 1):
        panel["id"] = index
    return json.dumps(model_json, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main():
    is_old = False
    for name, found in (("fleet", fleet()), ("connector", one()), ("exporter", exporter())):
        file, fresh = HERE / f"{name}.json", text(found)
        if "--check" in sys.argv:
            if not file.is_file() or file.read_text() != fresh:
                is_old = True
                print(f"dashboards: {file.name} is out of date; run make dashboards", file=sys.stderr)
        else:
            file.write_text(fresh)
    sys.exit(1 if is_old else 0)


main()
