// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The kernel's list of descriptors that someone waits for, level-triggered.
final class Epoll: Sendable {
    /// What a descriptor is ready for, or is watched for.
    struct Readiness: OptionSet, Sendable {
        let rawValue: UInt32

        /// Bytes, a client, or the end of the stream can be read.
        static let read = Readiness(rawValue: EPOLLIN.rawValue)
        /// Bytes can be written.
        static let write = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The connection is gone in both directions; always watched for.
        static let gone = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    /// One descriptor that is ready.
    struct Event {
        let id: ConnectionID
        let readiness: Readiness
    }

    private let descriptor: Descriptor

    /// The corresponding C function is `epoll_create1(2)`.
    init() throws(Errno) {
        descriptor = Descriptor(adopting: try retrying { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Begins to watch a descriptor; closing it ends that.
    func add(_ id: ConnectionID, for readiness: Readiness) throws(Errno) {
        try control(EPOLL_CTL_ADD, id, readiness)
    }

    /// Watches a descriptor for something else.
    func change(_ id: ConnectionID, to readiness: Readiness) throws(Errno) {
        try control(EPOLL_CTL_MOD, id, readiness)
    }

    /// Waits until something is ready.
    ///
    /// - Parameters:
    ///   - timeout: `nil` waits for ever; a part of a millisecond counts as a whole one, so that a deadline has
    ///     passed when the wait for it ends.
    ///   - events: takes the place of what it held.
    /// - Throws: never for a signal; the endpoint thread has none, and an interrupted wait reports nothing.
    func wait(atMost timeout: Duration?, into events: inout [Event]) throws(Errno) {
        events.removeAll(keepingCapacity: true)
        let milliseconds = timeout.map(Self.milliseconds) ?? -1
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
                let id = unsafe ConnectionID(rawValue: ready[index].data.u64)
                events.append(Event(id: id, readiness: Readiness(rawValue: unsafe ready[index].events)))
            }
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        guard duration > .zero else { return 0 }
        guard duration < .seconds(3600) else { return 3_600_000 }
        let (seconds, attoseconds) = duration.components
        return Int32(seconds * 1000) + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private func control(_ operation: Int32, _ id: ConnectionID, _ readiness: Readiness) throws(Errno) {
        var event = unsafe epoll_event(events: readiness.rawValue, data: epoll_data_t(u64: id.rawValue))
        _ = try retrying {
            unsafe epoll_ctl(descriptor.rawValue, operation, id.descriptor, &event)
        }
    }
}
