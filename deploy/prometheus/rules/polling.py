# SPDX-License-Identifier: Apache-2.0
"""Polls and lists of connectors: whether the data of the other alerts is alive."""
from .builder import PREFIX, Rules, duration, word


def poll_age(r: Rules) -> str:
    return r.age("last_successful_poll_timestamp_seconds")


def intervals(r: Rules, count: int) -> str:
    """A number of poll intervals in force, matched by account."""
    return f"on ({r.account}) group_left () {count} * {r.account_state('poll_interval_seconds')}"


def delay(r: Rules) -> str:
    return r.state("last_event_delivery_delay_seconds")


def lost(r: Rules) -> str:
    """The number of an account's connectors that vanished.

    The exporter forgets a missing connector after some lists, so the number of listed connectors then tells.
    """
    missing, listed = f"{PREFIX}connectors_missing", f"{PREFIX}connectors"
    return r.latch(
        "account",
        "connectors_lost",
        f"max by ({r.account}) (\n"
        f'  label_replace({missing}, "source", "missing", "", "")\n'
        f'  or label_replace(max by ({r.account}) (max_over_time({listed}[2h])) - max by ({r.account}) ({listed}), "source", "listed", "", "")\n'
        ")",
    )


def connectors(r: Rules) -> list[dict]:
    limits = r.limits
    return [
        r.alert(
            "MagicConnectorPollFailing",
            r.active(
                r.lines(
                    f"{r.state('poll_success')} == 0",
                    # With a long interval, the result of one poll lasts longer than this alert waits.
                    r.unless(f"{poll_age(r)} <= {intervals(r, 2)}"),
                )
            ),
            "warning",
            "Polls of a connector fail.",
            "NAME could not be polled for 15 minutes. Its series keep their last values. The log and exporter_poll_failures_total show the reason.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorDataNotFresh",
            r.active(f"{poll_age(r)}\n  > {intervals(r, limits['poll_intervals'])}"),
            "warning",
            f"A connector has had no complete poll for {word(limits['poll_intervals'])} poll intervals.",
            "NAME was last polled completely {{ $value | humanizeDuration }} ago.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorNeverPolled",
            r.active(r.lines(f"({r.state('info')} or {r.state('poll_success')})", r.unless(poll_age(r)))),
            "warning",
            "A listed connector has never been polled completely.",
            "NAME is listed and has had no complete poll for 30 minutes. Its other series do not exist, so no other alert covers it.",
            wait="30m",
        ),
        r.alert(
            "MagicConnectorEventsDelayed",
            r.active(f"{delay(r)} > {limits['delivery_delay']}"),
            "warning",
            f"Events of a connector arrive more than {duration(limits['delivery_delay'])} late.",
            "NAME delivered its newest event {{ $value | humanizeDuration }} after it happened. Other alerts on its events are late by as much.",
            wait="15m",
        ),
    ]


def accounts(r: Rules) -> list[dict]:
    limits = r.limits
    missing = r.account_state("connectors_missing")
    # Without the configured interval, the shortest of the last day.
    configured = r.latch(
        "account",
        "configured_poll_interval_seconds",
        f"max by ({r.account}) ({PREFIX}configured_poll_interval_seconds)\n"
        f"or min by ({r.account}) (min_over_time({PREFIX}poll_interval_seconds[1d]))",
    )
    return [
        r.alert(
            "MagicConnectorDiscoveryFailing",
            f"{r.account_state('discovery_success')} == 0",
            "warning",
            "The connectors of an account cannot be listed.",
            "The connectors of account {{ $labels.account_id }} could not be listed for 15 minutes. New connectors are not discovered, and heartbeats are out of date. The log shows the reason.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorMissing",
            f"{missing} > 0",
            "warning",
            "Connectors are missing from the list of an account.",
            "{{ $value }} known connector(s) of account {{ $labels.account_id }} are missing from the newest list. Their series end soon, and with them their alerts.",
            wait="2m",
        ),
        r.alert(
            "MagicConnectorIntervalStretched",
            f"{r.account_state('poll_interval_seconds')}\n"
            f"  > on ({r.account}) {limits['stretched_intervals']} * {configured}",
            "warning",
            f"The poll interval of an account is more than {word(limits['stretched_intervals'])} times the configured one.",
            "Connectors of account {{ $labels.account_id }} are polled every {{ $value | humanizeDuration }}, because the request budget allows no shorter interval. All alerts on events are late by as much.",
            wait="15m",
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return connectors(r) + accounts(r)
