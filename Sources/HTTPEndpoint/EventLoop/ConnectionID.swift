// SPDX-License-Identifier: Apache-2.0

/// A unique name of one connection, even after the kernel reuses its descriptor number.
///
/// It is the user data of epoll events. An event that was queued before its connection closed can therefore never be
/// attributed to a later connection with the same descriptor number.
struct ConnectionID: Hashable, Sendable {
    /// The generation in the upper 32 bits, the descriptor number in the lower 32 bits.
    let rawValue: UInt64

    /// Creates an ID from the user data of an epoll event.
    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Creates the ID of a descriptor's use.
    ///
    /// - Parameters:
    ///   - descriptor: the descriptor number.
    ///   - generation: incremented for each connection; 0 for other descriptors.
    init(descriptor: Int32, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    var descriptor: Int32 { Int32(truncatingIfNeeded: rawValue) }
}
