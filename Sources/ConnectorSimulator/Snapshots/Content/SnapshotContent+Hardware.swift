// SPDX-License-Identifier: Apache-2.0

/// The disks, the file systems, the temperatures and the DHCP leases.
extension SnapshotContent {
    var disks: [SnapshotObject] { model.disks.enumerated().map(disk) }

    private func disk(_ index: Int, _ disk: BoxModel.Disk) -> SnapshotObject {
        func count(_ rate: Double) -> Int { self.count(rate * disk.share) }
        var object = SnapshotObject(capacity: 20)
        object.add("name", disk.name)
        object.add("major", disk.major)
        object.add("minor", disk.minor)
        object.add("reads", count(0.9))
        object.add("merged", count(0.1))
        object.add("sectors_read", count(41))
        object.add("time_reading_ms", count(0.4))
        object.add("writes", count(7))
        object.add("writes_merged", count(3))
        object.add("sectors_written", count(260))
        object.add("time_writing_ms", count(9))
        object.add("in_progress", disk.share > 0 && noise.unit(UInt64(0xc6_00 + index), t) < 0.1 ? 1 : 0)
        object.add("time_in_progress_ms", count(6))
        object.add("weighted_time_in_progress_ms", count(10))
        object.add("discards", count(0.02))
        object.add("discards_merged", count(0.001))
        object.add("sectors_discarded", count(900))
        object.add("time_discarding_ms", count(0.01))
        object.add("flushes", count(0.4))
        object.add("time_flushing_ms", count(0.9))
        return object
    }

    var mounts: [SnapshotObject] { model.mounts.enumerated().map(mount) }

    private func mount(_ index: Int, _ mount: BoxModel.Mount) -> SnapshotObject {
        let isRoot = index == 0
        let growth =
            mount.used > 0 && !mount.isReadOnly
            ? 0.04 * noise.smooth(UInt64(0xc6_10 + index), at: t, period: 86_400) : 0
        let used = isRoot ? state.diskUsed ?? mount.used + growth : min(1, mount.used + growth)
        let inodes = mount.type == "squashfs" ? 900 : mount.bytes >> 14
        var object = SnapshotObject()
        object.add("name", mount.name)
        object.add("mount_point", mount.point)
        object.add("file_system", mount.type)
        object.add("kind", mount.kind)
        object.add("total_bytes", mount.bytes)
        object.add("available_bytes", (Int(Double(mount.bytes) * (1 - used)) >> 12) << 12)
        object.add("total_inodes", inodes)
        object.add("available_inodes", Int(Double(inodes) * (1 - used / 2)))
        object.add("is_read_only", mount.isReadOnly)
        object.add("is_removable", false)
        return object
    }

    var sensors: [SnapshotObject] {
        model.sensors.enumerated().map { index, sensor in
            let key = UInt64(0xc6_20 + index)
            var current = sensor.usual
            if sensor.usual > 0 { current += 4 * (load - 1) + 2 * noise.smooth(key, at: t, period: 300) }
            var highest = sensor.usual > 0 ? sensor.usual + 9 : 0
            if sensor.isProcessor, let temperature = state.temperature { current = temperature }
            highest = max(highest, current)
            var object = SnapshotObject()
            object.add("label", sensor.label)
            object.add("current_celcius", rounded: current)
            if let critical = sensor.critical { object.add("critical_celcius", rounded: critical) }
            object.add("max_celcius", rounded: highest)
            return object
        }
    }

    var leases: [SnapshotObject] { model.hasLeases ? model.lans.flatMap(leases(ofPort:)) : [] }

    /// The leases of one LAN: 5 to 20 clients, of which the last has left.
    private func leases(ofPort port: Int) -> [SnapshotObject] {
        let key = UInt64(0xc6_40 + port)
        let clients = 5 + noise.whole(0...15, key)
        return (0..<clients).map { client in
            let mac =
                "02:00:" + (0..<4).map { noise.hex(2, key, 100 + 4 * client + $0) }.joined(separator: ":")
            // Each client renews its lease of a day twice a day.
            let phase = noise.whole(0...43_199, key, 1000 + client)
            let renewal = t - (t + phase) % 43_200
            var object = SnapshotObject()
            object.add("client_id", "01:\(mac)")
            object.add("expiry_time", client == clients - 1 ? t - 600 : renewal + 86_400)
            // Personal data. Tests check that the exporter never shows it.
            object.add(
                "hostname",
                "must-not-leak-\(Self.hosts[client % Self.hosts.count])-\(noise.hex(4, key, 2000 + client))"
            )
            object.add("interface_name", model.ports[port].name)
            object.add("ip_address", "\(network(ofPort: port)).\(20 + client)")
            object.add("mac_address", mac)
            return object
        }
    }

    private static let hosts = ["laptop", "phone", "printer", "camera", "till"]
}
