// SPDX-License-Identifier: Apache-2.0

import WireText

/// The query of a page of events.
///
/// Source: Cloudflare API, "List Events", query parameters.
package struct EventQuery: Sendable, Hashable {
    /// The window's first second, since the Unix epoch.
    package var from: Int

    /// The window's last second, since the Unix epoch.
    package var to: Int

    /// The cursor of the previous page; `nil` for the first page.
    package var cursor: String?

    /// The maximum number of events on the page; `nil` for the API's default.
    package var limit: Int?

    /// Makes a query for a page of a window.
    package init(from: Int, to: Int, cursor: String? = nil, limit: Int? = nil) {
        self.from = from
        self.to = to
        self.cursor = cursor
        self.limit = limit
    }

    /// The query of a URL, percent-encoded.
    var encoded: String {
        var query = "from=\(from)&to=\(to)"
        if let limit { query += "&limit=\(limit)" }
        if let cursor { query += "&cursor=\(cursor.percentEncoded)" }
        return query
    }
}
