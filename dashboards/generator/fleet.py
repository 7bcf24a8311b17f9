# SPDX-License-Identifier: Apache-2.0
"""The dashboard Fleet: what is wrong now, and where."""
from grafana_foundation_sdk.builders import dashboard as sdk

from . import alerts, queries
from .board import board
from .panels import (
    AGO, BLUE, CYAN, GREEN, GREY, HA, HIDDEN, LINK, ORANGE, PHASES, PINK, PURPLE, RED, SECONDS, TIME, TO_HEALTH, YELLOW,
    bars, colored, graph, lanes, matched, rows, sites, states_of, steps, texts, tile, values, width,
)
from .queries import (
    ACCOUNT, CHOSEN, CONNECTOR, KEY, NAMES, OPERATIONS, SITES, SUCCESS, UP,
    before, chosen, counted, down, during, either, labelled, milliseconds, named, newest, of, offline, own, quantiles, ranked, unique, watched, worst,
)

FAILURES = newest("operation_consecutive_failures", by="operation")
STUCK = newest("operation_stuck", by="operation")
REKEY = newest("rekey_stuck", by="tunnel_id")
AGENT = newest("agent_running")
POLL = newest("poll_success")
SINCE_START = newest("operation_start_timestamp_seconds", by="operation")
DOWN = down(" == 1")
FAULT = newest("ha_state", 'state="fault"')
SNAPSHOT = newest("last_snapshot_timestamp_seconds")
# The newest snapshot of connectors that have a heartbeat, but whose snapshots are too old to be shown.
ENDED = f"{SNAPSHOT}\n  unless on ({KEY}) {newest('snapshot_info')}\n  unless on ({KEY}) ({offline()}) == 1"

def tiles():
    zero, warn = steps(GREEN, (1, RED)), steps(GREEN, (1, ORANGE))
    attestation = newest("operation_consecutive_failures", 'operation="attestation"')
    others = newest("operation_consecutive_failures", 'operation!="attestation"', by="operation")
    dead = f"({watched(offline())})\n  * on ({KEY}) group_left (site_id) {SITES}"
    # A shard lists only its own connectors, so shards are added, but the exporters of a pair are not.
    shard = f'count_values by (job, instance) ("shard", {own("shard_ordinal")})'
    missing = f"{of(ACCOUNT, 'connectors_missing')}\n  * on (job, instance) group_left (shard) {shard}"
    alive = f"0 * count({of(ACCOUNT, 'connectors')})"
    tunnels = watched(of(CONNECTOR, "tunnel_health"))
    degraded = newest("tunnel_health", 'state="degraded"', by="tunnel_id")
    ended = f"count({watched(ENDED)})"
    for title, description, expr, colors in (
        ("Connectors", "Connectors in the list of Cloudflare.", f"count(max by ({KEY}) ({CHOSEN}))", steps(BLUE)),
        ("Offline", "Activated connectors without a heartbeat for more than 5 minutes.", f"sum({watched(offline())})", zero),
        ("Sites offline", "Sites whose connectors are all offline.", f"sum(min by (account_id, site_id) ({dead}))", zero),
        ("Tunnels down", "Tunnels that are down, as the connectors see them. Connectors in standby count none.", f"sum({watched(down())}) or 0 * count({tunnels})", zero),
        ("Tunnels degraded", "Tunnels that work, but badly.", f"sum({watched(degraded)})", warn),
        ("HA faults", "Connectors whose high availability has the state fault.", f"sum({watched(FAULT)})", zero),
        ("Agents stopped", "Connectors whose agent stopped and did not start again.", f"sum({watched(f'{AGENT} == bool 0')})", zero),
        ("Attestations failed", "Connectors whose last attestation failed.", f"sum({watched(f'{attestation} > bool 0')})", zero),
        ("Rekeys stuck", "Tunnels with a stuck rekey.", f"sum({watched(REKEY)})", zero),
        ("Operations stuck", "Attestations, rotations and upgrades that are stuck in progress.", f"sum({watched(STUCK)})", zero),
        ("Operations failed", "Rotations and upgrades whose last run failed.", f"sum({watched(f'{others} > bool 0')})", warn),
        ("Connectors missing", "Known connectors that the newest list of Cloudflare does not contain.", f"sum(max by (account_id, shard) ({missing}))", warn),
        ("Snapshots old", "Connectors with a heartbeat whose newest snapshot is too old to be shown.", f"{ended} or 0 * count({SNAPSHOT})", warn),
        ("Alerts firing", "Firing alerts. The number is 0 if Prometheus does not evaluate the alerts.", f"count({alerts.firing()}) or {alive}", steps(GREY, (1, RED))),
    ):
        yield tile(title, description, expr, colors, span=3)
    yield tile(
        "Exporters", "Whether Prometheus can scrape every exporter. All other panels are empty if it cannot.", f"min({UP})", steps(RED, (1, GREEN)),
        span=3, mappings=values(v0=("down", RED), v1=("up", GREEN)),
    )
    age = f"time() - max({of(ACCOUNT, 'last_successful_poll_timestamp_seconds')})"
    yield tile("Age of newest data", "Time since the newest complete poll of any connector.", age, steps(GREEN, (180, YELLOW), (600, RED)), "s", span=3, decimals=0)


def lost():
    gone = watched(f"{newest('last_heartbeat_timestamp_seconds')} < time() - 300")
    alone = f"min by (account_id, site_id) (({offline()})\n  * on ({KEY}) group_left (site_id) {SITES})"
    partner = f"({SITES}) * on (account_id, site_id) group_left () ({alone})"
    names = {"site_name": "Site", "serial_number": "Serial number", "Value #A": "Last heartbeat", "Value #B": "Offline since", "Value #C": "Site state", "version": "Version", "connector_id": "Connector", "account_id": "Account"}
    return rows(
        "Offline connectors", "Activated connectors without a heartbeat for more than 5 minutes, the longest first. Empty if the tile Offline is 0.",
        [("", milliseconds(named(gone, NAMES + ", version"))), ("", milliseconds(gone)), ("", f"max by ({KEY}) ({partner})\n  and on ({KEY}) ({gone})")],
        names, ["Time", "site_id"],
        {"Serial number": [LINK], **HIDDEN, "Last heartbeat": [TIME, width(170)], "Offline since": [AGO, *colored(RED)],
         "Site state": texts(v0=("partner online", ORANGE), v1=("offline", RED)) + colored(GREY)},
        span=10, height=14, sort="Offline since", descending=False,
    )


def trouble():
    """Returns one series for each problem of a connector, with a label `problem`."""
    return [
        labelled(f"{FAILURES} > 0", "$1 failed", "operation", "(.*)"), labelled(f"{STUCK} == 1", "$1 stuck", "operation", "(.*)"),
        labelled(f"{REKEY} == 1", "rekey stuck"), labelled(f"({AGENT} == bool 0) == 1", "agent stopped"),
        labelled(f"({offline()}) == 1", "offline"), labelled(f"({POLL} == bool 0) == 1", "poll failed"),
        labelled(f"({DOWN})", "tunnel down"), labelled(f"{FAULT} == 1", "HA fault"),
        labelled(f"(1 + 0 * ({ENDED}))", "snapshot old"),
    ]


def problems():
    good = either(*(
        f'label_replace({newest("last_event_timestamp_seconds", f"kind=%s{SUCCESS[operation]}%s" % (chr(34), chr(34)))}, "operation", "{operation}", "", "")'
        for operation in OPERATIONS
    ))
    failed = f"{FAILURES} > 0"
    on = f"on ({KEY}, operation)"
    since = [
        labelled(f"({good} and {on} ({failed}))", "$1 failed", "operation", "(.*)"),
        labelled(f"({SINCE_START} and {on} ({failed}) unless {on} {good})", "$1 failed", "operation", "(.*)"),
        labelled(f"({SINCE_START} and {on} {STUCK} == 1)", "$1 stuck", "operation", "(.*)"),
        labelled(f"({newest('rekey_phase_start_timestamp_seconds', by='tunnel_id')} and {REKEY} == 1)", "rekey stuck"),
        labelled(f"({newest('last_event_timestamp_seconds', 'kind=%sLeave%s' % (chr(34), chr(34)))} and {AGENT} == 0)", "agent stopped"),
        labelled(f"({newest('last_heartbeat_timestamp_seconds')} < time() - 300)", "offline"),
        labelled(f"({newest('last_successful_poll_timestamp_seconds')} and {POLL} == 0)", "poll failed"),
        labelled(f"({before('tunnel_health', 'down', by='tunnel_id')} and ({DOWN}))", "tunnel down"),
        labelled(f"({before('ha_state', 'fault')} and {FAULT} == 1)", "HA fault"), labelled(f"({ENDED})", "snapshot old"),
    ]
    names = {"site_name": "Site", "serial_number": "Serial number", "problem": "Problem", "Value #B": "Good until", "Value #C": "Problem for",
             "Value #A": "Count", "tunnel_id": "Tunnel", "version": "Version", "connector_id": "Connector", "account_id": "Account"}
    first = watched(either(*since))
    return rows(
        "Problems", "One row per failed or stuck operation, stuck rekey, tunnel that is down, HA fault, old snapshot, stopped agent, missing heartbeat and "
        "failed poll. A failed operation was good until its last success; a stuck one until it started. Tunnels and HA are searched for one day. Count is the number of failures in a row. Empty if the tiles are 0.",
        [("", named(watched(either(*trouble())), NAMES + ", version")), ("", milliseconds(first)), ("", f"time() - ({first})")],
        names, ["Time", "operation"],
        {"Serial number": [LINK], **HIDDEN, "Problem": colored(RED), "Good until": [TIME, width(170)], "Problem for": [SECONDS], "Count": [width(80)], "Tunnel": [width(110)]},
        span=14, height=14, sort="Good until",
    )


def state():
    """Returns 0 for each connector without a problem, and the number of its worst problem for the others.

    Only series with a problem reach label_replace, because there are thousands of others.
    """
    return watched(f"max by ({KEY}) " + either(
        f"0 * {POLL}", labelled(f"clamp_max({FAILURES} > 0, 1)", "failed"), labelled(f"2 * ({STUCK} == 1)", "stuck"), labelled(f"2 * ({REKEY} == 1)", "rekey"),
        labelled(f"3 * ({DOWN})", "tunnel"), labelled(f"4 * ({FAULT} == 1)", "HA"),
        labelled(f"5 + ({AGENT} == 0)", "agent"), labelled(f"6 + 0 * ({offline('>')})", "offline"),
    ))


def timeline():
    return lanes(
        "Problems over time", "The 18 connectors that had problems for the longest time in the displayed range, and no others.",
        [("{{site_name}} {{serial_number}}", named(worst(18, state(), "sum_over_time")))],
        values(v0=("ok", GREEN), v1=("failed", ORANGE), v2=("stuck", YELLOW), v3=("tunnel down", CYAN), v4=("HA fault", PINK), v5=("agent stopped", PURPLE), v6=("offline", RED)), span=24, height=12, interval="1m",
    )


def places():
    """Yields the map of the sites, and the versions of the connectors."""
    place = unique("site_id, latitude, longitude", of(CONNECTOR, "site_location_info"))
    by = "account_id, site_id, latitude, longitude"
    at = lambda expr: f"({expr}) * on ({KEY}) group_left (site_id, latitude, longitude) {place}"  # noqa: E731
    wrong = f"({state()}) > bool 0"
    gone = watched(offline())
    level = f"max by ({by}) ({at(wrong)})\n+ max by ({by}) ({at(gone)})\n+ min by ({by}) ({at(gone)})"
    site = unique("site_name", CHOSEN, key="account_id, site_id")
    yield sites(
        "Sites", "The sites with a place, by their state.", f"({level})\n* on (account_id, site_id) group_left (site_name) {site}",
        values(v0=("ok", GREEN), v1=("problem", YELLOW), v2=("one offline", ORANGE), v3=("offline", RED)), steps(GREEN, (1, YELLOW), (2, ORANGE), (3, RED)), span=10, height=12,
    )
    yield graph(
        "Versions", "Connectors by version.", [("{{version}}", f"count by (version) ({unique('version', CHOSEN)})")], "short",
        span=7, height=12, stacked=True, calcs=("lastNotNull",),
    )
    finished = lambda outcome: counted(of(CONNECTOR, "events_total", f'kind="FinishUpgrade{outcome}"'), KEY, bridge="1d", ahead=True)  # noqa: E731
    yield bars(
        "Upgrades per day", "Finished upgrades of the last 14 days, by outcome.",
        [(name, f"sum({during(finished(outcome), '1d] offset -$__interval')})") for name, outcome in (("succeeded", "Success"), ("failed", "Failure"))],
        span=7, height=12, interval="1d", points=15, since="14d", ahead=True, colors={"succeeded": GREEN, "failed": RED},
    )


def trends():
    finishes = lambda *more: watched(newest("operation_finishes", *more, by="operation, outcome, window"))  # noqa: E731
    failed = finishes('outcome="failure"')
    ratio = f"sum by (operation, window) ({failed})\n  / (sum by (operation, window) ({finishes()}) > 0)"
    longest = worst(8, watched(FAILURES))
    kinds = f"sum by (kind) ({during(counted(of(CONNECTOR, 'events_total'), KEY + ', kind'))}) > 0"
    yield graph("Failure ratio", "Share of finished operations that failed, over all connectors, by window.", [("{{operation}} {{window}}", ratio)], "percentunit", thresholds=steps(GREEN, (0.5, RED)), interval="5m")
    yield graph("Failures in a row", "The 8 connectors with the most failures in a row in the displayed range.", [("{{site_name}} {{serial_number}} {{operation}}", named(longest))], "short", thresholds=steps(GREEN, (3, RED)))
    yield graph("Tunnels by rekey phase", "Completed and installed are the normal phases.", [("{{phase}}", f"sum by (phase) ({chosen(newest('rekey_phase', by='tunnel_id, phase'))})")], "short", stacked=True, colors=PHASES)
    yield graph("Operation duration", "Time from start to finish.", quantiles("operation_duration_seconds", ACCOUNT, ", operation"), "s", log=True, span=8)
    yield graph("Rekey duration", "Time from RekeyStart to RekeyComplete.", quantiles("rekey_duration_seconds", ACCOUNT), "s", span=8)
    restarts = during(counted(of(CONNECTOR, "agent_unclean_restarts_total"), KEY))
    yield bars("Unclean restarts", "Agent starts without a preceding stop.", [("restarts", f"sum({restarts})")], span=8)
    yield bars("Events by kind", "Events by the time at which they were counted. Each event is in exactly one bar.", [("{{kind}}", kinds)], span=24, height=10, points=72, right=True)


def inventory():
    by = f"by ({KEY})"
    age = lambda family: f"time() - {newest(family)}"  # noqa: E731
    labels = "serial_number, site_name, device_type, version"
    role = f"max by ({KEY}, role) ({of(CONNECTOR, 'site_info')})"
    tunnels = lambda matcher, name: f"""count_values by ({KEY}) ("{name}", sum by ({KEY}) (max by ({KEY}, tunnel_id) ({of(CONNECTOR, 'tunnel_health', matcher)})))"""  # noqa: E731
    share = f"""{tunnels('state="healthy"', 'healthy')}\n  * on ({KEY}) group_left (total) {tunnels('', 'total')}"""
    share = f"""max by ({KEY}, tunnels) (label_join({share}, "tunnels", "/", "healthy", "total"))"""
    found = [
        unique(labels, CHOSEN), newest("activated"), AGENT, f"sum {by} ({FAILURES})", f"sum {by} ({STUCK})", f"sum {by} ({REKEY})",
        age("last_heartbeat_timestamp_seconds"), age("last_successful_poll_timestamp_seconds"), role, share, ranked("ha_state", queries.HA), f"time() - {SNAPSHOT}",
    ]
    names = {
        "site_name": "Site", "role": "Role", "serial_number": "Serial number", "device_type": "Device", "version": "Version",
        "Value #B": "Activated", "Value #C": "Agent", "Value #D": "Failures", "Value #E": "Stuck", "Value #F": "Rekeys stuck",
        "tunnels": "Tunnels", "Value #K": "HA", "Value #G": "Heartbeat", "Value #H": "Polled", "Value #L": "Snapshot age", "connector_id": "Connector", "account_id": "Account",
    }
    bad = colored(GREEN, (1, RED))
    return rows(
        "All connectors", "Inventory and state of every connector. Tunnels are the healthy ones and all. The links open the connector and its health.",
        [("", chosen(query)) for query in found], names, ["Time", "Value #A", "Value #I", "Value #J"],
        {"Serial number": [LINK], **HIDDEN, "Activated": texts(v0=("no", GREY), v1=("yes", GREEN)) + colored(GREEN),
         "Agent": texts(v0=("stopped", RED), v1=("running", GREEN)) + colored(GREEN), "Failures": bad, "Stuck": bad, "Rekeys stuck": bad,
         "Heartbeat": [SECONDS, *colored(GREEN, (300, RED))], "Polled": [SECONDS, *colored(GREEN, (300, YELLOW), (600, RED))],
         "Tunnels": [TO_HEALTH, *matched((r"^(\d+)/\1$", GREEN), (r"^0/.*$", RED), (r"^.*$", ORANGE))], "HA": states_of(HA),
         "Snapshot age": [SECONDS, *colored(GREEN, (1200, YELLOW), (3600, RED))]},
        height=14, sort="Failures",
    )


def fleet():
    found = board(
        "magic-connector-fleet", "Fleet", "Who is offline, what is wrong and since when, which alerts fire, and whether the data is alive.",
        connector="several",
    )
    found = found.with_row(sdk.Row("Now"))
    for panel in (*tiles(), alerts.table(), lost(), problems(), timeline()):
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("Sites and versions"))
    for panel in places():
        found = found.with_panel(panel)
    found = found.with_row(sdk.Row("Trends"))
    for panel in trends():
        found = found.with_panel(panel)
    return found.with_row(sdk.Row("Connectors")).with_panel(inventory())
