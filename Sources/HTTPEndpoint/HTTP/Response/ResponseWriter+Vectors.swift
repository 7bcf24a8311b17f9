// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem

extension ResponseWriter {
    /// The maximum number of segments per write.
    ///
    /// With segments of a few KiB it fills the write budget.
    private static let vectorLimit = 64

    /// Calls a system call such as `sendmsg(2)` with the next bytes, without copying them.
    ///
    /// Each recursion frame pins one array, because Swift guarantees its address only within a closure. The depth is
    /// bounded.
    ///
    /// - Parameters:
    ///   - limit: the maximum number of bytes, at least 1.
    ///   - send: receives the vectors, which are valid until it returns.
    /// - Returns: the result of `send`.
    /// - Throws: the error of `send`.
    func withVectors(
        limit: Int,
        _ send: (UnsafeMutableBufferPointer<iovec>) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        let limit = min(limit, remaining)
        return try unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.vectorLimit) {
            (vectors) throws(Errno) in
            try unsafe fill(vectors, count: 0, from: segment, offset: offset, limit: limit, send)
        }
    }

    private func fill(
        _ vectors: UnsafeMutableBufferPointer<iovec>,
        count: Int,
        from segment: Int,
        offset: Int,
        limit: Int,
        _ send: (UnsafeMutableBufferPointer<iovec>) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        guard segment <= body.count, limit > 0, count < vectors.count else {
            return try unsafe send(UnsafeMutableBufferPointer(rebasing: vectors[..<count]))
        }
        return try unsafe self[segment].withUnsafeBufferPointer { (bytes) throws(Errno) in
            let part = unsafe UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes[offset...].prefix(limit))
            )
            unsafe vectors.initializeElement(
                at: count,
                to: iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
            )
            return try unsafe fill(
                vectors,
                count: count + 1,
                from: segment + 1,
                offset: 0,
                limit: limit - part.count,
                send
            )
        }
    }
}
