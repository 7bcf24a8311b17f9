// SPDX-License-Identifier: Apache-2.0

/// A request that is rejected before a handler receives it.
///
/// The connection closes after the response.
struct RequestError: Error, Hashable {
    /// The status code of the response.
    let status: Int

    /// The response body: one sentence for the author of the client.
    let message: String

    /// Returns the error for a request that violates HTTP.
    static func malformed(_ message: String) -> RequestError { RequestError(status: 400, message: message) }

    static let invalidRequestLine = malformed("Invalid request line.")
    static let bareLineFeed = malformed("Invalid line ending; use CR LF.")
    /// The wording of Go's `net/http`.
    static let clearText = malformed("Client sent an HTTP request to an HTTPS server.")
    static let timeout = RequestError(status: 408, message: "Request timeout.")
    static let bodyTooLarge = RequestError(status: 413, message: "Request body too large.")
    static let bodyNotAllowed = RequestError(
        status: 413,
        message: "Request bodies are not accepted; send the request without a body."
    )
    static let targetTooLong = RequestError(status: 414, message: "Request target too long.")
    static let headerTooLarge = RequestError(status: 431, message: "Request header fields too large.")
}
