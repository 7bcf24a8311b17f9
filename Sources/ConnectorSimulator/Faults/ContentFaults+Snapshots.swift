// SPDX-License-Identifier: Apache-2.0

/// The faults in the content of snapshots.
///
/// The faults that change random fields leave `t` alone, so that a client can use the other fields. `bad_times` changes it.
extension ContentFaults {
    /// Returns the newest snapshots as the faults require them.
    mutating func applied(to snapshots: [SnapshotObject]) -> [SnapshotObject] {
        var items: [SnapshotObject] = []
        for snapshot in snapshots { items.append(applied(to: snapshot)) }
        if contains(.duplicateItems) { items = items.flatMap { [$0, $0] } }
        if contains(.badTimes), let first = items.first {
            items += Self.badTimes.map { time in
                var copy = first
                copy["t"] = time
                return copy
            }
        }
        if contains(.severalSnapshots) || contains(.badTimes), items.count > 1 {
            for last in items.indices.dropFirst().reversed() { items.swapAt(last, random.whole(0, last)) }
        }
        return items
    }

    private static let badTimes: [SnapshotValue?] = [
        nil, .raw("null"), .text("1790000000"), .text("NaN"), .raw("[]"), .raw("{}"), .flag(true), .whole(-1),
        .whole(0), .raw("1790000000.5"), .raw("1e308"), .raw("1e400"), .raw("99999999999999999999999999"),
        .raw("9223372036854775808"), .whole(32_503_680_000),
    ]

    /// Returns one snapshot as the faults require it.
    mutating func applied(to snapshot: SnapshotObject) -> SnapshotObject {
        guard !isEmpty else { return snapshot }
        var object = snapshot
        // First the faults that need the usual form of a snapshot.
        if contains(.unknownStates) { Self.replaceStates(of: &object) }
        if contains(.manyInterfaces) {
            Self.fill(&object, "interfaces", 500)
            Self.fill(&object, "netdevs", 500)
        }
        if contains(.manyLeases) { Self.fill(&object, "dhcp_leases", 10_000) }
        if contains(.manyRoutes) { Self.fill(&object, "routes", 10_000) }
        let mutation = SnapshotMutation(self)
        mutation.apply(to: &object, in: nil, &random)
        return object
    }

    /// Replaces all states with ones that the API does not document.
    private static func replaceStates(of object: inout SnapshotObject) {
        object["ha_state"] = .text("quorum lost")
        object["ha_value"] = .whole(17)
        let states: [(array: String, fields: [(String, SnapshotValue)])] = [
            (
                "tunnels",
                [
                    ("health_state", .text("Sideways")), ("health_value", .whole(9)),
                    ("natd_state", .whole(-3)),
                ]
            ),
            ("interfaces", [("operstate", .text("lowerlayerdown"))]),
            ("bonds", [("status", .text("churned"))]),
            ("routes", [("kind", .text("wormhole"))]),
            ("mounts", [("file_system", .text("bcachefs")), ("kind", .text("Tape"))]),
        ]
        for (array, fields) in states {
            let items = object.objects(array).map { item in
                var item = item
                for (name, value) in fields { item[name] = value }
                return item
            }
            object[array] = .objects(items)
        }
    }

    /// Adds copies of an array's last item, with numbers in their names.
    private static func fill(_ object: inout SnapshotObject, _ array: String, _ count: Int) {
        var items = object.objects(array)
        var last = items.last ?? SnapshotObject()
        if items.isEmpty {
            // A virtual box has no leases.
            for name in ["client_id", "hostname", "interface_name", "ip_address", "mac_address"] {
                last.add(name, "eth1")
            }
            last.add("expiry_time", 2_000_000_000)
        }
        for number in 0..<count {
            var copy = last
            for name in ["name", "ip_address"] where copy[name] != nil { copy[name] = .text("many\(number)") }
            if copy["destination"] != nil {
                copy["destination"] = .text("10.\(number / 250).\(number % 250).0/24")
            }
            items.append(copy)
        }
        object[array] = .objects(items)
    }
}
