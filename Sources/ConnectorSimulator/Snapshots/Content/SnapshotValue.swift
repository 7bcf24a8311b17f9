// SPDX-License-Identifier: Apache-2.0

/// A JSON value of a snapshot.
///
/// A tree of values lets a fault change any field without knowledge of its meaning.
enum SnapshotValue: Sendable {
    case whole(Int)
    case decimal(Double)
    case text(String)
    case flag(Bool)
    case objects([SnapshotObject])
    /// JSON text that the other cases cannot express.
    case raw(String)

    var isNumber: Bool {
        switch self {
        case .whole, .decimal: true
        case .text, .flag, .objects, .raw: false
        }
    }

    /// Appends the value; a key precedes it.
    func write(to json: inout JSONWriter) {
        switch self {
        case .whole(let number): json.styled(number)
        case .decimal(let number): json.raw(Array(number.description.utf8))
        case .text(let text): json.string(text)
        case .flag(let isTrue): json.raw(isTrue ? "true" : "false")
        case .objects(let objects):
            json.array { json in
                for object in objects { object.write(to: &json) }
            }
        case .raw(let text): json.raw(Array(text.utf8))
        }
    }
}
