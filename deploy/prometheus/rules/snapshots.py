# SPDX-License-Identifier: Apache-2.0
"""Snapshots: whether they arrive, and the high-availability states that they report.

The exporter ends all series of a snapshot that is too old, so instant selectors return no state of a silent connector. A
range also contains series that have ended, so each range is combined with a current series.
"""
from .builder import PREFIX, Rules, indent
from .reachability import ha_site, heartbeat_age, silent_when_listed

BOARD = "magic-connector-health"

# Seconds for which a restarted exporter may need to read the first snapshot of each connector.
FIRST_SNAPSHOTS = 7_200


def unread(r: Rules) -> str:
    """1 for a connector whose snapshot a restarted exporter has not read yet. Snapshots are not in the ledger."""
    started = f'max by ({r.target}) (process_start_time_seconds{{job="{r.values["job"]}"}})'
    return r.record(
        f"connector:{PREFIX}snapshot_unread:bool",
        r.lines(
            f"max by ({r.connector}) ({PREFIX}info)",
            f"and on ({r.account}) {PREFIX}snapshot_poll_interval_seconds",
            f"and on ({r.target}) time() - {started} < {FIRST_SNAPSHOTS}",
            f"unless on ({r.connector}) {PREFIX}last_successful_snapshot_poll_timestamp_seconds",
        ),
    )


def latch(r: Rules, level: str, name: str, expr: str) -> str:
    """Records an expression on snapshots, and keeps its last result until the exporter has read the next snapshot."""
    return r.latch(level, name, expr, f"({r.connector}) {unread(r)}")


def fallen(r: Rules, by: str, name: str, family: str, now: str = "", by_more_than: float = 0, rises: bool = False) -> str:
    """The value of a gauge before it fell, as long as the gauge is lower. With `rises`, the other way around.

    The rule keeps the value, because a range of days over all devices is expensive.
    """
    labels, level = f"{r.connector}, {by}", f"connector_{by}"
    record = r.last(level, name)
    best, over, sign = ("min", "<", "-") if rises else ("max", ">", "+")
    now = f"({best} by ({labels}) ({PREFIX}{family}){now}" + (f" {sign} {by_more_than})" if by_more_than else ")")
    before = f"{best} by ({labels}) ({best}_over_time({PREFIX}{family}[30m]))"
    return latch(r, level, name, f"{record} {over} {now}\nor {before} {over} {now}")


def lately(expr: str, labels: str, seconds: int) -> str:
    """A recorded trouble, unless it existed so many seconds ago too: it is then the normal state."""
    return f"{expr} unless on ({labels}) {expr} offset {seconds}s"


# High availability


def role(r: Rules) -> str:
    """1 for the state of each connector, with a label `state`."""
    return latch(r, "connector_state", "ha_role", f"max by ({r.connector}, state) ({PREFIX}ha_state == 1)")


def member(r: Rules) -> str:
    """1 for each connector of a high-availability site. Without the list of sites, the snapshot shows the site."""
    labels = f"{r.connector}, site_id"
    return latch(
        r,
        "connector_site_id",
        "ha_member",
        r.lines(
            ha_site(r),
            f'or max by ({labels}) ({PREFIX}snapshot_info{{site_id!=""}})',
            indent(f"unless on ({r.connector}) {PREFIX}site_info"),
        ),
    )


def present(r: Rules, members: str) -> str:
    """The members that are activated and online. The state of an offline connector is void."""
    offline = r.lines(f"{heartbeat_age(r)} > {r.limits['offline']}", r.both(silent_when_listed(r)))
    return r.lines(r.active(members), r.unless(f"(\n{indent(offline)}\n)"))


def site_role(r: Rules) -> str:
    """The time of the newest snapshot of each present member, with labels `site_id` and `state`."""
    family = "last_snapshot_timestamp_seconds"
    time = latch(r, "connector", family, f"max by ({r.connector}) ({PREFIX}{family})")
    joined = r.lines(
        f"{member(r)} * on ({r.connector}) group_left (state) {role(r)}",
        indent(f"* on ({r.connector}) group_left () {time}"),
    )
    return r.record(f"connector_site_id_state:{PREFIX}ha_snapshot_timestamp_seconds", present(r, joined))


def has_active_partner(r: Rules) -> str:
    """Connectors of sites with an active connector."""
    expr = f'max by ({r.connector}) ({member(r)} and on ({r.site}) {site_role(r)}{{state="active"}})'
    return r.record(f"connector:{PREFIX}ha_site_active:bool", expr)


def passive(r: Rules) -> str:
    """Connectors whose partner carries the traffic."""
    return r.record(
        f"connector:{PREFIX}ha_passive:bool",
        r.lines(
            f'max by ({r.connector}) ({role(r)}{{state="standby"}})',
            f'or max by ({r.connector}) ({role(r)}{{state=~"stopped|fault"}})',
            indent(r.both(has_active_partner(r))),
        ),
    )


def confirmed(r: Rules, name: str, condition: str) -> str:
    """A condition on a site that newer snapshots of all members confirm.

    The snapshots of two members are minutes apart, so each failover looks like no active connector, or like two.
    """
    condition = r.record(f"site:{PREFIX}{name}:bool", condition)
    since = f"site:{PREFIX}{name}_timestamp_seconds:last"
    newest, oldest = (f"{which} by ({r.site}) ({site_role(r)})" for which in ("max", "min"))
    r.record(since, f"{since} and on ({r.site}) {condition}\nor {newest} and on ({r.site}) {condition}")
    return r.lines(condition, r.both(f"{oldest} > {since} + 60", r.site))


def none_active(r: Rules) -> str:
    # One of two exporters may read no snapshots.
    silent = present(r, member(r)) + "\n" + r.unless(role(r), r.site.replace("site_id", "connector_id"))
    return r.lines(
        f'max by ({r.site}) ({site_role(r)}{{state=~"standby|stopped|fault"}}) > bool 0',
        r.unless(f'{site_role(r)}{{state!~"standby|stopped|fault"}}', r.site),
        r.unless(f"max by ({r.site}) (\n{indent(silent)}\n)", r.site),
        r.both(f"count by ({r.site}) (max by ({r.site}, connector_id) (\n{indent(r.active(member(r)))}\n)) >= 2", r.site),
    )


def high_availability(r: Rules) -> list[dict]:
    fault = f'max by ({r.connector}) ({role(r)}{{state="fault"}})'
    # The site is a label, so that an alert about the site can mute this one. `topk` selects one of two sites.
    site = f"topk by ({r.connector}) (1, {member(r)})"
    fault = f"(\n  {fault} * on ({r.connector}) group_left (site_id) {site}\n  or on ({r.connector}) {fault}\n)"
    two = f'count by ({r.site}) (max by ({r.site}, connector_id) ({site_role(r)}{{state="active"}})) > 1'
    changes = f'max by ({r.connector}) (changes({PREFIX}ha_state{{state="active"}}[30m])) > 0'
    summary, text = "A connector reports a high-availability fault.", "NAME is in the high-availability state fault."
    return [
        r.alert(
            "MagicConnectorHaFault",
            r.active(r.lines(fault, r.unless(has_active_partner(r)))),
            "critical",
            summary,
            f"{text} No other connector of its site is known to be active.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorHaFault",
            r.active(r.lines(fault, r.both(has_active_partner(r)))),
            "warning",
            summary,
            f"{text} The other connector of its site is active, and has no partner to take over.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorHaNoneActive",
            confirmed(r, "ha_none_active", none_active(r)),
            "critical",
            "A high-availability site has no active connector.",
            "SITE has no active connector, according to newer snapshots of all its connectors that are online.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorHaTwoActive",
            confirmed(r, "ha_two_active", two),
            "critical",
            "A high-availability site has more than one active connector.",
            "SITE has {{ $value }} active connectors, according to newer snapshots of all of them.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorHaFailover",
            r.active(latch(r, "connector", "ha_changes_30m", r.lines(changes, r.both(f"{PREFIX}ha_state")))),
            "info",
            "A connector gained or lost the active role of its site.",
            "NAME gained or lost the active role of its site in the last 30 minutes.",
        ),
    ]


def freshness(r: Rules) -> list[dict]:
    age = f"time() - max by ({r.connector}) ({PREFIX}last_snapshot_timestamp_seconds)"
    # The exporter ends the other series of an old snapshot. It knows the interval of the connector's snapshots.
    old = latch(r, "connector", "old_snapshot_age_seconds", r.lines(age, r.unless(f"{PREFIX}snapshot_info")))
    growth = r.growth(f"{PREFIX}snapshot_transmit_failures", "1h") + " > 0"
    return [
        r.alert(
            "MagicConnectorSnapshotOld",
            r.active(old),
            "warning",
            "The newest snapshot of a connector is too old.",
            "NAME recorded its newest snapshot {{ $value | humanizeDuration }} ago. The metrics of its snapshots have ended, and with them their alerts.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorSnapshotsNotSent",
            r.active(latch(r, "connector", "snapshot_transmit_failures_1h", growth)),
            "info",
            "A connector could not send some of its snapshots.",
            'NAME could not send {{ printf "%.0f" $value }} snapshot(s) in the last hour.',
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return freshness(r) + high_availability(r)
