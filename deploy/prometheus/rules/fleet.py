# SPDX-License-Identifier: Apache-2.0
"""Problems of many connectors of an account at once, whose cause is probably not at the connectors.

Each of these alerts is true before the alerts on single connectors that it mutes, so Alertmanager sends none of those.
"""
from . import attestation, polling, reachability, tunnels
from .builder import PREFIX, Rules, duration, indent, snake


def alerts(r: Rules) -> list[dict]:
    stuck = r.lines(f"{r.state('operation_stuck', 'operation')} == 1", f"or {r.state('rekey_stuck', 'tunnel_id')} == 1")
    not_polled = r.lines(
        f"{r.state('poll_success')} == 0",
        f"or {polling.poll_age(r)} > {polling.intervals(r, 2)}",
    )
    lost = polling.lost(r)
    connectors = r.account_state("connectors")
    alerts = []
    for name, condition, summary, description, wait in (
        (
            "AttestationFailing",
            f"{attestation.failures(r)} > 0",
            "Many connectors of an account fail their attestation.",
            "{{ $value }} connectors of account {{ $labels.account_id }} failed their last attestation. The cause is probably a release, or at Cloudflare.",
            "",
        ),
        (
            "Offline",
            reachability.silent_when_listed(r),
            "Many connectors of an account are offline.",
            "Cloudflare receives no heartbeat from {{ $value }} connectors of account {{ $labels.account_id }}. The cause is probably a shared network, or at Cloudflare.",
            "",
        ),
        (
            "Stuck",
            stuck,
            "Many connectors of an account have a stuck operation or rekey.",
            "{{ $value }} connectors of account {{ $labels.account_id }} have a stuck operation or rekey. The cause is probably a release, or at Cloudflare.",
            "",
        ),
        (
            "TunnelsDown",
            tunnels.state(r, "down"),
            "Many connectors of an account have tunnels that are down.",
            "{{ $value }} connectors of account {{ $labels.account_id }} have at least one tunnel that is down. The cause is probably a shared network, or at Cloudflare.",
            "1m",
        ),
        (
            "NotPolled",
            not_polled,
            "Many connectors of an account cannot be polled.",
            "Polls of {{ $value }} connectors of account {{ $labels.account_id }} fail. Their alerts keep their last state, and new ones cannot fire. The log and exporter_poll_failures_total show the reason.",
            "5m",
        ),
        (
            "EventsDelayed",
            f"{polling.delay(r)} > {r.limits['delivery_delay']}",
            "Events of many connectors of an account arrive late.",
            f"The newest events of {{{{ $value }}}} connectors of account {{{{ $labels.account_id }}}} arrived more than {duration(r.limits['delivery_delay'])} late. All alerts on events are late by as much.",
            "5m",
        ),
    ):
        # A connector counts once, whatever the number of its operations or tunnels.
        subjects = f"count by ({r.account}) (\n  max by ({r.connector}) (\n{indent(r.active('(' + condition + ')'), 4)}\n  )\n)"
        count = r.record(f"account:{PREFIX}fleet_{snake(name)}:count", subjects)
        alerts.append(fleet(r, name, count, connectors, summary, description, wait))
    alerts.append(
        fleet(
            r,
            "Missing",
            lost,
            f"({connectors} + on ({r.account}) {lost})",
            "Many connectors of an account are missing from its list.",
            "{{ $value }} connectors of account {{ $labels.account_id }} vanished from its list in the last two hours. Their series end, and with them their alerts.",
            "1m",
        )
    )
    return alerts


def fleet(r: Rules, name: str, count: str, all_connectors: str, summary: str, description: str, wait: str) -> dict:
    limits = r.limits
    return r.alert(
        f"MagicConnectorFleet{name}",
        f"{count} > {limits['fleet_connectors']}\n"
        f"and {count} > on ({r.account}) {limits['fleet_share']} * {all_connectors}",
        "critical",
        summary,
        description,
        wait,
        fleet=True,
    )
