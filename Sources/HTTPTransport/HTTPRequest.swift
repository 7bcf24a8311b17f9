// SPDX-License-Identifier: Apache-2.0

/// A GET request.
package struct HTTPRequest: Sendable {
    /// The absolute URL, percent-encoded: `https`, or `http` to a loopback address.
    package var url: String

    /// The credential for the `Authorization` header; `nil` sends none.
    package var credential: Credential?

    /// The maximum duration of the request, from the call of `send(_:)` to the last byte of the response.
    package var timeout: Duration

    /// The maximum size of the response body in bytes, after decompression.
    package var bodyLimit: Int

    /// Creates a request.
    package init(
        url: String,
        credential: Credential? = nil,
        timeout: Duration = .seconds(10),
        bodyLimit: Int
    ) {
        self.url = url
        self.credential = credential
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }
}
