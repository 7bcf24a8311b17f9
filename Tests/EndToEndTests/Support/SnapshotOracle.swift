// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The expected series of a snapshot, computed from its JSON by the rules of the mapping and without the exporter's table.
///
/// Source: node_exporter's names, as `deploy/docs/snapshots.md` documents them.
struct SnapshotOracle {
    private let fields: [String: Any]
    private let t: Double
    private var series: [String: Double] = [:]

    /// Computes the series, without the labels of account and connector: `name{label="value"}`.
    static func series(of json: Data) throws -> [String: Double] {
        let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
        var oracle = SnapshotOracle(fields: object)
        oracle.addItself()
        oracle.addSystem()
        oracle.addMemory()
        oracle.addProtocols()
        oracle.addNetwork()
        oracle.addTunnels()
        oracle.addStorage()
        oracle.addCounts()
        return oracle.series
    }

    private init(fields: [String: Any]) {
        self.fields = fields
        t = (fields["t"] as? NSNumber)?.doubleValue ?? 0
    }

    private func number(_ field: String) -> Double? { (fields[field] as? NSNumber)?.doubleValue }

    private func text(_ field: String) -> String { fields[field] as? String ?? "" }

    private func items(_ field: String) -> [[String: Any]] { fields[field] as? [[String: Any]] ?? [] }

    private mutating func add(_ name: String, _ value: Double?) { add(name, [], value) }

    private mutating func add(_ name: String, _ labels: [(String, String)], _ value: Double?) {
        guard let value else { return }
        let text = labels.map { ",\($0.0)=\"\($0.1)\"" }.joined()
        series["\(name){\(text.dropFirst())}"] = value
    }

    private mutating func addStates(
        _ name: String,
        _ labels: [(String, String)],
        _ states: [String],
        _ current: String
    ) {
        for state in states { add(name, labels + [("state", state)], state == current ? 1 : 0) }
    }
}

extension SnapshotOracle {
    private mutating func addItself() {
        add("last_snapshot_timestamp_seconds", t)
        add(
            "snapshot_info",
            [("platform", text("platform")), ("version", text("v")), ("site_id", text("site_id"))],
            1
        )
        add("snapshot_record_failures", number("count_record_failed"))
        add("snapshot_transmit_failures", number("count_transmit_failures"))
        add("snapshot_reclaim_failures", number("count_reclaim_failures"))
        add("snapshot_reclaimed_paths", number("count_reclaimed_paths"))
        addStates(
            "ha_state",
            [],
            ["disabled", "active", "standby", "stopped", "fault", "unknown"],
            text("ha_state").lowercased()
        )
        add("reconcile_operations", [("kind", "applied")], number("delta"))
        add("reconcile_operations", [("kind", "simulated")], number("epsilon"))
    }

    private mutating func addSystem() {
        add("boot_time_seconds", number("kernel_btime"))
        add("cpus", number("cpu_count"))
        for minutes in ["1", "5", "15"] { add("load\(minutes)", number("load_average_\(minutes)m")) }
        for mode in ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] {
            add("cpu_seconds_total", [("mode", mode)], number("cpu_time_\(mode)_ms").map { $0 / 1000 })
        }
        for (mode, field) in [("user", "guest"), ("nice", "guest_nice")] {
            add("cpu_guest_seconds_total", [("mode", mode)], number("cpu_time_\(field)_ms").map { $0 / 1000 })
        }
        for state in ["running", "blocked"] { add("procs_\(state)", number("kernel_processes_\(state)")) }
        add("forks_total", number("kernel_processes"))
        add("context_switches_total", number("kernel_ctxt"))
        add("scheduling_entities", [("state", "runnable")], number("load_average_cur"))
        add("scheduling_entities", [("state", "existing")], number("load_average_max"))
        let pressures = [
            ("cpu_waiting", "cpu_pressure"), ("io_waiting", "io_pressure_some"),
            ("io_stalled", "io_pressure_full"), ("memory_waiting", "memory_pressure_some"),
            ("memory_stalled", "memory_pressure_full"),
        ]
        for (name, field) in pressures {
            add("pressure_\(name)_seconds_total", number("\(field)_total_us").map { $0 / 1e6 })
        }
    }

    private mutating func addMemory() {
        for field in fields.keys where field.hasPrefix("memory_") && !field.hasPrefix("memory_pressure") {
            add(field == "memory_hugepages_total" ? "memory_hugepages_pool" : field, number(field))
        }
    }

    private mutating func addProtocols() {
        let gauges = ["ip_default_ttl", "ip_reasm_timeout", "tcp_max_conn", "tcp_curr_estab"]
        for field in fields.keys where field.hasPrefix("snmp_") {
            let name = String(field.dropFirst("snmp_".count))
            switch name {
            case "ip_forwarding_enabled": add("netstat_ip_forwarding", number(field))
            case "tcp_rto_min", "tcp_rto_max":
                add("netstat_\(name)_seconds", number(field).map { $0 / 1000 })
            case _ where gauges.contains(name): add("netstat_\(name)", number(field))
            default: add("netstat_\(name)_total", number(field))
            }
        }
    }

    private static func isExposed(device name: String) -> Bool {
        name != "lo" && !name.hasPrefix("veth") && !name.hasPrefix("dummy")
    }

    private mutating func addNetwork() {
        for item in items("netdevs") {
            guard let name = item["name"] as? String, Self.isExposed(device: name) else { continue }
            for (key, value) in item where key != "name" {
                let field = key.replacing("recv_", with: "receive_").replacing("sent_", with: "transmit_")
                add("network_\(field)_total", [("device", name)], (value as? NSNumber)?.doubleValue)
            }
        }
        for item in items("interfaces") {
            guard let name = item["name"] as? String, Self.isExposed(device: name) else { continue }
            let state = item["operstate"] as? String ?? ""
            add("network_up", [("device", name)], state.lowercased() == "up" ? 1 : 0)
            add("network_info", [("device", name), ("operstate", state)], 1)
            if let speed = (item["speed"] as? NSNumber)?.doubleValue, speed > 0 {
                add("network_speed_bytes", [("device", name)], speed / 8)
            }
            let score = (item["health_score"] as? NSNumber)?.doubleValue
            add("network_health_ratio", [("device", name)], score.map { $0 / 100 })
            for reason in (item["health_reason"] as? String ?? "").split(separator: ",") {
                let reason = reason.trimmingCharacters(in: .whitespaces)
                add("network_health_reason", [("device", name), ("reason", reason)], 1)
            }
        }
        for item in items("bonds") {
            let labels = [
                ("master", item["name"] as? String ?? ""), ("status", item["status"] as? String ?? ""),
            ]
            add("bonding_status", labels, 1)
        }
    }

    private mutating func addTunnels() {
        for item in items("tunnels") {
            let id = [("tunnel_id", item["tunnel_id"] as? String ?? "")]
            func value(_ field: String) -> Double? { (item[field] as? NSNumber)?.doubleValue }
            add("tunnel_info", id + [("device", item["interface_name"] as? String ?? "")], 1)
            addStates(
                "tunnel_health",
                id,
                ["unknown", "healthy", "degraded", "down"],
                item["health_state"] as? String ?? ""
            )
            add("tunnel_latency_seconds", id, value("latency_ms").map { $0 / 1000 })
            add("tunnel_jitter_seconds", id, value("jitter_ms").map { $0 / 1000 })
            add("tunnel_mtu_bytes", id, value("probed_mtu"))
            for result in ["healthy", "unhealthy"] {
                add("tunnel_recent_pings", id + [("result", result)], value("recent_\(result)_pings"))
            }
            if let state = value("natd_state") {
                let states = ["detected", "missing", "stale"]
                addStates("tunnel_nat_detection", id, states, states[Int(state)])
            }
        }
    }

    private mutating func addStorage() {
        let counters: [String: (String, Double)] = [
            "reads": ("reads_completed_total", 1), "merged": ("reads_merged_total", 1),
            "sectors_read": ("read_bytes_total", 512), "time_reading_ms": ("read_time_seconds_total", 0.001),
            "writes": ("writes_completed_total", 1), "writes_merged": ("writes_merged_total", 1),
            "sectors_written": ("written_bytes_total", 512),
            "time_writing_ms": ("write_time_seconds_total", 0.001), "in_progress": ("io_now", 1),
            "time_in_progress_ms": ("io_time_seconds_total", 0.001),
            "weighted_time_in_progress_ms": ("io_time_weighted_seconds_total", 0.001),
            "discards": ("discards_completed_total", 1), "discards_merged": ("discards_merged_total", 1),
            "sectors_discarded": ("discarded_sectors_total", 1),
            "time_discarding_ms": ("discard_time_seconds_total", 0.001),
            "flushes": ("flush_requests_total", 1),
            "time_flushing_ms": ("flush_requests_time_seconds_total", 0.001),
        ]
        for item in items("disks") {
            guard let name = item["name"] as? String,
                name.wholeMatch(of: /(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+/) == nil
            else { continue }
            for (field, (metric, factor)) in counters {
                let value = (item[field] as? NSNumber)?.doubleValue
                add("disk_\(metric)", [("device", name)], value.map { factor < 1 ? $0 / 1000 : $0 * factor })
            }
            let numbers = ["major", "minor"].map { ($0, "\((item[$0] as? NSNumber)?.intValue ?? 0)") }
            add("disk_info", [("device", name)] + numbers, 1)
        }
        for item in items("mounts") {
            let labels = [("device", "name"), ("mountpoint", "mount_point"), ("fstype", "file_system")]
                .map { ($0.0, item[$0.1] as? String ?? "") }
            guard !["tmpfs", "overlay", "squashfs"].contains(labels[2].1),
                labels[1].1.prefixMatch(of: /\/(dev|proc|sys|run)(\/|$)/) == nil
            else { continue }
            func value(_ field: String) -> Double? { (item[field] as? NSNumber)?.doubleValue }
            add("filesystem_size_bytes", labels, value("total_bytes"))
            add("filesystem_avail_bytes", labels, value("available_bytes"))
            add("filesystem_files", labels, value("total_inodes"))
            add("filesystem_files_free", labels, value("available_inodes"))
            add("filesystem_readonly", labels, value("is_read_only"))
            let removable = (item["is_removable"] as? Bool).map { $0 ? "true" : "false" } ?? ""
            add(
                "filesystem_info",
                labels + [("kind", item["kind"] as? String ?? ""), ("removable", removable)],
                1
            )
        }
        for item in items("thermals") {
            let sensor = [("sensor", item["label"] as? String ?? "")]
            func value(_ field: String) -> Double? { (item[field] as? NSNumber)?.doubleValue }
            if let current = value("current_celcius"), current != 0 || value("critical_celcius") ?? 0 != 0 {
                add("hwmon_temp_celsius", sensor, current)
            }
            add("hwmon_temp_crit_celsius", sensor, value("critical_celcius"))
            add("hwmon_temp_max_celsius", sensor, value("max_celcius"))
        }
    }

    private mutating func addCounts() {
        var leases: [String: Double] = [:]
        for item in items("dhcp_leases") {
            let isActive = (item["expiry_time"] as? NSNumber)?.doubleValue ?? 0 > t
            leases[item["interface_name"] as? String ?? "", default: 0] += isActive ? 1 : 0
        }
        for (device, count) in leases { add("dhcp_leases", [("device", device)], count) }
        guard fields["routes"] != nil else { return }
        let kinds = items("routes").map { $0["kind"] as? String ?? "" }
        for kind in ["tunnel", "breakout", "lan"] {
            add("routes", [("kind", kind)], Double(kinds.count { $0 == kind }))
        }
        add(
            "routes",
            [("kind", "other")],
            Double(kinds.count { !["tunnel", "breakout", "lan"].contains($0) })
        )
    }
}
