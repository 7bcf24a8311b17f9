// SPDX-License-Identifier: Apache-2.0

/// Why a request is refused before any handler sees it; the connection ends with the answer.
struct RequestError: Error, Hashable {
    /// The status code of the answer.
    let status: Int

    /// The answer's body, a sentence for whoever wrote the client.
    let message: String

    /// A request that is not HTTP.
    static func malformed(_ message: String) -> RequestError { RequestError(status: 400, message: message) }

    static let bodyTooLarge = RequestError(status: 413, message: "The request body is too large.")
    static let targetTooLong = RequestError(status: 414, message: "The request target is too long.")
    static let headerTooLarge = RequestError(status: 431, message: "The request header is too large.")
    static let tooSlow = RequestError(status: 408, message: "The request took too long to arrive.")
    /// The words are those of Go's `net/http`.
    static let clearText = malformed("Client sent an HTTP request to an HTTPS server.")
    static let bareLineFeed = malformed("A line must end in CR LF.")
}
