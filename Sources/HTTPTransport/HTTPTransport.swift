// SPDX-License-Identifier: Apache-2.0

/// The one thing that the API client asks of a network.
package protocol HTTPTransport: Sendable {
    /// Sends a request and waits for the whole response.
    ///
    /// Cancelling the task ends the transfer at once, with `.cancelled`.
    ///
    /// - Returns: whatever the server said, errors of HTTP included.
    /// - Throws: where there is no whole response.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
