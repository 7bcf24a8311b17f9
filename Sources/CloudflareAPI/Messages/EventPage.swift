// SPDX-License-Identifier: Apache-2.0

/// A page of a connector's events.
///
/// Source: Cloudflare API, "List Events", `result`: `{count, items, cursor}`.
package struct EventPage: Sendable, Hashable {
    /// The events in the order of the API.
    package let items: [ListedEvent]

    /// What to ask for the next page with; `nil` where this is the last one: absent, null or empty.
    package let cursor: String?

    /// What the API calls `count`: whether of the page or of all, it does not say.
    package let count: Int?

    /// How many items were no events, and are not in `items`.
    package let malformed: Int

    /// Makes a page as the API would send it.
    package init(items: [ListedEvent], cursor: String?, count: Int?, malformed: Int) {
        self.items = items
        self.cursor = cursor
        self.count = count
        self.malformed = malformed
    }
}

extension EventPage: Decodable {
    private enum Key: String, CodingKey { case items, cursor, count }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let list = try fields.decode(LossyArray<ListedEvent>.self, forKey: .items)
        items = list.elements
        malformed = list.malformed
        count = try? fields.decode(Int.self, forKey: .count)
        // A cursor that is no text is an error: taken for none, it would end the poll and lose what follows.
        let cursor = try fields.decodeIfPresent(String.self, forKey: .cursor)
        self.cursor = cursor == "" ? nil : cursor
    }
}
