// SPDX-License-Identifier: Apache-2.0

/// A connector's newest events with their payloads; the API does not document how many.
///
/// Source: Cloudflare API, "Get latest Events", `result`: `{count, items}`.
package struct LatestEvents: Sendable, Hashable {
    /// The events, in the order of the API.
    package let items: [EventDetail]

    /// The number of malformed items, which are not in `items`.
    package let malformed: Int

    /// Makes a list.
    package init(items: [EventDetail], malformed: Int) {
        self.items = items
        self.malformed = malformed
    }
}

extension LatestEvents: Decodable {
    private enum Key: String, CodingKey { case items }

    /// Reads the list.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let list = try fields.decode(LossyArray<EventDetail>.self, forKey: .items)
        items = list.elements
        malformed = list.malformed
    }
}
