// SPDX-License-Identifier: Apache-2.0

/// Names one connection for ever, although the kernel gives its descriptor's number to later ones.
///
/// It is what epoll reports beside an event, so that an event which was read before its connection closed is never
/// taken for one of the connection that has the number now.
struct ConnectionID: Hashable, Sendable {
    /// The generation in the upper half, the descriptor's number in the lower half.
    let rawValue: UInt64

    /// Takes what epoll reports.
    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Names a descriptor's use.
    ///
    /// - Parameters:
    ///   - descriptor: its number.
    ///   - generation: counts up with every connection; 0 is for what is no connection.
    init(descriptor: Int32, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    /// The descriptor's number.
    var descriptor: Int32 { Int32(truncatingIfNeeded: rawValue) }
}
