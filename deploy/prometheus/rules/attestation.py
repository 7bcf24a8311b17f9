# SPDX-License-Identifier: Apache-2.0
"""Attestations."""
from .builder import PREFIX, Rules, duration, indent, word

SUCCESS = "FinishAttestationSuccess"
# The period in which the usual interval of attestations is measured. Prometheus keeps 15 days by default.
HISTORY_DAYS = 14


def failures(r: Rules, operation: str = "attestation") -> str:
    return r.state("operation_consecutive_failures", "operation", f'operation="{operation}"')


def usual_interval(r: Rules) -> str:
    """The mean interval of a connector's attestations in seconds, from at least three of them.

    The interval is measured until the last success, so it does not grow while the connector does not attest.
    """
    series = f'{PREFIX}events_total{{kind="{SUCCESS}"}}'
    now = r.latch("connector", "attestations", f"max by ({r.connector}) ({series})")
    before = f"max by ({r.connector}) (last_over_time({series}[1h] offset {HISTORY_DAYS}d))"
    period = f"({HISTORY_DAYS * 86_400} - {r.event_age(SUCCESS)})"
    return f"{period}\n  / on ({r.connector}) (({now} - on ({r.connector}) {before}) >= 3)"


def alerts(r: Rules) -> list[dict]:
    n, limits = r.limits["attestation_failures"], r.limits
    # Virtual appliances never attest.
    attests = r.latch(
        "connector", "attestation_events", f'sum by ({r.connector}) ({PREFIX}events_total{{kind=~"(Start|Finish)Attestation.*"}})'
    )
    init, success = r.event_age("Init"), r.event_age(SUCCESS)
    overdue = [
        f"{success} > {limits['attestation_overdue']}",
        f"or {success} > on ({r.connector})\n{indent(str(limits['attestation_intervals']) + ' * ' + usual_interval(r))}",
    ]
    return [
        r.alert(
            "MagicConnectorAttestationFailed",
            r.active(f"{failures(r)} > 0"),
            "warning",
            "A connector failed its attestation.",
            "NAME failed its attestation {{ $value }} time(s) in a row and has not succeeded since.",
        ),
        r.alert(
            "MagicConnectorAttestationFailing",
            r.active(f"{failures(r)} >= {n}"),
            "critical",
            f"A connector failed {word(n)} or more attestations in a row.",
            "NAME failed its attestation {{ $value }} times in a row.",
        ),
        r.alert(
            "MagicConnectorNeverAttested",
            r.active(
                r.lines(
                    f"{init} > {limits['never_attested']}",
                    r.unless(f"{success} <= on ({r.connector}) {init}"),
                    r.unless(f"{r.state('agent_running')} == 0"),
                    r.unless(f"{r.state('poll_success')} == 0"),
                    # Several failures in a row have an alert of their own.
                    r.unless(f"{failures(r)} >= {n}"),
                    r.both(f"{attests} > 0"),
                )
            ),
            "critical",
            "A connector has had no successful attestation since its agent started.",
            "NAME started its agent {{ $value | humanizeDuration }} ago and has had no successful attestation since.",
        ),
        r.alert(
            "MagicConnectorAttestationOverdue",
            r.active(r.lines("(", *(indent(line) for line in overdue), ")")),
            "warning",
            f"A connector's last successful attestation is older than {word(limits['attestation_intervals'])} of its usual intervals.",
            f"NAME attested successfully {{{{ $value | humanizeDuration }}}} ago. That is more than {word(limits['attestation_intervals'])} of its usual intervals, or more than {duration(limits['attestation_overdue'])}.",
        ),
        r.alert(
            "MagicConnectorAttestationStuck",
            r.active(r.state("operation_stuck", "operation", 'operation="attestation"') + " == 1"),
            "warning",
            "A connector's attestation is stuck in progress.",
            "NAME has had its attestation in progress for longer than stuck_after.attestation.",
        ),
    ]
