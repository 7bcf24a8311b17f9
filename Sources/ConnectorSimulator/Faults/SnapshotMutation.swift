// SPDX-License-Identifier: Apache-2.0

/// A change of every object of a snapshot.
struct SnapshotMutation: Sendable {
    private let faults: ContentFaults

    init(_ faults: ContentFaults) { self.faults = faults }

    /// Changes an object and the objects in it.
    ///
    /// - Parameters:
    ///   - object: the snapshot, or an item of one of its arrays.
    ///   - array: the name of the array; `nil` for the snapshot itself.
    ///   - random: the random choices.
    func apply(to object: inout SnapshotObject, in array: String?, _ random: inout SeededGenerator) {
        let isRequired = { (name: String) in Self.isRequired(name, in: array) }
        if faults.contains(.missingOptional) { object.fields.removeAll { !isRequired($0.name) } }
        if faults.contains(.missingSome) {
            object.fields.removeAll { !isRequired($0.name) && random.chance(0.5) }
        }
        for index in object.fields.indices where array != nil || object.fields[index].name != "t" {
            apply(to: &object.fields[index], &random)
        }
        if faults.contains(.extraFields) {
            object.fields.append(.init(name: "connector_id", value: .text("unknown")))
            object.fields.append(.init(name: "", value: .raw(#"{"k":[null,1e-7,"t",{"":[]}]}"#)))
        }
    }

    private func apply(to field: inout SnapshotObject.Field, _ random: inout SeededGenerator) {
        if case .objects(var objects) = field.value {
            for index in objects.indices { apply(to: &objects[index], in: field.name, &random) }
            if faults.contains(.duplicateItems), let first = objects.first { objects.append(first) }
            field.value = .objects(objects)
        }
        if faults.contains(.longNames), case .text(let text) = field.value, Self.names.contains(field.name) {
            let filler = String(repeating: "long", count: 2500 - text.utf8.count / 4)
            field.value = .text(text + filler)
        }
        let isNumber = field.value.isNumber
        if isNumber, faults.contains(.nullNumbers), random.chance(0.3) { field.value = .raw("null") }
        if isNumber, faults.contains(.nanText), random.chance(0.3) {
            field.value = .text(["NaN", "Infinity", "-inf"][random.whole(0, 2)])
        }
        if isNumber, faults.contains(.hugeNumbers), random.chance(0.3) {
            field.value = .raw(Self.hugeNumbers[random.whole(0, Self.hugeNumbers.count - 1)])
        }
        if isNumber, faults.contains(.negativeNumbers), random.chance(0.3) {
            field.value = .raw(["-1", "-0.5", "-1e308", "-9223372036854775809"][random.whole(0, 3)])
        }
        if faults.contains(.wrongTypes), random.chance(0.3) {
            field.value = .raw([#""12""#, "{}", "[]", "true", "12", "null", "[[]]"][random.whole(0, 6)])
        }
    }

    private static let hugeNumbers = [
        "1e308", "1e400", "99999999999999999999999999", "9223372036854775808", "18446744073709551615",
    ]

    private static let names: Set = [
        "name", "tunnel_id", "interface_name", "label", "mount_point", "site_id", "v",
    ]

    /// Returns whether the schema requires a field.
    ///
    /// Source: Cloudflare Python SDK 5.9.0.
    private static func isRequired(_ name: String, in array: String?) -> Bool {
        guard let array else {
            return name == "t" || name == "v" || name.hasPrefix("count_")
        }
        return optional[array]?.contains(name) != true
    }

    /// The optional fields of the items of each array.
    private static let optional: [String: Set<String>] = [
        "tunnels": [
            "jitter_ms", "latency_ms", "natd_result", "natd_state", "natd_target", "probed_mtu",
            "recent_healthy_pings", "recent_unhealthy_pings",
        ],
        "interfaces": ["health_reason", "health_score", "ip_addresses", "speed"],
        "thermals": ["critical_celcius", "current_celcius", "max_celcius"],
        "mounts": [
            "available_bytes", "available_inodes", "is_read_only", "is_removable", "total_bytes",
            "total_inodes",
        ],
        "disks": [
            "discards", "discards_merged", "flushes", "sectors_discarded", "time_discarding_ms",
            "time_flushing_ms",
        ],
        "routes": ["gateway", "weight"],
    ]
}
