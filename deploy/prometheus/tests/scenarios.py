# SPDX-License-Identifier: Apache-2.0
"""One scenario for each alert: the series that make it fire, and other trouble in which it must stay silent."""
from .scenario import TUNNEL, Scenario, event
from .series import constant, counts, gauge, happens, now, repeats, stops
from .snapshot_scenarios import DEVICES, SNAPSHOTS, TUNNELS


def failures(operation: str) -> str:
    return f'operation_consecutive_failures{{operation="{operation}"}}'


def stuck(operation: str) -> str:
    return f'operation_stuck{{operation="{operation}"}}'


def poll_failures(reason: str) -> str:
    return f'exporter_poll_failures_total{{reason="{reason}"}}'


def operation(name: str, words: str) -> dict[str, Scenario]:
    """A failed and a stuck operation. Neither is the other, and both are silent about another operation."""
    other = "upgrade" if words != "upgrade" else "pki_rotation"
    return {
        f"{name}Failed": Scenario(
            {failures(words): gauge(0, 1)},
            {failures(words): constant(0), failures(other): constant(2), stuck(words): constant(1)},
            labels={"operation": words},
        ),
        f"{name}Stuck": Scenario(
            {stuck(words): gauge(0, 1)},
            {stuck(words): constant(0), f'operation_in_progress{{operation="{words}"}}': constant(1), stuck(other): constant(1)},
            labels={"operation": words},
            fleet="FleetStuck",
        ),
    }


LISTED = {"last_successful_discovery_timestamp_seconds": now, "discovery_success": constant(1)}
# The connectors cannot be listed, so the known heartbeats cannot become newer.
UNLISTED = {
    "last_heartbeat_timestamp_seconds": constant(0), "agent_running": constant(0),
    "last_successful_discovery_timestamp_seconds": constant(60), "discovery_success": constant(0),
}
POLLED = {"poll_interval_seconds": constant(60)}
RESET = 'rekey_phase{tunnel_id="t1",phase="reset"}'

ATTESTATION = operation("Attestation", "attestation") | {
    "AttestationFailing": Scenario(
        {failures("attestation"): gauge(2, 3)},
        # Two failures in a row.
        {failures("attestation"): constant(2), failures("upgrade"): constant(5)},
        labels={"operation": "attestation"},
        fleet="FleetAttestationFailing",
    ),
    "NeverAttested": Scenario(
        {
            event("Init"): happens, event("FinishAttestationSuccess"): stops(),
            'events_total{kind="StartAttestation"}': constant(4), "agent_running": constant(1), "poll_success": constant(1),
        },
        # A virtual appliance: no attestation was ever recorded.
        {event("Init"): constant(0), 'events_total{kind="StartAttestation"}': constant(0), "agent_running": constant(1)},
        delay=31,
    ),
    "AttestationOverdue": Scenario(
        {event("FinishAttestationSuccess"): stops(604_800)},
        # A virtual appliance, and a failed attestation.
        {event("Init"): constant(-3_000_000), event("FinishAttestationFailure"): constant(0), failures("attestation"): constant(1)},
    ),
}

OPERATIONS = operation("CryptKeyRotation", "crypt_key_rotation") | operation("PkiRotation", "pki_rotation") | operation("Upgrade", "upgrade") | {
    "RekeyStuck": Scenario(
        {'rekey_stuck{tunnel_id="t1"}': gauge(0, 1)},
        # The rekey is in progress but not stuck.
        {'rekey_stuck{tunnel_id="t1"}': constant(0), 'rekey_phase{tunnel_id="t1",phase="started"}': constant(1)},
        delay=3,
        labels=TUNNEL,
        fleet="FleetStuck",
    ),
    "RekeyReset": Scenario(
        {RESET: gauge(0, 1)},
        # The last reset was long ago.
        {RESET: constant(0), 'rekey_phase{tunnel_id="t1",phase="started"}': constant(1), 'rekey_resets_total{tunnel_id="t1"}': constant(4)},
        labels=TUNNEL,
    ),
    "SlotNotBlessed": Scenario(
        {event("BlessSlotFailure"): happens, event("BlessSlotSuccess"): stops()},
        # A success followed the failure, and another confirmation has just begun.
        {event("BlessSlotFailure"): constant(0), event("BlessSlotSuccess"): constant(60), event("BlessSlotPending"): constant(30)},
    ),
}

REACHABILITY = {
    "Offline": Scenario(
        {"last_heartbeat_timestamp_seconds": stops()} | LISTED,
        UNLISTED,
        delay=5,
        fleet="FleetOffline",
        severity="critical",
    ),
    "HeartbeatOld": Scenario(
        {"last_heartbeat_timestamp_seconds": stops()} | LISTED,
        UNLISTED,
        delay=35,
    ),
    "AgentDown": Scenario(
        {"agent_running": gauge(1, 0)},
        {"agent_running": constant(1), "last_heartbeat_timestamp_seconds": constant(0), "poll_success": constant(0)},
        delay=10,
    ),
    "CrashLoop": Scenario(
        {"agent_unclean_restarts_total": counts()},
        {"agent_unclean_restarts_total": constant(7), 'events_total{kind="Init"}': repeats},
        delay=2,
        clear=61,
    ),
    "ClockAhead": Scenario(
        {"last_event_delivery_delay_seconds": gauge(1, -90)},
        {"last_event_delivery_delay_seconds": constant(-5)},
    ),
    "HaError": Scenario(
        {event("HaError"): repeats},
        {event("HaTransition"): now, 'events_total{kind="HaError"}': constant(3)},
        clear=16,
    ),
    "HaFlapping": Scenario(
        {'events_total{kind="HaTransition"}': counts()},
        {'events_total{kind="HaTransition"}': constant(30), 'events_total{kind="HaError"}': counts()},
        delay=5,
        clear=61,
    ),
    "HaPrimaries": Scenario(
        {
            'site_info{site_id="SITE",site_name="Berlin",ha_mode="true"}': constant(1), "primary": gauge(1, 0),
            'site_info{site_id="SITE",site_name="Berlin",ha_mode="true",PARTNER}': constant(1), "primary{PARTNER}": constant(0),
        },
        # A site with one connector, and one without high availability.
        {'site_info{site_id="s0",ha_mode="true"}': constant(1), "primary": constant(0)},
        delay=5,
        level="site",
    ),
}

POLLING = {
    "PollFailing": Scenario(
        {"poll_success": gauge(1, 0), "last_successful_poll_timestamp_seconds": stops()} | POLLED,
        {"poll_success": constant(1), "last_successful_poll_timestamp_seconds": constant(0)},
        delay=17,
        fleet="FleetNotPolled",
    ),
    "DataNotFresh": Scenario(
        {"last_successful_poll_timestamp_seconds": stops()} | POLLED,
        {"last_successful_poll_timestamp_seconds": now, "poll_success": constant(0)},
        delay=8,
        fleet="FleetNotPolled",
    ),
    "NeverPolled": Scenario(
        {'info{serial_number="S1"}': constant(1), "last_successful_poll_timestamp_seconds": gauge(1, None)},
        # Polls fail, but one was complete.
        {'info{serial_number="S1"}': constant(1), "last_successful_poll_timestamp_seconds": constant(0), "poll_success": constant(0)},
        delay=30,
    ),
    "EventsDelayed": Scenario(
        {"last_event_delivery_delay_seconds": gauge(2, 1_000)},
        {"last_event_delivery_delay_seconds": constant(800)},
        delay=15,
        fleet="FleetEventsDelayed",
    ),
    "DiscoveryFailing": Scenario(
        {"discovery_success": gauge(1, 0)}, {"discovery_success": constant(1), "connectors": constant(0)}, delay=15, level="account"
    ),
    "Missing": Scenario(
        {"connectors_missing": gauge(0, 2)}, {"connectors_missing": constant(0), "discovery_success": constant(0)}, delay=2, level="account"
    ),
    "IntervalStretched": Scenario(
        {"poll_interval_seconds": gauge(60, 400), "configured_poll_interval_seconds": constant(60)},
        {"poll_interval_seconds": constant(300), "configured_poll_interval_seconds": constant(60)},
        delay=15,
        level="account",
    ),
}

EXPORTER = {
    "Unauthorized": Scenario(
        {poll_failures("unauthorized"): counts(), "discovery_success": gauge(1, 0)},
        # Discovery fails, but now for another reason.
        {poll_failures("unauthorized"): constant(1), poll_failures("timeout"): counts(), "discovery_success": constant(0)},
        delay=5,
        labels={"reason": "unauthorized"},
        level="account",
    ),
    "RateLimited": Scenario(
        {poll_failures("rate_limited"): counts()},
        {poll_failures("rate_limited"): constant(3), poll_failures("server_error"): counts()},
        delay=0,
        clear=16,
        level="account",
    ),
    "TokenExpiring": Scenario(
        {"exporter_token_expiry_timestamp_seconds": gauge(10_000_000, 600_000)},
        {"exporter_token_expiry_timestamp_seconds": constant(700_000)},
        level="account",
    ),
    "ExporterDown": Scenario({}, {"discovery_success": constant(0)}, delay=5, level="instance"),
    "StorageFailing": Scenario(
        {"exporter_storage_write_failures_total": counts()},
        {"exporter_storage_write_failures_total": constant(5), poll_failures("timeout"): counts()},
        delay=15,
        clear=11,
        level="instance",
    ),
    "EventsLogFailing": Scenario(
        {"exporter_events_log_write_failures_total": counts()},
        {"exporter_events_log_write_failures_total": constant(5), "exporter_storage_write_failures_total": constant(5)},
        delay=15,
        clear=11,
        level="instance",
    ),
    "EventsDiscarded": Scenario(
        {'exporter_discarded_events_total{reason="malformed"}': counts()},
        {'exporter_discarded_events_total{reason="malformed"}': constant(3), "exporter_duplicate_events_total": counts()},
        clear=61,
        labels={"reason": "malformed"},
        level="instance",
    ),
    "ReloadFailed": Scenario(
        {"exporter_config_last_reload_successful": gauge(1, 0)},
        {"exporter_config_last_reload_successful": constant(1)},
        delay=5,
        level="instance",
    ),
    "UnknownKind": Scenario(
        {"exporter_unknown_kind_events_total": counts()}, {"exporter_unknown_kind_events_total": constant(3)}, clear=61, level="instance"
    ),
}


def fleet(single: Scenario, delay: int = 0) -> Scenario:
    """Ten connectors in the trouble of a single one."""
    return Scenario(single.series, single.silent, delay, 10, level="fleet", connectors=10)


FLEET = {
    "FleetAttestationFailing": fleet(ATTESTATION["AttestationFailed"]),
    "FleetOffline": fleet(REACHABILITY["Offline"], 3),
    "FleetStuck": fleet(OPERATIONS["RekeyStuck"]),
    "FleetTunnelsDown": fleet(TUNNELS["TunnelDown"], 1),
    "FleetNotPolled": fleet(POLLING["PollFailing"], 5),
    "FleetEventsDelayed": fleet(POLLING["EventsDelayed"], 5),
    "FleetMissing": Scenario({"connectors_missing": gauge(0, 8)}, {"connectors_missing": constant(5)}, 1, 10, level="fleet", connectors=10),
}

SCENARIOS = {
    f"MagicConnector{name}": scenario
    for table in (FLEET, ATTESTATION, OPERATIONS, REACHABILITY, TUNNELS, SNAPSHOTS, DEVICES, POLLING, EXPORTER)
    for name, scenario in table.items()
}
