// SPDX-License-Identifier: Apache-2.0

/// One response, as a handler sends it.
package struct Response: Sendable {
    /// The status code.
    ///
    /// A code outside 200...599 is sent as 500.
    package var status: Int

    /// The header fields, except those that the endpoint sets itself.
    ///
    /// `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are ignored. A control character in a value is
    /// sent as a space, so that no value can inject another field.
    package var headers: [(name: String, value: String)]

    /// The body.
    ///
    /// It is sent without a copy.
    package var body: ResponseBody

    /// The maximum time for sending the response; `nil` means no limit.
    ///
    /// After it the connection closes, so that the client cannot take the partial body for a complete one.
    package var timeLimit: Duration?

    /// Called at most once, before `onFinish`, if the client does not read the response.
    ///
    /// This lets callers that limit concurrent responses release the slot early: a stalled response costs only shared
    /// memory. A response is stalled at once if its connection has further requests, because only one response leaves
    /// at a time. Otherwise it is stalled after the client has read no byte for `Limits.stallTimeout`. A stalled
    /// response may still be sent. The callback runs on the endpoint thread and must not block.
    package var onStall: (@Sendable () -> Void)?

    /// Called exactly once, when the last byte was written or can no longer be written.
    ///
    /// It runs on the endpoint thread and must not block. If the endpoint has already ended, it runs on the thread
    /// that sends the response.
    package var onFinish: (@Sendable (ResponseOutcome) -> Void)?

    /// Creates a response.
    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: ResponseBody = [],
        onFinish: (@Sendable (ResponseOutcome) -> Void)? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.onFinish = onFinish
    }

    /// Returns a plain-text response.
    package static func text(_ status: Int, _ message: String) -> Response {
        Response(
            status: status,
            headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: message.isEmpty ? [] : [Array(message.utf8)]
        )
    }
}
