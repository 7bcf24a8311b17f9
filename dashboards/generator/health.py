# SPDX-License-Identifier: Apache-2.0
"""The dashboard Connector health: the newest snapshot of one connector, and the high availability of its site."""
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.models import dashboard as model

from . import alerts, machine, queries
from .board import board
from .connector import note, quoted
from .panels import (
    BLUE, GREEN, GREY, HA, HIDDEN, LINK, NAT, ORANGE, RED, SECONDS, TUNNEL, YELLOW, colored, graph, lanes, numbered, rows, states_of, steps, tile, width,
)
from .queries import ACCOUNT, CONNECTOR, KEY, SLOW, down, either, named, newest, of, ranked, speed, unique

# The network device of each tunnel.
DEVICE = unique("device", of(CONNECTOR, "tunnel_info"), key=f"{KEY}, tunnel_id")
HEALTH = ranked("tunnel_health", queries.TUNNEL, by="tunnel_id")
AGE = f"time() - {newest('last_snapshot_timestamp_seconds')}"
OLD = steps(GREEN, (1200, YELLOW), (3600, RED))


def tunnel(expr):
    """Returns series of tunnels with their network device as a label."""
    return f"({expr})\n  * on ({KEY}, tunnel_id) group_left (device) {DEVICE}"


def unhealthy():
    pings = lambda *more: newest("tunnel_recent_pings", *more, by="tunnel_id, result")  # noqa: E731
    lost = pings(quoted("result", "unhealthy"))
    return f"sum by ({KEY}, tunnel_id) ({lost})\n  / (sum by ({KEY}, tunnel_id) ({pings()}) > 0)"


def tiles():
    zero = steps(GREEN, (1, RED))
    degraded = newest("tunnel_health", quoted("state", "degraded"), by="tunnel_id")
    firing = f"""count(max by ({alerts.ABOUT}) (ALERTS{{{CONNECTOR}, alertname=~"MagicConnector.+", alertstate="firing"}})) or 0 * count({of(CONNECTOR, 'info')})"""
    fullest = f"1 - min({machine.free('filesystem_avail_bytes', 'filesystem_size_bytes', writable=True)})"
    worst = f"min({newest('network_health_ratio', by='device')} and {newest('network_up', by='device')} == 1)"
    uptime = f"time() - {newest('boot_time_seconds')}"
    for title, description, expr, unit, mappings, colors in (
        ("Tunnels down", "Tunnels that are down, as the connector sees them. A connector in standby counts none.", f"sum({down()}) or 0 * count({of(CONNECTOR, 'tunnel_health')})", "short", None, zero),
        ("Tunnels degraded", "Tunnels that work, but badly.", f"sum({degraded})", "short", None, steps(GREEN, (1, ORANGE))),
        ("HA state", "Disabled on a connector without high availability.", ranked("ha_state", queries.HA), "short", numbered(HA), steps(GREY)),
        ("Ports without link", "Ports that are down now, and were up in the last day.", f"sum({machine.lost()})", "short", None, zero),
        ("Age of the snapshot", "Time since the connector recorded its newest snapshot. If it is too old, all other panels are empty.", AGE, "s", None, OLD),
        ("Uptime", "Time since the boot.", uptime, "s", None, steps(YELLOW, (3600, GREEN))),
        ("CPU load per core", "Load average over 1 minute, divided by the cores. Above 100%, processes wait.", machine.load("load1"), "percentunit", None, steps(GREEN, (0.7, YELLOW), (1, RED))),
        ("Memory used", "Memory that new programs could not get without swapping.", machine.memory(), "percentunit", None, steps(GREEN, (0.8, YELLOW), (0.9, RED))),
        ("Fullest filesystem", "Used space of the fullest filesystem that is writable.", fullest, "percentunit", None, steps(GREEN, (0.8, YELLOW), (0.9, RED))),
        ("Temperature margin", "How far the hottest sensor is below its critical temperature. Virtual connectors have no sensors.", f"min({machine.margin()})", "celsius", None, steps(RED, (10, YELLOW), (20, GREEN))),
        ("Worst port", "Lowest health score of the ports with a link, as Cloudflare aggregates it.", worst, "percentunit", None, steps(RED, (0.5, YELLOW), (0.9, GREEN))),
        ("Alerts firing", "Firing alerts about this connector. The number is 0 if Prometheus does not evaluate the alerts.", firing, "short", None, steps(GREY, (1, RED))),
    ):
        yield tile(title, description, expr, colors, unit, mappings=mappings, decimals=0 if unit in ("s", "celsius") else None)


def inventory():
    names = {
        "site_name": "Site", "serial_number": "Serial number", "role": "Role", "ha_mode": "HA mode", "platform": "Platform", "version": "Version",
        "Value #D": "Cores", "Value #E": "Memory", "account_id": "Account", "connector_id": "Connector",
    }
    found = [
        unique("site_name, serial_number", of(CONNECTOR, "info")), f"max by ({KEY}, role, ha_mode) ({of(CONNECTOR, 'site_info')})",
        unique("platform, version", of(CONNECTOR, "snapshot_info")), newest("cpus"), newest("memory_total_bytes"),
    ]
    return rows(
        "Inventory", "From the lists of connectors and sites, and from the newest snapshot. The link opens the events of the connector.", [("", query) for query in found],
        names, ["Time", "Value #A", "Value #B", "Value #C"], {"Serial number": [LINK], "Memory": [("unit", "bytes")], **HIDDEN}, span=10, height=5,
    )


def tunnels():
    names = {
        "device": "Device", "tunnel_id": "Tunnel", "Value #A": "Health", "Value #B": "Latency", "Value #C": "Jitter", "Value #D": "MTU",
        "Value #E": "Unhealthy pings", "Value #F": "NAT detection", "Value #G": "Received", "Value #H": "Sent",
    }
    traffic = lambda way: f"{DEVICE}\n  * on ({KEY}, device) group_left () (8 * {speed(f'network_{way}_bytes_total', by='device')})"  # noqa: E731
    found = [
        tunnel(HEALTH), newest("tunnel_latency_seconds", by="tunnel_id"), newest("tunnel_jitter_seconds", by="tunnel_id"), newest("tunnel_mtu_bytes", by="tunnel_id"),
        unhealthy(), ranked("tunnel_nat_detection", queries.NAT, by="tunnel_id"), traffic("receive"), traffic("transmit"),
    ]
    seconds, rate = [SECONDS], [("unit", "bps")]
    yield rows(
        "Tunnels", "The newest snapshot of each tunnel. Latency is the median round-trip time, jitter its variation. The window of the pings is not documented.",
        [("", query) for query in found], names, ["Time", "account_id", "connector_id"],
        {"Device": [width(110)], "Health": states_of(TUNNEL), "Latency": seconds, "Jitter": seconds, "MTU": [("unit", "none")],
         "Unhealthy pings": [("unit", "percentunit"), *colored(GREEN, (0.02, YELLOW), (0.05, RED))], "NAT detection": states_of(NAT), "Received": rate, "Sent": rate},
        height=6, sort="Health", interval=SLOW,
    )
    yield lanes("Health of the tunnels", "As the connector sees them. Cloudflare's own view can differ.", [("{{device}}", tunnel(HEALTH))], numbered(TUNNEL), height=8)
    yield graph("Unhealthy pings", "Share of the recent pings through each tunnel that failed.", [("{{device}}", tunnel(unhealthy()))], "percentunit", span=12, thresholds=steps(GREEN, (0.05, RED)))
    yield graph("Latency", "Median round-trip time through each tunnel.", [("{{device}}", tunnel(newest("tunnel_latency_seconds", by="tunnel_id")))], "s")
    yield graph("Jitter", "Variation of the round-trip time through each tunnel.", [("{{device}}", tunnel(newest("tunnel_jitter_seconds", by="tunnel_id")))], "s")
    yield graph(
        "Traffic of the tunnels", "Bits per second of the network device of each tunnel.",
        [("{{device}} received", traffic("receive")), ("{{device}} sent", traffic("transmit"))], "bps", interval=SLOW,
    )


def availability():
    # The other connector of a site has the same site_id. Connectors without a site have an empty one.
    site = f"""{of(ACCOUNT, 'info', 'site_id!=""')} and on (account_id, site_id) {of(CONNECTOR, 'info')}"""
    pair = either(site, of(CONNECTOR, "info"))
    of_site = lambda expr: named(f"{expr}\n  and on ({KEY}) {pair}", selector=of(ACCOUNT, "info"))  # noqa: E731
    healthy = f"""sum by ({KEY}) (max by ({KEY}, tunnel_id) ({of(ACCOUNT, 'tunnel_health', 'state=~"healthy|degraded"')}))"""
    name = "{{site_name}} {{serial_number}}"
    yield lanes("HA state of the site", "The state of all connectors of the site. Exactly one must be active.", [(name, of_site(ranked("ha_state", queries.HA, scope=ACCOUNT)))], numbered(HA), height=6)
    yield graph("Tunnels that work", "Healthy and degraded tunnels of all connectors of the site.", [(name, of_site(healthy))], "short", span=12, height=6, calcs=("lastNotNull", "min"))


def snapshots():
    failures = [(name, newest(family)) for name, family in (("not recorded", "snapshot_record_failures"), ("not sent", "snapshot_transmit_failures"))]
    yield graph("Age of the newest snapshot", "Time since the connector recorded it. Other series end if it is older than three intervals and 15 minutes.", [("age", AGE)], "s", span=12)
    yield graph("Failed snapshots", "Snapshots that the connector could not record or send. An increase is a problem; Cloudflare does not document since when they count.", failures, "short", span=12)


def health():
    found = board(
        "magic-connector-health", "Connector health",
        "The newest snapshot of one connector: tunnels, high availability, ports, CPU, memory, disks and temperatures.", connector="one of a site",
    )
    # The minimum step of each panel with a rate. Grafana makes $__rate_interval four times as long.
    chosen = model.VariableOption(selected=True, text="5m", value="5m")
    found = found.with_variable(sdk.IntervalVariable(SLOW[1:]).label("Snapshot interval").values("1m,2m,5m,10m,15m,30m,1h").current(chosen))
    for title, panels in (
        ("Now", (*tiles(), alerts.of_connector(span=14), inventory())), ("Tunnels", tunnels()), ("High availability", availability()), ("Network", machine.network()),
        ("System", machine.system()), ("Storage", machine.storage()), ("Temperatures", machine.temperatures()), ("DHCP and routes", machine.leases()),
        ("Protocols", machine.protocols()), ("Snapshots", snapshots()),
    ):
        found = found.with_row(sdk.Row(title))
        for panel in panels:
            found = found.with_panel(panel)
    for title, color, kinds in (("HA transitions", ORANGE, "HaTransition|HaError"), ("Starts", BLUE, "Init")):
        expr = of(CONNECTOR, "last_event_timestamp_seconds", quoted("kind", kinds, "=~"))
        found = found.annotation(note(title, color, f"1000 * max by (kind) ({expr})"))
    alert = f'ALERTS{{{CONNECTOR}, alertname=~"MagicConnector.+", alertstate="firing"}}'
    return found.annotation(note("Alerts", RED, f"max by (alertname) ({alert})"))
