// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A set of descriptors to wait for, level-triggered.
///
/// Source: epoll(7).
package final class Epoll: Sendable {
    /// The directions in which a descriptor is ready, or is waited for.
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Bytes, a new connection, or the end of the stream can be read.
        package static let read = Readiness(rawValue: EPOLLIN.rawValue)
        /// Bytes can be written.
        package static let write = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The connection is closed in both directions; always reported.
        package static let closed = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    /// One descriptor that is ready.
    package struct Event: Sendable {
        /// The token that the descriptor was added with.
        package let token: UInt64
        /// The directions in which it is ready.
        package let readiness: Readiness
    }

    private let descriptor: Descriptor

    /// Creates an empty set.
    ///
    /// The corresponding C function is `epoll_create1(2)`.
    package init() throws(Errno) {
        descriptor = Descriptor(adopting: try retrying { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Adds a descriptor; closing the descriptor removes it.
    ///
    /// - Parameters:
    ///   - descriptor: The descriptor's number.
    ///   - token: The value that events of this descriptor carry.
    ///   - readiness: The directions to wait for.
    /// - Throws: the error of `epoll_ctl(2)`.
    package func add(_ descriptor: Int32, token: UInt64, for readiness: Readiness) throws(Errno) {
        try control(EPOLL_CTL_ADD, descriptor, token, readiness)
    }

    /// Changes the directions to wait for.
    package func modify(_ descriptor: Int32, token: UInt64, for readiness: Readiness) throws(Errno) {
        try control(EPOLL_CTL_MOD, descriptor, token, readiness)
    }

    /// Waits until a descriptor is ready.
    ///
    /// A signal ends the wait without events.
    ///
    /// - Parameters:
    ///   - timeout: The maximum wait, rounded up to milliseconds; `nil` waits without limit. Rounding up guarantees
    ///     that a deadline has passed when the wait for it ends.
    ///   - events: The events found, at most 256. The previous content is removed.
    /// - Throws: the error of `epoll_wait(2)`, but not `EINTR`.
    package func wait(atMost timeout: Duration?, into events: inout [Event]) throws(Errno) {
        events.removeAll(keepingCapacity: true)
        let milliseconds = timeout?.pollTimeout ?? -1
        try unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { ready throws(Errno) in
            let count = unsafe epoll_wait(
                descriptor.rawValue,
                ready.baseAddress,
                Int32(ready.count),
                milliseconds
            )
            guard count >= 0 else {
                guard errno == EINTR else { throw .current }
                return
            }
            for index in 0..<Int(count) {
                let event = unsafe ready[index]
                unsafe events.append(
                    Event(token: event.data.u64, readiness: Readiness(rawValue: event.events))
                )
            }
        }
    }

    private func control(
        _ operation: Int32,
        _ number: Int32,
        _ token: UInt64,
        _ readiness: Readiness
    ) throws(Errno) {
        var event = unsafe epoll_event(events: readiness.rawValue, data: epoll_data_t(u64: token))
        _ = try retrying { unsafe epoll_ctl(descriptor.rawValue, operation, number, &event) }
    }
}
