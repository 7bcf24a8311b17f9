# SPDX-License-Identifier: Apache-2.0
"""Rekeys, rotations, upgrades and boot slots."""
from .attestation import failures
from .builder import PREFIX, Rules, duration, indent

OPERATIONS = (
    ("CryptKeyRotation", "crypt_key_rotation", "crypt key rotation", "FinishRotateCryptKeyFailure"),
    ("PkiRotation", "pki_rotation", "PKI rotation", "FinishRotatePkiFailure"),
    ("Upgrade", "upgrade", "upgrade", "FinishUpgradeFailure"),
)


def tunnels(r: Rules) -> list[dict]:
    labels = f"{r.connector}, tunnel_id"
    reset = r.latch("connector_tunnel_id", "rekey_reset", f'max by ({labels}) ({PREFIX}rekey_phase{{phase="reset"}})')
    resets = r.latch("connector_tunnel_id", "rekey_resets_15m", f"max by ({labels}) (increase({PREFIX}rekey_resets_total[15m]))")
    return [
        r.alert(
            "MagicConnectorRekeyStuck",
            r.active(f"{r.state('rekey_stuck', 'tunnel_id')} == 1"),
            "critical",
            "The rekey of a connector's tunnel is stuck.",
            "NAME: tunnel {{ $labels.tunnel_id }} has been in phase started, advanced or reset for longer than stuck_after.rekey.",
            wait="3m",
        ),
        r.alert(
            "MagicConnectorRekeyReset",
            r.active(r.lines("(", f"  {reset} == 1", f"  or {resets} > 0", ")")),
            "warning",
            "A tunnel of a connector dropped all its keys.",
            "NAME: tunnel {{ $labels.tunnel_id }} dropped all keys after it received an unexpected one. It has no keys, or received new ones in the last 15 minutes.",
        ),
    ]


def rotations(r: Rules) -> list[dict]:
    alerts, limit = [], r.limits["failure_forgotten"]
    for name, operation, words, kind in OPERATIONS:
        alerts += [
            r.alert(
                f"MagicConnector{name}Failed",
                # The next attempt may be months away.
                r.active(r.lines(f"{failures(r, operation)} > 0", r.unless(f"{r.event_age(kind)} > {limit}"))),
                "warning",
                f"A connector failed its {words}.",
                f"NAME failed its {words} {{{{ $value }}}} time(s) in a row and has not succeeded since. The alert ends {duration(limit)} after the last failure.",
            ),
            r.alert(
                f"MagicConnector{name}Stuck",
                r.active(r.state("operation_stuck", "operation", f'operation="{operation}"') + " == 1"),
                "warning",
                f"A connector's {words} is stuck in progress.",
                f"NAME has had its {words} in progress for longer than stuck_after.{operation}.",
            ),
        ]
    return alerts


def boot_slots(r: Rules) -> list[dict]:
    success, failure, pending = (r.event_age(f"BlessSlot{outcome}") for outcome in ("Success", "Failure", "Pending"))
    newer = lambda age, other: f"{age} <= on ({r.connector}) {other}"
    return [
        r.alert(
            "MagicConnectorSlotNotBlessed",
            r.active(
                r.lines(
                    "(",
                    f"  {failure} < {r.limits['failure_forgotten']}",
                    indent(r.unless(newer(success, failure))),
                    f"  or {pending} > {r.limits['slot_pending']}",
                    indent(r.unless(newer(success, pending))),
                    indent(r.unless(newer(failure, pending))),
                    ")",
                )
            ),
            "warning",
            "A connector has not confirmed the boot slot of its new version.",
            "NAME has not confirmed its boot slot for {{ $value | humanizeDuration }}. Its next boot may return to the old version.",
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return tunnels(r) + rotations(r) + boot_slots(r)
