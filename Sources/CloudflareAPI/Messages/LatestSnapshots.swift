// SPDX-License-Identifier: Apache-2.0

package import ConnectorSnapshots

/// The newest snapshot of a connector.
///
/// Only the fields of `SnapshotSchema` are decoded, so that no address, host name or key enters the process. A field that is
/// absent, null or of another type is absent. None of them fails the response.
///
/// Source: Cloudflare API, "Get latest Snapshots": `{count, items}`, with an undocumented number of items.
package struct LatestSnapshots: Sendable, Hashable {
    /// The snapshot with the greatest `t`; `nil` if the connector has none.
    package let newest: Snapshot?
}

extension LatestSnapshots: Decodable {
    private enum Key: String, CodingKey { case items }

    /// Reads the list, and keeps the newest well-formed snapshot.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let items = try fields.decode(LossyArray<SnapshotMessage>.self, forKey: .items)
        newest = items.elements.map(\.snapshot).max { $0.t < $1.t }
    }
}

/// One snapshot.
private struct SnapshotMessage: Decodable, Sendable {
    let snapshot: Snapshot

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: FieldKey.self)
        let t = try fields.integer(FieldKey("t"), in: WireNumber.seconds)
        var lists: [SnapshotList: [SnapshotItem]] = [:]
        for list in SnapshotList.allCases {
            guard let items = try? fields.nestedUnkeyedContainer(forKey: FieldKey(list.rawValue)) else {
                continue
            }
            lists[list] = Self.items(items, of: list)
        }
        snapshot = Snapshot(
            t: t,
            numbers: fields.number,
            flags: fields.flag,
            texts: fields.nonEmptyText,
            lists: lists
        )
    }

    private static func items(_ container: any UnkeyedDecodingContainer, of list: SnapshotList)
        -> [SnapshotItem]
    {
        var container = container
        var items: [SnapshotItem] = []
        while !container.isAtEnd {
            if let fields = try? container.nestedContainer(keyedBy: FieldKey.self) {
                let item = SnapshotItem(
                    of: list,
                    numbers: fields.number,
                    flags: fields.flag,
                    texts: fields.nonEmptyText
                )
                if let item { items.append(item) }
            } else if (try? container.decode(SkippedElement.self)) == nil {
                break
            }
        }
        return items
    }
}

/// An element that is not an object.
private struct SkippedElement: Decodable {
    init(from decoder: any Decoder) {}
}

/// A field of the schema.
private struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<FieldKey> {
    /// Reads a finite number; `nil` if it is missing or of another type.
    fileprivate func number(_ field: String) -> Double? {
        guard let value = try? decode(Double.self, forKey: FieldKey(field)), value.isFinite else {
            return nil
        }
        return value
    }

    /// Reads a boolean; `nil` if it is missing or of another type.
    fileprivate func flag(_ field: String) -> Bool? { try? decode(Bool.self, forKey: FieldKey(field)) }

    /// Reads a text; `nil` if it is missing, of another type or empty.
    fileprivate func nonEmptyText(_ field: String) -> String? { optionalText(FieldKey(field)) }
}
