// SPDX-License-Identifier: Apache-2.0

/// A complete HTTP response, of any status.
package struct HTTPResponse: Sendable {
    /// The status code of the final response; interim responses (1xx) are skipped.
    package var status: Int

    /// The header fields in the order of arrival, with lower-case names.
    package var headers: [(name: String, value: String)]

    /// The decompressed body.
    package var body: [UInt8]

    /// The wait before the next request, from either form of `Retry-After` (RFC 9110, 10.2.3).
    package var retryAfter: Duration?

    /// Creates a response.
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

    /// Returns the value of a header field.
    ///
    /// The values of repeated fields are joined with commas (RFC 9110, 5.3).
    ///
    /// - Parameter name: The name of the field in lower case.
    /// - Returns: the value, or `nil` if the header is missing.
    package func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
