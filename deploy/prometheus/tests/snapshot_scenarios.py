# SPDX-License-Identifier: Apache-2.0
"""The scenarios of the alerts on snapshots."""
from .scenario import TUNNEL, Scenario, event
from .series import Value, constant, counts, gauge, now, repeats, restarts, stops, toggles


def health(tunnel: str, state: str) -> str:
    return f'tunnel_health{{tunnel_id="{tunnel}",state="{state}"}}'


def ha(state: str, more: str = "") -> str:
    return f'ha_state{{state="{state}"{more}}}'


SNAPSHOT = {"snapshot_info": constant(1), "last_snapshot_timestamp_seconds": now}
# The connector is silent: the exporter has ended its series.
SILENT = {"last_snapshot_timestamp_seconds": constant(0), "snapshot_poll_success": constant(1)}
DOWN = {health("t1", "down"): gauge(0, 1), health("t1", "healthy"): gauge(1, 0)}
OTHER = {health("t2", "down"): constant(0), health("t2", "healthy"): constant(1)}
STANDBY = {ha("standby"): constant(1), ha("active"): constant(0)}
PAIR = {
    'site_info{site_id="SITE",site_name="Berlin",ha_mode="true"}': constant(1), "last_snapshot_timestamp_seconds": now,
    'site_info{site_id="SITE",site_name="Berlin",ha_mode="true",PARTNER}': constant(1), "last_snapshot_timestamp_seconds{PARTNER}": now,
}
MTU, SPEED = 'tunnel_mtu_bytes{tunnel_id="t1"}', 'network_speed_bytes{device="eth0"}'
LATENCY, LEASES = 'tunnel_latency_seconds{tunnel_id="t1"}', 'dhcp_leases{device="eth1"}'
ROOT = 'device="sda2",mountpoint="/data",fstype="ext4"'
ETH0 = {"device": "eth0"}


def pings(unhealthy: Value) -> dict[str, Value]:
    return {
        'tunnel_recent_pings{tunnel_id="t1",result="unhealthy"}': unhealthy,
        'tunnel_recent_pings{tunnel_id="t1",result="healthy"}': constant(80),
    }


def traffic(errors: Value, packets: Value) -> dict[str, Value]:
    family = 'network_{}_{}_total{{device="eth0"}}'.format
    return {
        family(way, what): value for way in ("receive", "transmit") for what, value in (("errs", errors), ("packets", packets))
    }


TUNNELS = {
    "AllTunnelsDown": Scenario(
        DOWN,
        # One of two tunnels is down.
        DOWN | OTHER,
        delay=1,
        fleet="FleetTunnelsDown",
    ),
    "TunnelDown": Scenario(
        DOWN,
        {health("t1", "down"): constant(1), health("t1", "healthy"): constant(0)} | STANDBY,
        delay=2,
        labels=TUNNEL,
        fleet="FleetTunnelsDown",
        severity="critical",
    ),
    "TunnelDegraded": Scenario(
        {health("t1", "degraded"): gauge(0, 1), health("t1", "healthy"): gauge(1, 0)},
        {health("t1", "down"): constant(1), health("t1", "degraded"): constant(0)},
        delay=30,
        labels=TUNNEL,
    ),
    "TunnelFlapping": Scenario(
        {health("t1", "healthy"): toggles},
        {health("t1", "healthy"): constant(0), health("t1", "unknown"): toggles},
        delay=5,
        clear=61,
        labels=TUNNEL,
    ),
    "TunnelLosing": Scenario(
        pings(gauge(0, 20)),
        # Less than 5 %.
        pings(constant(4)),
        delay=7,
        clear=36,
        labels=TUNNEL,
    ),
    "TunnelSlow": Scenario(
        {LATENCY: gauge(0.03, 0.09)},
        # Three times as much, but not much.
        {LATENCY: lambda schedule, minute: 0.012 if minute < 10 else 0.036},
        delay=30,
        labels=TUNNEL,
    ),
    "TunnelMtuShrunk": Scenario(
        {MTU: gauge(1_476, 1_380)}, {MTU: lambda schedule, minute: 1_476 if minute < 10 else 1_440}, delay=30, labels=TUNNEL
    ),
    "NatDetectionStale": Scenario(
        {'tunnel_nat_detection{tunnel_id="t1",state="stale"}': gauge(0, 1)},
        {'tunnel_nat_detection{tunnel_id="t1",state="stale"}': constant(0), 'tunnel_nat_detection{tunnel_id="t1",state="detected"}': constant(1)},
        delay=60,
        labels=TUNNEL,
    ),
}

SNAPSHOTS = {
    "SnapshotOld": Scenario(
        {"snapshot_info": gauge(1, None), "last_snapshot_timestamp_seconds": stops(840)},
        # A connector that records a snapshot only every hour.
        {"snapshot_info": constant(1), "last_snapshot_timestamp_seconds": constant(0)},
        delay=5,
    ),
    "SnapshotsNotSent": Scenario(
        SNAPSHOT | {"snapshot_transmit_failures": counts()},
        SNAPSHOT | {"snapshot_transmit_failures": constant(7), "snapshot_record_failures": counts()},
        clear=61,
    ),
    "HaFault": Scenario(
        SNAPSHOT | {ha("fault"): gauge(0, 1), ha("active"): gauge(1, 0)},
        SILENT | {ha("fault"): constant(0), ha("stopped"): constant(1), event("HaError"): repeats},
        delay=2,
        severity="critical",
    ),
    "HaNoneActive": Scenario(
        PAIR | {ha("active"): gauge(1, 0), ha("standby"): gauge(0, 1), ha("standby", ",PARTNER"): constant(1)},
        # The partner has no snapshot, so it may be active.
        {name: value for name, value in PAIR.items() if "timestamp_seconds{PARTNER" not in name} | STANDBY,
        delay=4,
        level="site",
    ),
    "HaTwoActive": Scenario(
        PAIR | {ha("active"): constant(1), ha("active", ",PARTNER"): gauge(0, 1), ha("standby", ",PARTNER"): gauge(1, 0)},
        # Two connectors without a common site.
        PAIR | {ha("active"): constant(1), ha("disabled", ",PARTNER"): constant(1), 'ha_state{state="active",connector="c9"}': constant(1)},
        delay=4,
        level="site",
    ),
    "HaFailover": Scenario({ha("active"): toggles}, {ha("active"): constant(1), ha("unknown"): constant(0)}, clear=31),
}

DEVICES = {
    "InterfaceDown": Scenario(
        {'network_up{device="eth0"}': gauge(1, 0)},
        # A virtual interface works in the state unknown.
        {'network_up{device="xfrm1"}': constant(0), 'network_up{device="eth1"}': gauge(None, 0)},
        delay=5,
        labels=ETH0,
    ),
    "InterfaceSlower": Scenario({SPEED: gauge(1.25e9, 1.25e8)}, {SPEED: constant(1.25e8)}, delay=15, labels=ETH0),
    "InterfaceErrors": Scenario(
        traffic(counts(0), lambda schedule, minute: 5 * minute),
        # A reboot: the counters begin again.
        traffic(lambda schedule, minute: 5_000 if minute < 20 else 0, lambda schedule, minute: 90_000 + minute if minute < 20 else minute),
        delay=30,
        clear=31,
        labels=ETH0,
    ),
    "Overheating": Scenario(
        {'hwmon_temp_celsius{sensor="cpu"}': gauge(60, 97), 'hwmon_temp_crit_celsius{sensor="cpu"}': constant(100)},
        # A sensor without a limit.
        {'hwmon_temp_celsius{sensor="cpu"}': constant(97), 'hwmon_temp_crit_celsius{sensor="cpu"}': constant(0)},
        delay=10,
    ),
    "CpuOverloaded": Scenario(
        {"load15": gauge(1, 5), "cpus": constant(4)}, {"load15": constant(3.9), "load1": constant(9), "cpus": constant(4)}, delay=15
    ),
    "MemoryLow": Scenario(
        {"memory_available_bytes": gauge(4e9, 4e8), "memory_total_bytes": constant(8e9)},
        {"memory_available_bytes": constant(2e9), "memory_free_bytes": constant(1e8), "memory_total_bytes": constant(8e9)},
        delay=15,
    ),
    "Rebooted": Scenario({"boot_time_seconds": restarts}, {"boot_time_seconds": lambda schedule, minute: minute % 3}, clear=61),
    "FilesystemFull": Scenario(
        {f"filesystem_avail_bytes{{{ROOT}}}": gauge(5e9, 5e8), f"filesystem_size_bytes{{{ROOT}}}": constant(1e10)},
        # A read-only image is always full.
        {
            f"filesystem_avail_bytes{{{ROOT}}}": constant(0), f"filesystem_size_bytes{{{ROOT}}}": constant(1e10),
            f"filesystem_readonly{{{ROOT}}}": constant(1),
        },
        delay=30,
        labels={"mountpoint": "/data"},
    ),
    "FilesystemTurnedRo": Scenario(
        {f"filesystem_readonly{{{ROOT}}}": gauge(0, 1)},
        {f"filesystem_readonly{{{ROOT}}}": constant(1)},
        delay=5,
        labels={"mountpoint": "/data"},
    ),
    "DhcpEmpty": Scenario({LEASES: gauge(12, 0)}, {LEASES: lambda schedule, minute: 12 if minute < 10 else 1}, delay=30, labels={"device": "eth1"}),
}
