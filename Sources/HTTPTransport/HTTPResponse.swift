// SPDX-License-Identifier: Apache-2.0

/// What came back: a status and bytes, whatever they mean.
package struct HTTPResponse: Sendable {
    /// The status code of the last response (interim 1xx responses are passed over).
    package var status: Int

    /// Header fields in the order of arrival, names in lower case.
    package var headers: [(name: String, value: String)]

    /// The decompressed body.
    package var body: [UInt8]

    /// How long to wait before asking again, from `Retry-After` in either form (RFC 9110, 10.2.3).
    package var retryAfter: Duration?

    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        retryAfter: Duration? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.retryAfter = retryAfter
    }

    /// The values of a header field, joined as a list (RFC 9110, 5.3), or `nil` where it is absent.
    ///
    /// The name is given in lower case.
    package func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
