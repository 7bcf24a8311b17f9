// SPDX-License-Identifier: Apache-2.0

/// A page of a connector's events.
///
/// Source: Cloudflare API, "List Events", `result`: `{count, items, cursor}`.
package struct EventPage: Sendable, Hashable {
    /// The events, in the order of the API.
    package let items: [ListedEvent]

    /// The cursor of the next page, or `nil` if the cursor is absent, null or empty: this is the last page.
    package let cursor: String?

    /// The number of malformed items, which are not in `items`.
    package let malformed: Int

    /// Makes a page.
    package init(items: [ListedEvent], cursor: String?, malformed: Int) {
        self.items = items
        self.cursor = cursor
        self.malformed = malformed
    }
}

extension EventPage: Decodable {
    private enum Key: String, CodingKey { case items, cursor }

    /// Reads a page.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let list = try fields.decode(LossyArray<ListedEvent>.self, forKey: .items)
        items = list.elements
        malformed = list.malformed
        // A cursor that is not text is an error. If it were ignored, the poll would end and lose the next pages.
        let cursor = try fields.decodeIfPresent(String.self, forKey: .cursor)
        self.cursor = cursor == "" ? nil : cursor
    }
}
