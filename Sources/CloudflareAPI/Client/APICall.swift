// SPDX-License-Identifier: Apache-2.0

import WireText

/// The endpoint, path and query of one request.
struct APICall: Sendable, Hashable {
    let endpoint: APIEndpoint

    /// The path below the base URL, percent-encoded.
    let path: String

    /// The query without the `?`; empty if there is no query.
    let query: String

    /// Builds the path from its segments.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint that is called.
    ///   - segments: The path segments. Every reserved character is encoded, so that a segment stays one segment.
    ///   - query: The query, already encoded.
    /// - Throws: `.refused` if a segment is empty, `.` or `..`, because the path would then name another resource.
    init(_ endpoint: APIEndpoint, _ segments: [String], query: String = "") throws(APIError) {
        for segment in segments where ["", ".", ".."].contains(segment) {
            throw APIError(
                reason: .refused,
                endpoint: endpoint,
                detail: "\"\(segment)\" is not the id of an account or a connector"
            )
        }
        self.endpoint = endpoint
        self.query = query
        path = segments.map { "/\($0.percentEncoded)" }.joined()
    }

    var target: String { query.isEmpty ? path : "\(path)?\(query)" }
}
