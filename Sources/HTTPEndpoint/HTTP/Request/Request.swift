// SPDX-License-Identifier: Apache-2.0

/// One whole request, as a handler sees it.
package struct Request: Sendable {
    /// The method as it was sent, for example `GET`; methods are case-sensitive.
    package var method: String

    /// The path, percent-decoded and without the query; it always begins with `/`.
    ///
    /// Dot segments are left as they are, since routes are exact. `OPTIONS *` arrives as `/`.
    package var path: String

    /// The members of the query, percent- and plus-decoded, in their order.
    package var query: [(name: String, value: String)]

    /// The version that the client speaks.
    package var version: HTTPVersion

    /// The header fields.
    package var headers: Headers

    /// The whole body, decoded where it was chunked; never more than `Limits.bodyBytes`.
    package var body: [UInt8]

    /// The client's address and port, for the log.
    package var peer: String

    /// Makes a request, for a test of a handler too.
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

    /// The value of the first member of the query with a name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

extension Request {
    /// Whether the client wants the connection to stay open (RFC 9112, 9.3).
    var wantsPersistence: Bool {
        if headers.list("connection", contains: "close") { return false }
        return version == .http11 || headers.list("connection", contains: "keep-alive")
    }
}
