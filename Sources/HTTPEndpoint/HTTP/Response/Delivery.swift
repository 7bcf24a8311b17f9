// SPDX-License-Identifier: Apache-2.0

/// How a response leaves, so that a simulator can misbehave on purpose.
package enum Delivery: Sendable, Hashable {
    /// As a server should.
    case whole
    /// The connection is reset at once, with no byte of this response.
    case reset
    /// Correct headers, then that many bytes of the body, then the connection closes.
    case truncated(after: Int)
    /// Correct headers, then that many bytes of the body, then silence.
    ///
    /// It ends when the client goes, or after `Limits.writeTimeout`.
    case stalled(after: Int)
    /// The head at once, then the body no faster than this.
    case paced(bytesPerSecond: Int)
    /// Chunked, the body again and again, until the client goes or `Limits.endlessTimeout` has passed.
    case endless
}
