// SPDX-License-Identifier: Apache-2.0

/// An HTTP client that sends single requests.
package protocol HTTPTransport: Sendable {
    /// Sends a request, and waits for the complete response.
    ///
    /// Cancelling the task ends the transfer at once, with the error `.cancelled`.
    ///
    /// - Returns: the response; HTTP errors such as 404 are responses too.
    /// - Throws: `TransportError` if no complete response arrives.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
