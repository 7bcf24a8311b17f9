# SPDX-License-Identifier: Apache-2.0
"""The series of the snapshots of a connector: an appliance with eight ports and sensors, or a virtual machine."""
import math

from .life import DAY, HOUR
from .series import hash_of

INTERVAL, ENDS_AFTER = 300, 900
# What happens to the connector, by its index. Others are healthy or had a short problem.
STORIES = {7: "tunnel down", 11: "HA fault", 12: "silent", 13: "partner of silent", 15: "incident", 16: "partner of incident"}
TUNNEL, NAT = ("unknown", "healthy", "degraded", "down"), ("detected", "missing", "stale")
HA = ("disabled", "active", "standby", "stopped", "fault", "unknown")
# Name, speed in bit/s, usual bit/s received and sent.
PORTS = [
    ("eth1", 1e9, 210e6, 62e6), ("eth2", 1e9, 96e6, 31e6), ("eth3", 1e9, 38e6, 120e6), ("eth4", 1e9, 34e6, 101e6),
    ("eth5", 0, 0, 0), ("eth6", 1e9, 4e4, 4e4), ("sfp1", 10e9, 22e6, 74e6), ("sfp2", 0, 0, 0), ("bond0", 2e9, 72e6, 221e6), ("bond0.20", 2e9, 12e6, 40e6),
]
VIRTUAL_PORTS = [("eth0", 10e9, 64e6, 22e6), ("eth1", 10e9, 21e6, 60e6)]
SENSORS = [
    ("coretemp Package id 0", 61, 100), *((f"coretemp Core {core}", 55 + core, 100) for core in range(4)), ("acpitz temp1", 48, 105),
    ("nvme Composite", 44, 84), ("ixgbe sfp1", 58, 95),
]
SIZE = 2**30
MOUNTS = [("/dev/sda2", "/", "ext4", 4 * SIZE, 0.41, 1), ("/dev/sda5", "/var", "ext4", 24 * SIZE, 0.63, 0), ("/dev/sda6", "/var/log", "ext4", 8 * SIZE, 0.55, 0)]
CPU = {"user": 0.09, "nice": 0.001, "system": 0.07, "iowait": 0.006, "irq": 0.004, "softirq": 0.11, "steal": 0.0005}


class Growth:
    """A rate of 1 with waves, and its integral, so that counters grow evenly with it."""

    def __init__(self, seed):
        self.waves = [(0.35, 2 * math.pi / DAY, 2.4), (0.14, 1 / 900, seed % 7), (0.09, 1 / 260, seed % 5)]

    def rate(self, time):
        return 1 + sum(size * math.sin(speed * time + phase) for size, speed, phase in self.waves)

    def total(self, begin, end):
        at = lambda time: time - sum(size / speed * math.cos(speed * time + phase) for size, speed, phase in self.waves)  # noqa: E731
        return max(0.0, at(end) - at(begin))


class Box:
    """What the snapshots of a connector contain at a time."""

    def __init__(self, connector, account, end):
        self.connector, self.account, self.end, self.index = connector, account, end, connector.index
        self.story = STORIES.get(connector.index, "")
        self.is_virtual = connector.index % 5 == 4
        self.offset = connector.index * 37 % 240 + 10
        reboots = [moment for moment, kind, _ in connector.events if kind == "FinishUpgradeSuccess"] + [back + 45 for _, back in connector.offline]
        self.boots = sorted([end - (3 + connector.index % 40) * DAY, *reboots])
        self.growth = [Growth(connector.index + number) for number in range(12)]
        # Most connectors with a past problem had one with their second tunnel.
        start = end - (2 + hash_of(connector.index + 3) % 200 / 10) * HOUR
        self.past = (start, start + 1500) if connector.index % 17 == 3 else (0, 0)

    def is_silent(self, time):
        return self.connector.is_offline(time) or self.story == "silent" and time > self.end - 2 * HOUR

    def newest(self, time):
        """Returns when the newest snapshot at Cloudflare was recorded."""
        found = (time - self.offset - 6) // INTERVAL * INTERVAL + self.offset
        while self.is_silent(found):
            found -= INTERVAL
        return found

    def boot(self, time):
        return next(moment for moment in reversed(self.boots) if moment <= time or moment == self.boots[0])

    def hours_left(self, time):
        return (self.end - time) / HOUR

    def has_link(self, port, time):
        hours = self.hours_left(time)
        if self.story == "incident" and (port == "eth2" and 2.4 < hours < 3.3 or port == "eth4" and hours < 0.35):
            return False
        return port not in ("eth5", "sfp2")

    def tunnel(self, number, time):
        """Returns the state of a tunnel and the factor of its latency."""
        hours = self.hours_left(time)
        if self.story == "incident" and number == 1 and 2.4 < hours < 3.3 or self.story == "tunnel down" and number == 0 and hours < 1.2:
            return "down", 1
        if self.story == "incident" and number == 0 and hours < 0.6 or number == 1 and self.past[0] < time < self.past[1]:
            return "degraded", 2.6
        return "healthy", 1

    def ha(self, time):
        hours, is_first = self.hours_left(time), self.connector.role == "primary"
        if not self.connector.ha:
            return "disabled"
        if self.story == "HA fault" and hours < 0.75:
            return "fault"
        if "incident" in self.story and 1.6 < hours < 3.28:
            is_first = not is_first
        return "active" if is_first else "standby"


def record(connector, recorder, account, end, is_detailed=True):
    """Writes the series of the snapshots of a connector, scrape by scrape."""
    box, me = Box(connector, account, end), {"account_id": account, "connector_id": connector.connector_id}
    first = {}
    for at, time in enumerate(recorder.times):
        put = lambda family, value, **labels: recorder.put(at, family, value, **me, **labels)  # noqa: E731
        snapshot = box.newest(time)
        put("last_snapshot_timestamp_seconds", snapshot)
        put("snapshot_poll_success", 1)
        put("last_successful_snapshot_poll_timestamp_seconds", time - 3)
        firing = {}
        if time - snapshot <= ENDS_AFTER:
            state(box, snapshot, put, firing)
            if is_detailed:
                network(box, snapshot, put)
                machine(box, snapshot, put, firing)
                protocols(box, snapshot, put)
        elif not connector.is_offline(time) and connector.ending != "deactivated":
            firing["MagicConnectorSnapshotOld", "warning"] = {}
        for key, details in firing.items():
            about = {"alertname": key[0], "severity": key[1], **(details if "site_id" in details else me | details)}
            recorder.put(at, "ALERTS", 1, prefix="", alertstate="firing", **about)
            recorder.put(at, "ALERTS_FOR_STATE", first.setdefault(key, time), prefix="", **about)
        first = {key: since for key, since in first.items() if key in firing}


def state(box, time, put, firing):
    """Writes what every connector has: identity, high availability and tunnels."""
    connector, ha = box.connector, box.ha(time)
    version = [name for since, name in connector.versions if since + 400 <= time or since == connector.versions[0][0]][-1]
    put("snapshot_info", 1, platform="virtual" if box.is_virtual else "vep1445", version=version, site_id=connector.site_id)
    put("boot_time_seconds", round(box.boot(time)))
    for name in HA:
        put("ha_state", int(name == ha), state=name)
    if ha == "fault":
        firing["MagicConnectorHaFault", "critical"] = {}
    if box.story == "partner of silent" and ha == "standby" and box.hours_left(time) < 1.6:
        firing["MagicConnectorHaNoneActive", "critical"] = {"account_id": box.account, "site_id": connector.site_id}
    for number, tunnel in enumerate(connector.tunnels):
        health, factor = box.tunnel(number, time)
        growth = box.growth[number].rate(time)
        put("tunnel_info", 1, tunnel_id=tunnel, device=f"xfrm{number + 1}")
        for name in TUNNEL:
            put("tunnel_health", int(name == health), tunnel_id=tunnel, state=name)
        if health == "down":
            firing["MagicConnectorTunnelDown", "critical"] = {"tunnel_id": tunnel}
        if health == "degraded" and box.story:
            firing["MagicConnectorTunnelDegraded", "warning"] = {"tunnel_id": tunnel}
        if health != "down":
            put("tunnel_latency_seconds", round((0.011 + 0.006 * number) * growth**0.3 * factor, 5), tunnel_id=tunnel)
            put("tunnel_jitter_seconds", round(0.0007 * growth * factor**2, 6), tunnel_id=tunnel)
        bad = {"healthy": int(hash_of(time + number) % 9 == 0), "degraded": 11 + hash_of(time) % 9, "down": 100}[health]
        put("tunnel_recent_pings", 100 - bad, tunnel_id=tunnel, result="healthy")
        put("tunnel_recent_pings", bad, tunnel_id=tunnel, result="unhealthy")
        put("tunnel_mtu_bytes", 1446 if number == 0 else 1438, tunnel_id=tunnel)
        for name in NAT:
            put("tunnel_nat_detection", int(name == ("stale" if box.story == "incident" and number == 1 else "detected")), tunnel_id=tunnel, state=name)


def network(box, time, put):
    ports = VIRTUAL_PORTS if box.is_virtual else PORTS
    boot = box.boot(time)
    counted = [(name, received, sent) for name, _, received, sent in ports] + [("xfrm1", 130e6, 41e6), ("xfrm2", 60e6, 20e6)]
    for place, (name, *bits) in enumerate(counted):
        growth, has_link = box.growth[place], box.has_link(name, time)
        outage = 0
        if box.story == "incident" and name in ("eth2", "xfrm2"):
            begin, back = box.end - 3.3 * HOUR, box.end - 2.4 * HOUR
            outage = growth.total(max(boot, begin), min(max(time, begin), back)) if boot < back else 0
        if box.story == "incident" and name == "eth4":
            outage = growth.total(box.end - 0.35 * HOUR, max(time, box.end - 0.35 * HOUR))
        for way, rate in zip(("receive", "transmit"), bits):
            size = rate / 8 * max(0.0, growth.total(boot, time) - outage)
            put(f"network_{way}_bytes_total", int(size), device=name)
            put(f"network_{way}_packets_total", int(size / (760 if way == "receive" else 410)), device=name)
            put(f"network_{way}_errs_total", int((time - boot) / 400) if name == "eth2" and box.story == "incident" else 0, device=name)
            put(f"network_{way}_drop_total", int(size / 9e8) if place < 4 else 0, device=name)
        if name.startswith("xfrm"):
            put("network_up", 0, device=name)
            continue
        speed = next(port[1] for port in ports if port[0] == name)
        put("network_up", int(has_link), device=name)
        if speed and has_link:
            put("network_speed_bytes", int(speed / 8), device=name)
        if not name.startswith("bond") and speed:
            score = 1 if has_link else 0
            put("network_health_ratio", 0.82 if name == "eth2" and box.story == "incident" and has_link else score, device=name)
    if not box.is_virtual:
        put("bonding_status", 1, master="bond0", status="up" if box.has_link("eth4", time) else "degraded")
    hour = math.sin(2 * math.pi * time / DAY - 2.4)
    for device, people in (("eth3" if not box.is_virtual else "eth1", 64), ("bond0.20" if not box.is_virtual else "eth1.20", 23)):
        put("dhcp_leases", round(people * (1 + 0.6 * hour)), device=device)
    for kind, number in (("tunnel", 34), ("breakout", 2), ("lan", 5), ("other", 1)):
        put("routes", number - (12 if kind == "tunnel" and box.tunnel(1, time)[0] == "down" else 0), kind=kind)


def machine(box, time, put, firing):
    boot, growth = box.boot(time), box.growth[0]
    cores, busy = (2 if box.is_virtual else 4), growth.rate(time)
    spent = {mode: share * growth.total(boot, time) * cores for mode, share in CPU.items()}
    spent["idle"] = max(0.0, (time - boot) * cores - sum(spent.values()))
    put("cpus", cores)
    for mode, value in spent.items():
        put("cpu_seconds_total", round(value, 2), mode=mode)
    for family, calm in (("load1", 1), ("load5", 0.6), ("load15", 0.35)):
        noise = (hash_of(time + box.index) % 100 - 50) / 180 * calm
        put(family, round(max(0.02, cores * (0.31 * busy + noise * 0.3)), 2))
    put("procs_running", 1 + hash_of(time) % 3)
    put("procs_blocked", int(hash_of(time + 5) % 11 == 0))
    for kind, share in (("cpu_waiting", 0.021), ("io_waiting", 0.006), ("io_stalled", 0.003), ("memory_waiting", 0.0004), ("memory_stalled", 0.0001)):
        put(f"pressure_{kind}_seconds_total", round(share * growth.total(boot, time), 3))
    total = (4 if box.is_virtual else 16) * SIZE
    used = total * (0.26 + 0.04 * busy + 0.02 * min(30, (time - boot) / DAY) / 10)
    cached, buffers = total * 0.31, total * 0.02
    memory = {
        "total": total, "available": total - used - total * 0.03, "free": total - used - cached - buffers, "buffers": buffers, "cached": cached,
        "swap_total": 2 * SIZE, "swap_free": 2 * SIZE - (0.11 * SIZE if box.story == "incident" else 0),
    }
    for name, value in memory.items():
        put(f"memory_{name}_bytes", int(value))
    put("snapshot_record_failures", 0)
    put("snapshot_transmit_failures", 2 + (box.hours_left(time) < 2.5) if box.story == "incident" else 0)
    for disk, reading, writing in (("sda", 40e3, 310e3), ("nvme0n1", 3e3, 120e3))[:1 if box.is_virtual else 2]:
        put("disk_read_bytes_total", int(reading * box.growth[3].total(boot, time)), device=disk)
        put("disk_written_bytes_total", int(writing * box.growth[4].total(boot, time)), device=disk)
        put("disk_io_time_seconds_total", round(0.018 * writing / 310e3 * box.growth[4].total(boot, time), 3), device=disk)
    for device, mountpoint, kind, size, share, is_readonly in MOUNTS[:2 if box.is_virtual else 3]:
        if mountpoint == "/var/log" and box.story == "incident":
            share = max(0.06, min(0.5, 0.08 + 0.034 * box.hours_left(time)))
            if share < 0.1:
                firing["MagicConnectorFilesystemFull", "warning"] = {"device": device, "mountpoint": mountpoint, "fstype": kind}
        about = {"device": device, "mountpoint": mountpoint, "fstype": kind}
        put("filesystem_size_bytes", size, **about)
        put("filesystem_avail_bytes", int(size * share), **about)
        put("filesystem_files", size // 16384, **about)
        put("filesystem_files_free", int(size // 16384 * (0.5 + share / 2)), **about)
        put("filesystem_readonly", is_readonly, **about)
    for sensor, usual, critical in () if box.is_virtual else SENSORS:
        heat = 27 * max(0.0, min(1.0, (3 - box.hours_left(time)) / 2.5)) if box.story == "incident" and sensor.startswith("coretemp") else 0
        put("hwmon_temp_celsius", round(usual + 5 * (busy - 1) + heat + hash_of(time + len(sensor) + critical) % 20 / 10, 1), sensor=sensor)
        put("hwmon_temp_crit_celsius", critical, sensor=sensor)


def protocols(box, time, put):
    boot, growth = box.boot(time), box.growth[1]
    grown = growth.total(boot, time)
    trouble = growth.total(max(boot, box.end - 0.6 * HOUR), max(time, boot, box.end - 0.6 * HOUR)) if box.story == "incident" else 0
    for family, rate, more in (
        ("ip_forw_datagrams", 41e3, 0), ("ip_in_discards", 0.02, 0.3), ("ip_out_discards", 0, 0), ("ip_out_no_routes", 0.11, 0), ("ip_frag_fails", 0.03, 2.2),
        ("ip_reasm_fails", 0.01, 0.1), ("tcp_out_segs", 36, 0), ("tcp_retrans_segs", 0.2, 2.6), ("udp_in_errors", 0.004, 0),
    ):
        put(f"netstat_{family}_total", int(rate * grown + more * trouble))
    put("netstat_ip_forwarding", 1)
    put("netstat_tcp_curr_estab", 9 + hash_of(time) % 4)
