// SPDX-License-Identifier: Apache-2.0

/// A JSON object of a snapshot, with its fields in the order in which they were added.
struct SnapshotObject: Sendable {
    struct Field: Sendable {
        var name: String
        var value: SnapshotValue
    }

    var fields: [Field] = []

    init(capacity: Int = 16) { fields.reserveCapacity(capacity) }

    mutating func add(_ name: String, _ value: Int) { fields.append(Field(name: name, value: .whole(value))) }

    mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: .text(value)))
    }

    mutating func add(_ name: String, _ value: Bool) { fields.append(Field(name: name, value: .flag(value))) }

    mutating func add(_ name: String, _ value: [SnapshotObject]) {
        fields.append(Field(name: name, value: .objects(value)))
    }

    /// Adds a number with at most three digits after the point, as the agent reports gauges.
    mutating func add(_ name: String, rounded value: Double) {
        fields.append(Field(name: name, value: .decimal((value * 1000).rounded() / 1000)))
    }

    subscript(name: String) -> SnapshotValue? {
        get { fields.first { $0.name == name }?.value }
        set {
            guard let index = fields.firstIndex(where: { $0.name == name }) else {
                if let newValue { fields.append(Field(name: name, value: newValue)) }
                return
            }
            if let newValue { fields[index].value = newValue } else { fields.remove(at: index) }
        }
    }

    /// The objects of an array field; empty if the field is missing.
    func objects(_ name: String) -> [SnapshotObject] {
        if case .objects(let objects) = self[name] { objects } else { [] }
    }

    /// Appends the object.
    func write(to json: inout JSONWriter) {
        json.object { json in write(fieldsTo: &json) }
    }

    /// Appends the fields to an object that is already open.
    func write(fieldsTo json: inout JSONWriter) {
        for field in fields {
            json.key(field.name)
            field.value.write(to: &json)
        }
    }
}
