// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    static let disks: [SnapshotMetric] = [
        disk(
            "read_bytes_total",
            "Bytes read from the disk",
            .number("sectors_read", .sectors),
            isOnDemand: false
        ),
        disk(
            "written_bytes_total",
            "Bytes written to the disk",
            .number("sectors_written", .sectors),
            isOnDemand: false
        ),
        disk(
            "io_time_seconds_total",
            "Time in which the disk had I/O",
            .number("time_in_progress_ms", .milliseconds),
            isOnDemand: false
        ),
        disk("reads_completed_total", "Completed reads of the disk", .number("reads")),
        disk("reads_merged_total", "Merged reads of the disk", .number("merged")),
        disk(
            "read_time_seconds_total",
            "Time of all reads of the disk",
            .number("time_reading_ms", .milliseconds)
        ),
        disk("writes_completed_total", "Completed writes of the disk", .number("writes")),
        disk("writes_merged_total", "Merged writes of the disk", .number("writes_merged")),
        disk(
            "write_time_seconds_total",
            "Time of all writes of the disk",
            .number("time_writing_ms", .milliseconds)
        ),
        disk("discards_completed_total", "Completed discards of the disk", .number("discards")),
        disk("discards_merged_total", "Merged discards of the disk", .number("discards_merged")),
        disk(
            "discard_time_seconds_total",
            "Time of all discards of the disk",
            .number("time_discarding_ms", .milliseconds)
        ),
        disk("discarded_sectors_total", "Discarded sectors of the disk", .number("sectors_discarded")),
        disk("flush_requests_total", "Flushes of the disk", .number("flushes")),
        disk(
            "flush_requests_time_seconds_total",
            "Time of all flushes of the disk",
            .number("time_flushing_ms", .milliseconds)
        ),
        disk(
            "io_time_weighted_seconds_total",
            "Time of I/O of the disk, weighted by the number of requests in progress",
            .number("weighted_time_in_progress_ms", .milliseconds)
        ),
        .metric(
            .gauge,
            "disk_io_now",
            "Requests of the disk that are in progress.",
            .disks,
            of: .disks,
            isOnDemand: true,
            .number("in_progress")
        ),
        .computed(
            "disk_info",
            "Constant 1, with the device numbers of the disk as labels.",
            .disks,
            labels: ["device", "major", "minor"],
            isOnDemand: true,
            items: [(.disks, [.number("major"), .number("minor")])]
        ) { snapshot, body in
            for disk in snapshot.items(of: .disks) {
                let numbers = ["major", "minor"].map { field in
                    disk.number(field).flatMap { Int(exactly: $0) }.map { "\($0)" } ?? ""
                }
                body(disk.identity + numbers, 1)
            }
        },
    ]

    private static func disk(
        _ name: String,
        _ help: String,
        _ reading: SnapshotReading,
        isOnDemand: Bool = true
    ) -> SnapshotMetric {
        .metric(
            .counter,
            "disk_\(name)",
            "\(help), since the boot.",
            .disks,
            of: .disks,
            isOnDemand: isOnDemand,
            reading
        )
    }

    static let filesystems: [SnapshotMetric] = [
        filesystem("size_bytes", "Size of the filesystem.", .number("total_bytes")),
        filesystem(
            "avail_bytes",
            "Space of the filesystem that programs can use.",
            .number("available_bytes")
        ),
        filesystem("files", "Inodes of the filesystem.", .number("total_inodes")),
        filesystem("files_free", "Free inodes of the filesystem.", .number("available_inodes")),
        filesystem(
            "readonly",
            "Whether the filesystem is mounted read-only (1) or not (0).",
            .flag("is_read_only")
        ),
        .computed(
            "filesystem_info",
            "Constant 1, with the kind of the filesystem's disk as labels.",
            .filesystems,
            labels: SnapshotList.mounts.labels + ["kind", "removable"],
            isOnDemand: true,
            items: [(.mounts, [.text("kind"), .flag("is_removable")])]
        ) { snapshot, body in
            for mount in snapshot.items(of: .mounts) {
                let removable = mount.number("is_removable").map { $0 == 1 ? "true" : "false" } ?? ""
                body(mount.identity + [(mount.text("kind") ?? "").cut, removable], 1)
            }
        },
    ]

    private static func filesystem(_ name: String, _ help: String, _ reading: SnapshotReading)
        -> SnapshotMetric
    {
        .metric(.gauge, "filesystem_\(name)", help, .filesystems, of: .mounts, reading)
    }

    static let temperatures: [SnapshotMetric] = [
        .computed(
            "hwmon_temp_celsius",
            "Temperature of the sensor; absent for a sensor that reports 0 and has no limit.",
            .temperatures,
            labels: ["sensor"],
            items: [(.thermals, [.number("current_celcius"), .number("critical_celcius")])]
        ) { snapshot, body in
            for sensor in snapshot.items(of: .thermals) {
                guard let current = sensor.number("current_celcius") else { continue }
                // Virtual appliances report zeros.
                guard current != 0 || sensor.number("critical_celcius") ?? 0 != 0 else { continue }
                body(sensor.identity, current)
            }
        },
        .metric(
            .gauge,
            "hwmon_temp_crit_celsius",
            "Temperature at which the component of the sensor fails.",
            .temperatures,
            of: .thermals,
            .number("critical_celcius")
        ),
        .metric(
            .gauge,
            "hwmon_temp_max_celsius",
            "Highest temperature that the sensor has reported.",
            .temperatures,
            of: .thermals,
            isOnDemand: true,
            .number("max_celcius")
        ),
    ]

    static let dhcp: [SnapshotMetric] = [
        .computed(
            "dhcp_leases",
            "Active DHCP leases on the network interface.",
            .dhcp,
            labels: ["device"],
            items: [(.leases, [.number("expiry_time")])]
        ) { snapshot, body in
            var counts: [String: Int] = [:]
            for lease in snapshot.items(of: .leases) {
                let isActive = (lease.number("expiry_time") ?? 0) > Double(snapshot.t)
                counts[lease.identity[0].cut, default: 0] += isActive ? 1 : 0
            }
            for (device, count) in counts.sorted(by: { $0.key < $1.key }).prefix(64) {
                body([device], Double(count))
            }
        }
    ]

    static let routes: [SnapshotMetric] = [
        .computed(
            "routes",
            "Routes of the connector, by kind.",
            .routes,
            labels: ["kind"],
            items: [(.routes, [])]
        ) { snapshot, body in
            guard snapshot.hasList(.routes) else { return }
            let kinds = ["tunnel", "breakout", "lan", "other"]
            var counts: [String: Int] = [:]
            for route in snapshot.items(of: .routes) {
                let kind = route.identity[0].lowercased()
                counts[kinds.contains(kind) ? kind : "other", default: 0] += 1
            }
            for kind in kinds { body([kind], Double(counts[kind] ?? 0)) }
        }
    ]
}
