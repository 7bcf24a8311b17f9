// SPDX-License-Identifier: Apache-2.0

/// A page of the times of a connector's snapshots.
///
/// Source: Cloudflare API, "List Snapshots": `{count, items: [{a, t}], cursor?}`.
package struct SnapshotPage: Sendable, Hashable, Decodable {
    /// The times of one snapshot, in seconds since the Unix epoch.
    package struct Item: Sendable, Hashable {
        /// When the connector recorded the snapshot.
        package let t: Int

        /// When Cloudflare collected the snapshot.
        package let collectedAt: Int
    }

    /// The well-formed items, in the order of the API.
    package let items: [Item]

    private enum Key: String, CodingKey { case items }

    /// Reads a page.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        items = try fields.decode(LossyArray<Item>.self, forKey: .items).elements
    }
}

extension SnapshotPage.Item: Decodable {
    private enum Key: String, CodingKey { case a, t }

    /// Reads an item.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        t = try fields.integer(.t, in: WireNumber.seconds)
        collectedAt = try fields.integer(.a, in: WireNumber.seconds)
    }
}
