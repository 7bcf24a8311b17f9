// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    static let snapshotItself: [SnapshotMetric] = [
        .computed(
            "snapshot_info",
            "Constant 1, with the platform, the version and the site of the newest snapshot as labels.",
            nil,
            labels: ["platform", "version", "site_id"],
            fields: [.text("platform"), .text("v"), .text("site_id")]
        ) { snapshot, body in
            body(
                [snapshot.text("platform") ?? "", snapshot.text("v") ?? "", snapshot.text("site_id") ?? ""],
                1
            )
        },
        .metric(
            .gauge,
            "snapshot_record_failures",
            "Snapshots that the connector could not record. The API does not say since when.",
            .system,
            .number("count_record_failed")
        ),
        .metric(
            .gauge,
            "snapshot_transmit_failures",
            "Snapshots that the connector could not send. The API does not say since when.",
            .system,
            .number("count_transmit_failures")
        ),
        .metric(
            .gauge,
            "snapshot_reclaim_failures",
            "Failed attempts of the connector to free space.",
            .system,
            isOnDemand: true,
            .number("count_reclaim_failures")
        ),
        .metric(
            .gauge,
            "snapshot_reclaimed_paths",
            "Paths that the connector deleted to free space.",
            .system,
            isOnDemand: true,
            .number("count_reclaimed_paths")
        ),
    ]

    static let highAvailability: [SnapshotMetric] = [
        .computed(
            "ha_state",
            "1 for the high-availability state of the connector, 0 for the others.",
            .highAvailability,
            labels: ["state"],
            fields: [.text("ha_state"), .number("ha_value")]
        ) { snapshot, body in
            guard let state = HighAvailabilityState(of: snapshot) else { return }
            for other in HighAvailabilityState.allCases { body([other.rawValue], other == state ? 1 : 0) }
        },
        .metric(
            .gauge,
            "reconcile_operations",
            "Network operations of the newest state transition: applied, or simulated in a dry run.",
            .highAvailability,
            label: "kind",
            isOnDemand: true,
            .number("delta", as: "applied"),
            .number("epsilon", as: "simulated")
        ),
    ]

    static let system: [SnapshotMetric] = [
        .computed(
            "boot_time_seconds",
            "When the connector booted, in seconds since the Unix epoch.",
            .system,
            fields: [.number("kernel_btime"), .number("system_boot_time_s"), .number("uptime_total_ms")]
        ) { snapshot, body in
            if let time = snapshot.bootTime { body([], time) }
        },
        .metric(.gauge, "cpus", "Processor cores of the connector.", .system, .number("cpu_count")),
        .metric(.gauge, "load1", "Load average over 1 minute.", .system, .number("load_average_1m")),
        .metric(.gauge, "load5", "Load average over 5 minutes.", .system, .number("load_average_5m")),
        .metric(.gauge, "load15", "Load average over 15 minutes.", .system, .number("load_average_15m")),
        .metric(
            .counter,
            "cpu_seconds_total",
            "Time that all cores together spent in each mode, since the boot.",
            .system,
            label: "mode",
            .number("cpu_time_user_ms", .milliseconds, as: "user"),
            .number("cpu_time_nice_ms", .milliseconds, as: "nice"),
            .number("cpu_time_system_ms", .milliseconds, as: "system"),
            .number("cpu_time_idle_ms", .milliseconds, as: "idle"),
            .number("cpu_time_iowait_ms", .milliseconds, as: "iowait"),
            .number("cpu_time_irq_ms", .milliseconds, as: "irq"),
            .number("cpu_time_softirq_ms", .milliseconds, as: "softirq"),
            .number("cpu_time_steal_ms", .milliseconds, as: "steal")
        ),
        .metric(
            .counter,
            "cpu_guest_seconds_total",
            "Time that all cores together spent in guests, which is also part of the modes user and nice.",
            .system,
            label: "mode",
            isOnDemand: true,
            .number("cpu_time_guest_ms", .milliseconds, as: "user"),
            .number("cpu_time_guest_nice_ms", .milliseconds, as: "nice")
        ),
        .metric(
            .gauge,
            "procs_running",
            "Processes that can run.",
            .system,
            .number("kernel_processes_running")
        ),
        .metric(
            .gauge,
            "procs_blocked",
            "Processes that wait for I/O.",
            .system,
            .number("kernel_processes_blocked")
        ),
        .metric(
            .counter,
            "forks_total",
            "Created processes, since the boot.",
            .system,
            isOnDemand: true,
            .number("kernel_processes")
        ),
        .metric(
            .counter,
            "context_switches_total",
            "Context switches, since the boot.",
            .system,
            isOnDemand: true,
            .number("kernel_ctxt")
        ),
        .metric(
            .gauge,
            "scheduling_entities",
            "Threads that can run now, and threads that exist.",
            .system,
            label: "state",
            isOnDemand: true,
            .number("load_average_cur", as: "runnable"),
            .number("load_average_max", as: "existing")
        ),
    ]

    static let pressure: [SnapshotMetric] = [
        .metric(
            .counter,
            "pressure_cpu_waiting_seconds_total",
            "Time in which at least one task waited for a CPU, since the boot.",
            .pressure,
            .number("cpu_pressure_total_us", .microseconds)
        ),
        .metric(
            .counter,
            "pressure_io_waiting_seconds_total",
            "Time in which at least one task waited for I/O, since the boot.",
            .pressure,
            .number("io_pressure_some_total_us", .microseconds)
        ),
        .metric(
            .counter,
            "pressure_io_stalled_seconds_total",
            "Time in which all tasks waited for I/O, since the boot.",
            .pressure,
            .number("io_pressure_full_total_us", .microseconds)
        ),
        .metric(
            .counter,
            "pressure_memory_waiting_seconds_total",
            "Time in which at least one task waited for memory, since the boot.",
            .pressure,
            .number("memory_pressure_some_total_us", .microseconds)
        ),
        .metric(
            .counter,
            "pressure_memory_stalled_seconds_total",
            "Time in which all tasks waited for memory, since the boot.",
            .pressure,
            .number("memory_pressure_full_total_us", .microseconds)
        ),
    ]
}
