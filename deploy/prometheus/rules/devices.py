# SPDX-License-Identifier: Apache-2.0
"""The hardware and the system of snapshots: interfaces, processors, memory, filesystems, temperatures and leases."""
from .builder import PREFIX, Rules, duration
from .snapshots import fallen, lately, latch

BOARD = "magic-connector-health"


def interfaces(r: Rules) -> list[dict]:
    limits, labels = r.limits, f"{r.connector}, device"
    # Many virtual interfaces work in the state unknown, so an interface counts only after it was up.
    down = fallen(r, "device", "network_was_up", "network_up")
    speed = fallen(r, "device", "network_speed_before_bytes", "network_speed_bytes")
    rates = lambda what: " + ".join(
        f"sum by ({labels}) (rate({PREFIX}network_{way}_{what}_total[30m]))" for way in ("receive", "transmit")
    )
    ratio = f"({rates('errs')})\n  / ({rates('packets')}) > {limits['interface_errors']}"
    errors = latch(r, "connector_device", "network_error_ratio_30m", r.lines(ratio, r.both(f"{PREFIX}network_receive_errs_total", labels)))
    return [
        r.alert(
            "MagicConnectorInterfaceDown",
            r.active(lately(down, labels, limits["unplugged_forgotten"])),
            "warning",
            "A network interface of a connector is down that was up before.",
            f"NAME: interface {{{{ $labels.device }}}} was up, and is down. The alert ends {duration(limits['unplugged_forgotten'])} after the change.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorInterfaceSlower",
            r.active(f"8 * ({lately(speed, labels, limits['change_forgotten'])})"),
            "warning",
            "A network interface of a connector has a lower speed than before.",
            f"NAME: interface {{{{ $labels.device }}}} had a speed of {{{{ $value | humanize }}}}bit/s, and now has a lower one. The alert ends {duration(limits['change_forgotten'])} after the change.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorInterfaceErrors",
            r.active(errors),
            "warning",
            "A network interface of a connector has many errors.",
            "NAME: {{ $value | humanizePercentage }} of the packets of interface {{ $labels.device }} have errors.",
            wait="30m",
        ),
    ]


def system(r: Rules) -> list[dict]:
    limits = r.limits
    value = lambda family: f"max by ({r.connector}) ({PREFIX}{family})"
    load = f"{value('load15')} / {value('cpus')} > {limits['cpu_load']}"
    memory = f"{value('memory_available_bytes')} / {value('memory_total_bytes')} < {limits['memory_available']}"
    # One alert for each connector, because many connectors have a sensor for each core.
    margin = f"{PREFIX}hwmon_temp_crit_celsius > 0"
    margin = f"min by ({r.connector}) (({margin}) - {PREFIX}hwmon_temp_celsius) < {limits['temperature_margin']}"
    boot = r.growth(f"{PREFIX}boot_time_seconds", "1h") + " > 60"
    return [
        r.alert(
            "MagicConnectorOverheating",
            r.active(latch(r, "connector", "temperature_margin_celsius", margin)),
            "critical",
            "A connector is almost too hot.",
            'NAME: a sensor is {{ printf "%.0f" $value }} °C below the temperature at which its component fails.',
            wait="10m",
        ),
        r.alert(
            "MagicConnectorCpuOverloaded",
            r.active(latch(r, "connector", "overload_ratio", load)),
            "warning",
            "The processor of a connector is overloaded.",
            "NAME: the load average of 15 minutes is {{ $value | humanizePercentage }} of the number of cores.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorMemoryLow",
            r.active(latch(r, "connector", "low_memory_ratio", memory)),
            "warning",
            "A connector has little available memory.",
            "NAME: {{ $value | humanizePercentage }} of the memory is available.",
            wait="15m",
        ),
        r.alert(
            "MagicConnectorRebooted",
            r.active(latch(r, "connector", "reboot_seconds_1h", boot)),
            "info",
            "A connector has rebooted.",
            "NAME has rebooted in the last hour.",
        ),
    ]


def storage(r: Rules) -> list[dict]:
    limits, labels = r.limits, f"{r.connector}, mountpoint"
    value = lambda family: f"max by ({labels}) ({PREFIX}filesystem_{family})"
    full = r.lines(
        f"{value('avail_bytes')} / {value('size_bytes')} < {limits['filesystem_available']}",
        r.unless(f"{PREFIX}filesystem_readonly == 1", labels),
    )
    readonly = fallen(r, "mountpoint", "filesystem_was_writable", "filesystem_readonly", rises=True)
    leases = fallen(r, "device", "dhcp_leases_before", "dhcp_leases", now=" == 0")
    return [
        r.alert(
            "MagicConnectorFilesystemFull",
            r.active(latch(r, "connector_mountpoint", "full_filesystem_ratio", full)),
            "warning",
            "A filesystem of a connector is almost full.",
            "NAME: {{ $value | humanizePercentage }} of the filesystem {{ $labels.mountpoint }} is available.",
            wait="30m",
        ),
        r.alert(
            "MagicConnectorFilesystemTurnedRo",
            r.active(lately(readonly, labels, limits["change_forgotten"])),
            "warning",
            "A filesystem of a connector has become read-only.",
            f"NAME: the filesystem {{{{ $labels.mountpoint }}}} was writable, and is read-only. The alert ends {duration(limits['change_forgotten'])} after the change.",
            wait="5m",
        ),
        r.alert(
            "MagicConnectorDhcpEmpty",
            r.active(lately(leases, f"{r.connector}, device", limits["unplugged_forgotten"])),
            "info",
            "A network of a connector no longer has DHCP leases.",
            f"NAME: interface {{{{ $labels.device }}}} had {{{{ $value }}}} DHCP lease(s), and has none. The alert ends {duration(limits['unplugged_forgotten'])} after the change.",
            wait="30m",
        ),
    ]


def alerts(r: Rules) -> list[dict]:
    return interfaces(r) + system(r) + storage(r)
