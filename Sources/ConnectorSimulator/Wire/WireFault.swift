// SPDX-License-Identifier: Apache-2.0

/// A fault in the way one response travels: its bytes are right when they leave the API, and go wrong on the wire.
package enum WireFault: Sendable, Hashable {
    /// The connection is reset before the first byte.
    case reset
    /// The head and some bytes of the body arrive, then nothing; the connection stays open for up to 30 seconds.
    case stall(after: Int)
    /// The head and some bytes of the body arrive, half of the body if `after` is `nil`; then the connection ends.
    case cut(after: Int?, isReset: Bool)
    /// The head arrives at once, then the body at a limited rate.
    case slow(bytesPerSecond: Int)
    /// The body is repeated as an endless series of chunks, for up to 300 seconds.
    case endless
    /// Every bit pattern of the response is changed.
    case garbage
    /// The status line names HTTP/1.0.
    case oldVersion
    /// Two interim responses precede the response.
    case interim
}
