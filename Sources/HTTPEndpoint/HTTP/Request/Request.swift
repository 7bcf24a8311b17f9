// SPDX-License-Identifier: Apache-2.0

/// One complete request, as a handler receives it.
package struct Request: Sendable {
    /// The method as the client sent it, for example `GET`.
    ///
    /// Methods are case-sensitive.
    package var method: String

    /// The percent-decoded path without the query.
    ///
    /// It always begins with `/`.
    ///
    /// Dot segments stay as they are, because routes are exact. `OPTIONS *` arrives as `/`.
    package var path: String

    /// The query members, percent- and plus-decoded, in order.
    package var query: [(name: String, value: String)]

    /// The HTTP version.
    package var version: HTTPVersion

    /// The header fields.
    package var headers: Headers

    /// The complete body, without chunk framing; at most `Limits.bodyBytes`.
    package var body: [UInt8]

    /// The client's address and port, for the log.
    package var peer: String

    /// Creates a request.
    ///
    /// Tests of handlers use it too.
    package init(
        method: String = "GET",
        path: String = "/",
        query: [(name: String, value: String)] = [],
        version: HTTPVersion = .http11,
        headers: Headers = Headers(),
        body: [UInt8] = [],
        peer: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.version = version
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// Returns the value of the first query member with a name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

extension Request {
    /// Whether the client asks for a persistent connection (RFC 9112, 9.3).
    var isPersistent: Bool {
        if headers.list("connection", contains: "close") { return false }
        return version == .http11 || headers.list("connection", contains: "keep-alive")
    }
}
