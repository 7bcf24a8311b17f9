# SPDX-License-Identifier: Apache-2.0
"""The tunnels of snapshots, except those of a connector whose partner carries the traffic."""
from .builder import PREFIX, Rules, duration
from .snapshots import fallen, lately, latch, passive

BOARD = "magic-connector-health"

# The usual latency follows the current one by this share in each evaluation, so that it takes about a day.
SHARE = 0.0005


def state(r: Rules, text: str) -> str:
    """1 for each tunnel in the state."""
    record = latch(
        r,
        "connector_tunnel_id_state",
        "tunnel_state",
        r.lines(f"max by ({r.connector}, tunnel_id, state) ({PREFIX}tunnel_health == 1)", r.unless(passive(r))),
    )
    return f'max by ({r.connector}, tunnel_id) ({record}{{state=~"{text}"}})'


def of_active(r: Rules, name: str, expr: str, current: str) -> str:
    """A latched condition on tunnels with a current series."""
    both = r.both(PREFIX + current, f"{r.connector}, tunnel_id")
    return latch(r, "connector_tunnel_id", name, r.lines(expr, both, r.unless(passive(r))))


def health(r: Rules) -> list[dict]:
    down, works = state(r, "down"), f"max by ({r.connector}) ({state(r, 'healthy|degraded')})"
    healthy = f"max by ({r.connector}) ({state(r, 'healthy')})"
    changes = f'max by ({r.connector}, tunnel_id) (changes({PREFIX}tunnel_health{{state="healthy"}}[1h]))'
    flapping = of_active(r, "tunnel_changes_1h", f"{changes} >= {r.limits['tunnel_changes']}", "tunnel_health")
    summary, text = "A tunnel of a connector is down.", "NAME: tunnel {{ $labels.tunnel_id }} is down."
    return [
        r.alert(
            "MagicConnectorAllTunnelsDown",
            r.active(r.lines(f"count by ({r.connector}) ({down})", r.unless(works))),
            "critical",
            "All tunnels of a connector are down.",
            "NAME has {{ $value }} tunnel(s) that are down, and no other tunnel that works. The connector itself is online and sends snapshots.",
            wait="1m",
        ),
        r.alert(
            "MagicConnectorTunnelDown",
            r.active(r.lines(down, r.unless(healthy))),
            "critical",
            summary,
            f"{text} No other tunnel of the connector is healthy.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorTunnelDown",
            r.active(r.lines(down, r.both(healthy))),
            "warning",
            summary,
            f"{text} Other tunnels of the connector are healthy.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorTunnelDegraded",
            r.active(state(r, "degraded")),
            "warning",
            "A tunnel of a connector is degraded.",
            "NAME: tunnel {{ $labels.tunnel_id }} has been degraded for 30 minutes.",
            wait="30m",
        ),
        r.alert(
            "MagicConnectorTunnelFlapping",
            r.active(flapping),
            "warning",
            "The health of a connector's tunnel changes repeatedly.",
            'NAME: tunnel {{ $labels.tunnel_id }} became healthy, or ceased to be healthy, {{ printf "%.0f" $value }} times in one hour.',
        ),
    ]


def usual_latency(r: Rules) -> str:
    """The moving average of a tunnel's latency."""
    record, now = r.last("connector_tunnel_id", "tunnel_usual_latency_seconds"), latency(r)
    # A sum without a previous result is empty.
    return latch(r, "connector_tunnel_id", "tunnel_usual_latency_seconds", f"{record} + {SHARE} * ({now} - {record})\nor {now}")


def latency(r: Rules) -> str:
    return f"max by ({r.connector}, tunnel_id) ({PREFIX}tunnel_latency_seconds)"


def quality(r: Rules) -> list[dict]:
    limits, labels = r.limits, f"{r.connector}, tunnel_id"
    pings = lambda matchers: f"sum by ({labels}) (avg_over_time({PREFIX}tunnel_recent_pings{matchers}[30m]))"
    unhealthy = '{result="unhealthy"}'
    loss = f"{pings(unhealthy)}\n  / {pings('')} > {limits['tunnel_loss']}"
    slow = r.lines(
        f"{latency(r)} > {limits['tunnel_latency_ratio']} * {usual_latency(r)}",
        r.both(f"{latency(r)} > {limits['tunnel_latency']}", labels),
    )
    mtu = fallen(r, "tunnel_id", "tunnel_mtu_before_bytes", "tunnel_mtu_bytes", by_more_than=limits["tunnel_mtu_shrunk"])
    nat = f'max by ({labels}) ({PREFIX}tunnel_nat_detection{{state=~"missing|stale"}} == 1)'
    return [
        r.alert(
            "MagicConnectorTunnelLosing",
            r.active(of_active(r, "tunnel_loss_30m", loss, "tunnel_recent_pings")),
            "warning",
            "A tunnel of a connector loses packets.",
            "NAME: {{ $value | humanizePercentage }} of the pings through tunnel {{ $labels.tunnel_id }} fail, on average over 30 minutes.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorTunnelSlow",
            r.active(of_active(r, "tunnel_slow_seconds", slow, "tunnel_latency_seconds")),
            "warning",
            "The latency of a connector's tunnel is much higher than usual.",
            "NAME: the round-trip time through tunnel {{ $labels.tunnel_id }} is {{ $value | humanizeDuration }}, "
            f"more than {limits['tunnel_latency_ratio']} times the usual one.",
            wait="30m",
        ),
        r.alert(
            "MagicConnectorTunnelMtuShrunk",
            r.active(r.lines(lately(mtu, labels, limits["change_forgotten"]), r.unless(passive(r)))),
            "warning",
            "The MTU of a connector's tunnel has shrunk.",
            f"NAME: tunnel {{{{ $labels.tunnel_id }}}} had an MTU of {{{{ $value }}}} bytes, and now has a lower one. The alert ends {duration(limits['change_forgotten'])} after the change.",
            wait="30m",
        ),
        r.alert(
            "MagicConnectorNatDetectionStale",
            r.active(of_active(r, "tunnel_nat_undetected", nat, "tunnel_nat_detection")),
            "info",
            "The NAT detection of a connector's tunnel has no current result.",
            "NAME: the NAT detection of tunnel {{ $labels.tunnel_id }} has had no current result for one hour.",
            wait="1h",
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return health(r) + quality(r)
