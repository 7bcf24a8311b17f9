// SPDX-License-Identifier: Apache-2.0

/// Members of objects: a key and its value.
extension JSONWriter {
    mutating func field(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func field(_ name: String, _ value: Int) {
        key(name)
        digits(value)
    }

    /// Appends a member whose value has the number style of the writer.
    mutating func field(_ name: String, number value: Int) {
        key(name)
        styled(value)
    }

    /// Appends a member whose value is finite, in the shortest form that parses to the same number.
    mutating func field(_ name: String, _ value: Double) {
        key(name)
        raw(Array(value.description.utf8))
    }

    mutating func field(_ name: String, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
    }

    /// Appends a member whose value is JSON text.
    mutating func field(_ name: String, raw value: StaticString) {
        key(name)
        raw(value)
    }

    /// Appends a member whose value is an object of numbers, sorted by key.
    mutating func field<Key: RawRepresentable<String>>(_ name: String, counts: [Key: Int]) {
        field(name, counts: counts.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
    }

    /// Appends a member whose value is an object of numbers, sorted by key.
    mutating func field(_ name: String, counts: [String: Int]) {
        object(name) { json in
            for (key, value) in counts.sorted(by: { $0.key < $1.key }) { json.field(key, value) }
        }
    }

    /// Appends a member whose value is an object.
    mutating func object(_ name: String, _ members: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try object(members)
    }

    /// Appends a member whose value is an array.
    mutating func array(_ name: String, _ elements: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try array(elements)
    }
}
