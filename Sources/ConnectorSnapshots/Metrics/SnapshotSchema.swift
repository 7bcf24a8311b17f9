// SPDX-License-Identifier: Apache-2.0

/// The fields that snapshots are decoded from: those that a metric reads, and nothing else.
///
/// So addresses, host names and other personal data are never decoded.
package struct SnapshotSchema: Sendable {
    /// The fields with numbers, flags and texts.
    ///
    /// A field has one type.
    package let numbers: [String]
    package let flags: [String]
    package let texts: [String]

    /// The position of each field in the array of its type.
    ///
    /// Flags follow the numbers.
    let numberIndex: [String: Int]
    let textIndex: [String: Int]

    private init(_ readings: [SnapshotReading], texts identity: [String] = []) {
        func names(_ type: SnapshotReading.FieldType) -> [String] {
            Set(readings.lazy.filter { $0.type == type }.map(\.field)).sorted()
        }
        let texts = identity + names(.text).filter { !identity.contains($0) }
        let values = names(.number) + names(.flag)
        numbers = names(.number)
        flags = names(.flag)
        self.texts = texts
        numberIndex = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        textIndex = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
    }

    /// The fields of the snapshot itself.
    package static let snapshot = SnapshotSchema(
        SnapshotMetric.all.flatMap(\.readings) + CounterSemantics.fields
    )

    /// The fields of the items of each list.
    ///
    /// The texts begin with the identity.
    private static let items: [SnapshotList: SnapshotSchema] = Dictionary(
        uniqueKeysWithValues: SnapshotList.allCases.map { list in
            let readings = SnapshotMetric.all.flatMap(\.itemReadings).filter { $0.list == list }
            return (list, SnapshotSchema(readings.flatMap(\.readings), texts: list.identity))
        }
    )

    /// Returns the fields of the items of a list.
    package static func items(of list: SnapshotList) -> SnapshotSchema { items[list] ?? SnapshotSchema([]) }
}
