// SPDX-License-Identifier: Apache-2.0

/// Which events of a connector are asked for.
///
/// Source: Cloudflare API, "List Events", query parameters.
package struct EventQuery: Sendable, Hashable {
    /// The window's first second, since the Unix epoch.
    package var from: Int

    /// The window's last second, since the Unix epoch.
    package var to: Int

    /// Where the page before has ended; `nil` for the first.
    package var cursor: String?

    /// How many events a page may have; `nil` leaves it to the API.
    package var limit: Int?

    /// The only kind that is asked for; `nil` for all.
    package var kind: String?

    /// Asks for a window.
    package init(from: Int, to: Int, cursor: String? = nil, limit: Int? = nil, kind: String? = nil) {
        self.from = from
        self.to = to
        self.cursor = cursor
        self.limit = limit
        self.kind = kind
    }

    /// The query of a URL, with integers and nothing that would have to be guessed.
    var encoded: String {
        var query = "from=\(from)&to=\(to)"
        if let limit { query += "&limit=\(limit)" }
        if let kind { query += "&k=\(kind.percentEncoded)" }
        if let cursor { query += "&cursor=\(cursor.percentEncoded)" }
        return query
    }
}
