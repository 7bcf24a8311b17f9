// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

extension ResponseWriter {
    /// The most segments that are lent at once: enough for what one write is given, where they have a few KiB each.
    private static let vectorLimit = 64

    /// Lends the next bytes to `writev(2)` and its like, where they lie.
    ///
    /// Each array is held by one frame of a recursion, which is what keeps its memory in place without a copy; its
    /// depth is bounded.
    ///
    /// - Parameters:
    ///   - limit: the most bytes, at least 1.
    ///   - send: takes the vectors; they are valid until it returns.
    /// - Returns: what `send` returns.
    /// - Throws: what `send` throws.
    func lend(
        atMost limit: Int,
        to send: (UnsafeMutableBufferPointer<iovec>) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        let limit = min(limit, remaining)
        return try unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.vectorLimit) {
            (vectors) throws(Errno) in
            try unsafe lend(segment, from: offset, atMost: limit, through: vectors, filled: 0, to: send)
        }
    }

    private func lend(
        _ segment: Int?,
        from offset: Int,
        atMost limit: Int,
        through vectors: UnsafeMutableBufferPointer<iovec>,
        filled: Int,
        to send: (UnsafeMutableBufferPointer<iovec>) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        guard let segment, limit > 0, filled < vectors.count else {
            return try unsafe send(UnsafeMutableBufferPointer(rebasing: vectors[..<filled]))
        }
        return try unsafe self[segment].withUnsafeBufferPointer { (bytes) throws(Errno) in
            let lent = unsafe UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes[offset...].prefix(limit))
            )
            unsafe vectors.initializeElement(
                at: filled,
                to: iovec(iov_base: UnsafeMutableRawPointer(mutating: lent.baseAddress), iov_len: lent.count)
            )
            return try unsafe lend(
                following(segment),
                from: 0,
                atMost: limit - lent.count,
                through: vectors,
                filled: filled + 1,
                to: send
            )
        }
    }
}
