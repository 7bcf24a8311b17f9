# SPDX-License-Identifier: Apache-2.0
"""The panels about the machine of a connector: ports, processor, memory, disks, temperatures and protocols."""
from .connector import quoted
from .panels import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, YELLOW, colored, graph, lanes, rows, steps, texts, values, width
from .queries import CONNECTOR, KEY, SLOW, newest, of, speed

MOUNT = "device, mountpoint, fstype"
LINKS = {"-1": ("lost", RED), "0": ("down", GREY), "1": ("up", GREEN)}
SHARE = ("unit", "percentunit")


def ports(expr):
    """Returns the series of network devices, without the devices of tunnels."""
    return f"{expr}\n  unless on ({KEY}, device) {of(CONNECTOR, 'tunnel_info')}"


def link():
    """Returns 1 for ports with a link, 0 for the others, and -1 if one of these had a link in the last day."""
    up = newest("network_up", by="device")
    return ports(f"{up} - ({lost()})")


def lost():
    was = f"max by ({KEY}, device) (max_over_time({of(CONNECTOR, 'network_up')}[1d]))"
    return f"({newest('network_up', by='device')} == bool 0) * {was}"


def both(way):
    """Returns the packets of both directions that were lost in one way, per second."""
    return f"{speed(f'network_receive_{way}_total', by='device')}\n  + {speed(f'network_transmit_{way}_total', by='device')}"


def network():
    received, sent = (f"8 * {speed(f'network_{way}_bytes_total', by='device')}" for way in ("receive", "transmit"))
    names = {
        "device": "Device", "Value #A": "Link", "Value #B": "Speed", "Value #C": "Health", "Value #D": "Received", "Value #E": "Sent",
        "Value #F": "Errors", "Value #G": "Dropped", "Value #H": "DHCP leases",
    }
    found = [link(), f"8 * {newest('network_speed_bytes', by='device')}", newest("network_health_ratio", by="device"), received, sent, both("errs"), both("drop"), newest("dhcp_leases", by="device")]
    rate, packets = [("unit", "bps")], [("unit", "pps"), *colored(GREEN, (0.01, YELLOW), (1, RED))]
    yield rows(
        "Ports", "The newest snapshot of each port, VLAN and aggregation group. Lost means that the port is down, and was up in the last day.",
        [("", ports(query)) for query in found], names, ["Time", "account_id", "connector_id"],
        {"Link": texts(**{f"v{value}": pair for value, pair in LINKS.items()}) + colored(GREY), "Speed": rate, "Health": [SHARE, *colored(RED, (0.5, YELLOW), (0.9, GREEN))],
         "Received": rate, "Sent": rate, "Errors": packets, "Dropped": packets},
        height=12, sort="Received", interval=SLOW,
    )
    yield graph("Received", "Bits per second, by port.", [("{{device}}", ports(received))], "bps", span=12, right=True, interval=SLOW)
    yield graph("Sent", "Bits per second, by port.", [("{{device}}", ports(sent))], "bps", span=12, right=True, interval=SLOW)
    yield lanes("Links", "Whether each port has a link. Lost means that the port was up in the day before.", [("{{device}}", link())], values(**{f"v{value}": pair for value, pair in LINKS.items()}), span=12, height=9)
    yield graph("Errors and drops", "Packets with errors, and packets that were dropped, by port. Both directions.", [
        ("{{device}} errors", ports(both("errs"))), ("{{device}} dropped", ports(both("drop")))], "pps", span=12, height=9, right=True, interval=SLOW)
    packets = [(f"{{{{device}}}} {name}", ports(speed(f"network_{way}_packets_total", by="device"))) for name, way in (("received", "receive"), ("sent", "transmit"))]
    yield graph("Packets", "Packets per second, by port.", packets, "pps", interval=SLOW)
    yield graph("Health of the ports", "Health score of each port, as Cloudflare aggregates it.", [("{{device}}", newest("network_health_ratio", by="device"))], "percentunit", calcs=("lastNotNull", "min"))
    yield lanes(
        "Link aggregation", "The status of each aggregation group. Cloudflare does not document the texts.",
        [("{{master}} {{status}}", newest("bonding_status", by="master, status"))], values(v1=("reported", BLUE)), span=8,
    )


def load(family):
    return f"{newest(family)}\n  / {newest('cpus')}"


def memory():
    return f"1 - {newest('memory_available_bytes')}\n  / {newest('memory_total_bytes')}"


def system():
    cpu = f"{speed('cpu_seconds_total', quoted('mode', 'idle', '!='), by='mode')}\n  / on ({KEY}) group_left () {newest('cpus')}"
    size = {name: newest(f"memory_{name}_bytes") for name in ("total", "free", "buffers", "cached", "swap_total", "swap_free")}
    used = f"{size['total']}\n  - {size['free']}\n  - {size['buffers']}\n  - {size['cached']}"
    colors = {"used": BLUE, "cached": "#8ab8ff", "buffers": PURPLE, "free": "#37872d"}
    kinds = (("CPU waiting", "cpu_waiting"), ("I/O waiting", "io_waiting"), ("I/O stalled", "io_stalled"), ("memory waiting", "memory_waiting"), ("memory stalled", "memory_stalled"))
    yield graph("CPU", "Share of the time of all cores, by mode, without idle.", [("{{mode}}", cpu)], "percentunit", stacked=True, interval=SLOW)
    yield graph("Load per core", "Load averages, divided by the cores. Above 100%, processes wait.", [(name, load(name)) for name in ("load1", "load5", "load15")], "percentunit", thresholds=steps(GREEN, (1, RED)))
    yield graph("Pressure", "Share of the time in which at least one task waited, or all tasks did (stalled).", [(name, speed(f"pressure_{kind}_seconds_total")) for name, kind in kinds], "percentunit", interval=SLOW)
    yield graph("Memory", "Usable memory. Caches are freed on demand.", [("used", used), ("cached", size["cached"]), ("buffers", size["buffers"]), ("free", size["free"])], "bytes", stacked=True, colors=colors)
    yield graph("Swap", "Swap space.", [("used", f"{size['swap_total']}\n  - {size['swap_free']}"), ("total", size["swap_total"])], "bytes")
    yield graph("Processes", "Processes that can run, and processes that wait for I/O.", [("running", newest("procs_running")), ("blocked", newest("procs_blocked"))], "short")


def free(available, size, writable=False):
    """Returns the free share of each filesystem."""
    share = f"{newest(available, by=MOUNT)}\n  / ({newest(size, by=MOUNT)} > 0)"
    return f"{share}\n  unless {newest('filesystem_readonly', by=MOUNT)} == 1" if writable else share


def storage():
    names = {
        "mountpoint": "Mount point", "device": "Device", "fstype": "Type", "Value #A": "Size", "Value #B": "Available", "Value #C": "Free", "Value #D": "Free inodes",
        "Value #E": "Mode",
    }
    space, inodes = free("filesystem_avail_bytes", "filesystem_size_bytes"), free("filesystem_files_free", "filesystem_files")
    found = [newest("filesystem_size_bytes", by=MOUNT), newest("filesystem_avail_bytes", by=MOUNT), space, inodes, newest("filesystem_readonly", by=MOUNT)]
    size, share = [("unit", "bytes")], [SHARE, *colored(RED, (0.1, YELLOW), (0.2, GREEN))]
    yield rows(
        "Filesystems", "The newest snapshot of each filesystem. Root filesystems can be read-only on purpose.", [("", query) for query in found], names, ["Time", "account_id", "connector_id"],
        {"Size": size, "Available": size, "Free": share, "Free inodes": share, "Mode": texts(v0=("writable", GREEN), v1=("read-only", BLUE)) + colored(GREY), "Type": [width(90)]},
        height=6, sort="Free", descending=False,
    )
    yield graph("Free space", "Free share of each filesystem.", [("{{mountpoint}}", space)], "percentunit", calcs=("lastNotNull", "min"), thresholds=steps(RED, (0.1, RED)))
    throughput = [(f"{{{{device}}}} {name}", speed(f"disk_{name}_bytes_total", by="device")) for name in ("read", "written")]
    yield graph("Disk throughput", "Bytes read and written per second.", throughput, "Bps", interval=SLOW)
    yield graph("Disk I/O", "Share of the time in which each disk had I/O.", [("{{device}}", speed("disk_io_time_seconds_total", by="device"))], "percentunit", interval=SLOW)


def margin():
    """Returns the degrees by which each sensor is below its limit. Sensors without a limit are left out."""
    return f"({newest('hwmon_temp_crit_celsius', by='sensor')} > 0)\n  - {newest('hwmon_temp_celsius', by='sensor')}"


def temperatures():
    sensor = [("{{sensor}}", newest("hwmon_temp_celsius", by="sensor"))]
    yield graph("Temperature", "By sensor. Virtual connectors have no sensors.", sensor, "celsius", span=12, right=True)
    yield graph(
        "Temperature margin over time", "Degrees below the critical temperature of each sensor. The alert fires at 10.", [("{{sensor}}", margin())], "celsius",
        span=12, right=True, calcs=("lastNotNull", "min"), thresholds=steps(RED, (10, RED)),
    )


def leases():
    yield graph("DHCP leases", "Active leases by network device.", [("{{device}}", newest("dhcp_leases", by="device"))], "short", span=12)
    yield graph("Routes", "Routes by kind.", [("{{kind}}", newest("routes", by="kind"))], "short", span=12, stacked=True)


def protocols():
    rates = lambda *pairs: [(name, speed(f"netstat_{family}_total")) for name, family in pairs]  # noqa: E731
    again = f"{speed('netstat_tcp_retrans_segs_total')}\n  / ({speed('netstat_tcp_out_segs_total')} > 0)"
    yield graph("Forwarded datagrams", "Datagrams that the connector forwarded.", rates(("forwarded", "ip_forw_datagrams")), "pps", interval=SLOW)
    yield graph("Discarded datagrams", "Datagrams that were discarded, because no route matched or no buffer was free.", rates(
        ("no route", "ip_out_no_routes"), ("received, no buffer", "ip_in_discards"), ("to send, no buffer", "ip_out_discards")), "pps", interval=SLOW)
    yield graph("Fragmentation failures", "Datagrams that could not be fragmented, which indicates a problem with the MTU, and failed reassemblies.", rates(
        ("fragmentation", "ip_frag_fails"), ("reassembly", "ip_reasm_fails")), "pps", interval=SLOW)
    yield graph("TCP retransmissions", "Share of the TCP segments of the connector itself that were sent again.", [("retransmitted", again)], "percentunit", thresholds=steps(GREEN, (0.05, ORANGE)), interval=SLOW)
    yield graph("TCP connections", "Established connections of the connector itself.", [("established", newest("netstat_tcp_curr_estab"))], "short")
    yield graph("UDP errors", "UDP datagrams that could not be delivered.", rates(("errors", "udp_in_errors")), "pps", interval=SLOW)
