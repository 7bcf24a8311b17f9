// SPDX-License-Identifier: Apache-2.0

/// One response, as a handler gives it.
package struct Response: Sendable {
    /// The status code; one that is not between 200 and 599 is sent as 500.
    package var status: Int

    /// The header fields, without those that the endpoint sets itself.
    ///
    /// `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are left out where they are given. A control
    /// character in a value is sent as a space, so that no value can begin another field.
    package var headers: [(name: String, value: String)]

    /// The body, which is sent without a copy.
    package var body: ResponseBody

    /// How it leaves.
    package var delivery: Delivery

    /// The longest that it may take to leave, or `nil`; the connection is then closed, so that it does not look whole.
    package var timeLimit: Duration?

    /// Called at most once, before `onFinish`, when the client does not take the response: for who counts those that are
    /// being taken, since one that only waits holds nothing but what it shares with others.
    ///
    /// That is at once where its connection has other requests besides, whose responses can only leave one after the
    /// other; and else when the client has taken no byte of it for `Limits.crowdedTimeout`. It may still leave after
    /// that. It runs on the endpoint thread and must not block.
    package var onStall: (@Sendable () -> Void)?

    /// Called exactly once, when the last byte was written or it is clear that it never will be.
    ///
    /// It runs on the endpoint thread and must not block. Only when the endpoint has already ended does it run on
    /// the thread that sent the response.
    package var onFinish: (@Sendable (ResponseOutcome) -> Void)?

    /// Makes a response.
    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: ResponseBody = [],
        delivery: Delivery = .whole,
        onFinish: (@Sendable (ResponseOutcome) -> Void)? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delivery = delivery
        self.onFinish = onFinish
    }

    /// A response of one sentence of plain text.
    package static func text(_ status: Int, _ message: String) -> Response {
        Response(
            status: status,
            headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: message.isEmpty ? [] : [Array(message.utf8)]
        )
    }
}
