// SPDX-License-Identifier: Apache-2.0

/// What is asked of the API: an endpoint and where it lies.
struct APICall: Sendable, Hashable {
    let endpoint: APIEndpoint

    /// The path below the base URL, percent-encoded.
    let path: String

    /// What stands behind the `?`, without it; empty where nothing does.
    let query: String

    /// Builds a path from its segments.
    ///
    /// - Parameters:
    ///   - endpoint: what is asked.
    ///   - segments: each is encoded so strictly that it stays one.
    ///   - query: encoded already.
    /// - Throws: `.refused` for a segment that is empty, `.` or `..`: it would ask something else.
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

    /// The path and the query.
    var target: String { query.isEmpty ? path : "\(path)?\(query)" }
}
