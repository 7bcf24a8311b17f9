# SPDX-License-Identifier: Apache-2.0
"""Heartbeats, agents and high availability."""
from .builder import PREFIX, Rules, duration, indent


def heartbeat_age(r: Rules) -> str:
    return r.age("last_heartbeat_timestamp_seconds")


def listed_age(r: Rules) -> str:
    """The age of the heartbeat when the connectors were listed last.

    Old heartbeats of a list that is itself old mean nothing. A failed listing stops this age, and it ends no alert.
    """
    heartbeat = f"max by ({r.connector}) ({PREFIX}last_heartbeat_timestamp_seconds)"
    listing = f"max by ({r.account}) ({PREFIX}last_successful_discovery_timestamp_seconds)"
    recent = f"max by ({r.account}) (max_over_time({PREFIX}discovery_success[15m])) == 1"
    return r.latch(
        "connector",
        "listed_heartbeat_age_seconds",
        r.lines(
            f"0 - ({heartbeat} - on ({r.account}) group_left () {listing})",
            # An exporter that has not listed them yet.
            f"or time() - {heartbeat} and on ({r.account}) {recent}",
        ),
    )


def silent_when_listed(r: Rules) -> str:
    """Connectors without a recent heartbeat in the newest list: known one minute before they count as offline."""
    return f"{listed_age(r)} > {r.limits['offline'] * 3 // 5}"


def ha_site(r: Rules) -> str:
    labels = f"{r.connector}, site_id"
    return r.latch("connector_site_id", "ha_site", f'max by ({labels}) ({PREFIX}site_info{{ha_mode="true"}})')


def heartbeats(r: Rules) -> list[dict]:
    limit, old = r.limits["offline"], r.limits["heartbeat_old"]
    offline = r.lines(f"{heartbeat_age(r)} > {limit}", r.both(silent_when_listed(r)))
    alive = r.lines(
        f"max by ({r.site}) (",
        f"  {ha_site(r)}",
        indent(r.both(f"{heartbeat_age(r)} <= {limit}")),
        indent(r.unless(f"{r.state('activated')} == 0")),
        ")",
    )
    has_partner = r.lines(f"{ha_site(r)} * on ({r.site}) group_left ()", alive)
    text = "NAME sent its last heartbeat {{ $value | humanizeDuration }} ago."
    summary = "A connector is offline."
    return [
        r.alert(
            "MagicConnectorOffline",
            r.active(r.lines(offline, r.unless(has_partner))),
            "critical",
            summary,
            f"{text} No other connector of its site is known to be online.",
        ),
        r.alert(
            "MagicConnectorOffline",
            r.active(r.lines(offline, r.both(has_partner))),
            "warning",
            summary,
            f"{text} The other connector of its high-availability site is online.",
        ),
        r.alert(
            "MagicConnectorHeartbeatOld",
            r.active(r.lines(f"{heartbeat_age(r)} > {old}", r.both(f"{listed_age(r)} > {old * 3 // 5}"))),
            "warning",
            f"Cloudflare has received no heartbeat from a connector for {duration(old)}.",
            text,
            wait="5m",
        ),
    ]


def agents(r: Rules) -> list[dict]:
    restarts = r.grown("unclean_restarts_1h", f"{PREFIX}agent_unclean_restarts_total", "1h")
    return [
        r.alert(
            "MagicConnectorAgentDown",
            r.active(f"{r.state('agent_running')} == 0"),
            "critical",
            "The agent of a connector stopped and did not start again.",
            "NAME recorded a stop of its agent and no start since.",
            wait="10m",
        ),
        r.alert(
            "MagicConnectorCrashLoop",
            r.active(f"{restarts} >= {r.limits['unclean_restarts']}"),
            "warning",
            "The agent of a connector restarts repeatedly without a recorded stop.",
            'NAME started its agent {{ printf "%.0f" $value }} times in one hour without a recorded stop. Possible causes are crashes and power cuts.',
        ),
        r.alert(
            "MagicConnectorClockAhead",
            r.active(f"0 - {r.state('last_event_delivery_delay_seconds')} > {r.limits['clock_ahead']}"),
            "warning",
            "The clock of a connector is ahead.",
            "NAME dated its newest event {{ $value | humanizeDuration }} later than Cloudflare received it.",
        ),
    ]


def high_availability(r: Rules) -> list[dict]:
    transitions = r.grown("ha_transitions_1h", f'{PREFIX}events_total{{kind="HaTransition"}}', "1h")
    errors = r.latch("connector", "ha_errors_15m", f'max by ({r.connector}) (increase({PREFIX}events_total{{kind="HaError"}}[15m]))')
    members = r.lines(f"max by ({r.site}, connector_id) (", indent(r.active(ha_site(r))), ")")
    primaries = r.lines(
        f"sum by ({r.site}) (",
        f"  max by ({r.site}, connector_id) (",
        f"    {ha_site(r)} * on ({r.connector}) group_left () {r.state('primary')}",
        indent(r.unless(f"{r.state('activated')} == 0"), 4),
        "  )",
        ")",
    )
    return [
        r.alert(
            "MagicConnectorHaError",
            r.active(r.lines("(", f"  {errors} > 0", f"  or {r.event_age('HaError')} < 900", ")")),
            "warning",
            "A connector recorded a high-availability error.",
            "NAME recorded an HaError event in the last 15 minutes.",
        ),
        r.alert(
            "MagicConnectorHaFlapping",
            r.active(f"{transitions} >= {r.limits['ha_transitions']}"),
            "warning",
            "A connector changes its high-availability role repeatedly.",
            'NAME changed its role {{ printf "%.0f" $value }} times in one hour.',
        ),
        r.alert(
            "MagicConnectorHaPrimaries",
            r.lines(f"{primaries} != 1", r.both(f"count by ({r.site}) (\n{indent(members)}\n) >= 2", r.site)),
            "warning",
            "A high-availability site has no primary connector, or more than one.",
            "SITE has {{ $value }} primary connectors. Exactly one of its connectors must be primary.",
            wait="5m",
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return heartbeats(r) + agents(r) + high_availability(r)
