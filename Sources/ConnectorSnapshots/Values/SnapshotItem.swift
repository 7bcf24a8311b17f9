// SPDX-License-Identifier: Apache-2.0

/// An item of a list in a snapshot, such as a tunnel.
package struct SnapshotItem: Sendable, Hashable {
    let list: SnapshotList

    /// The values in the order of `SnapshotSchema.numbers`, then `flags`; not a number if absent.
    private let numbers: [Double]

    /// The values in the order of `SnapshotSchema.texts`.
    private var texts: [String?]

    /// The texts that identify the item.
    var identity: [String]

    /// Creates an item.
    ///
    /// Returns `nil` if a text that identifies the item is absent.
    ///
    /// - Parameters:
    ///   - list: the list.
    ///   - numbers: returns the value of a number; `nil` if it is absent.
    ///   - flags: returns the value of a boolean; `nil` if it is absent.
    ///   - texts: returns the value of a text; `nil` if it is absent.
    package init?(
        of list: SnapshotList,
        numbers: (String) -> Double?,
        flags: (String) -> Bool?,
        texts: (String) -> String?
    ) {
        let schema = SnapshotSchema.items(of: list)
        let values = schema.texts.map(texts)
        let identity = values.prefix(list.identity.count).compactMap(\.self)
        guard identity.count == list.identity.count else { return nil }
        self.list = list
        self.identity = identity
        self.texts = values
        self.numbers =
            schema.numbers.map { numbers($0) ?? .nan }
            + schema.flags.map { flags($0).map { $0 ? 1 : 0 } ?? .nan }
    }

    func number(_ field: String) -> Double? {
        guard let index = SnapshotSchema.items(of: list).numberIndex[field], numbers[index].isFinite else {
            return nil
        }
        return numbers[index]
    }

    func text(_ field: String) -> String? {
        SnapshotSchema.items(of: list).textIndex[field].flatMap { texts[$0] }
    }
}
