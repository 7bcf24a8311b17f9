// SPDX-License-Identifier: Apache-2.0

/// One GET that a room asks of the network.
package struct HTTPRequest: Sendable {
    /// An absolute URL, percent-encoded: `https`, or `http` to a loopback address.
    package var url: String

    /// Who asks; sent as `Authorization` and never shown.
    package var credential: Credential?

    /// The longest that the whole transfer may take.
    package var timeout: Duration

    /// The most bytes that a body may have, counted after decompression.
    package var bodyLimit: Int

    package init(
        url: String,
        credential: Credential? = nil,
        timeout: Duration = .seconds(10),
        bodyLimit: Int = 16 << 20
    ) {
        self.url = url
        self.credential = credential
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }
}
