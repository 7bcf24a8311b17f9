// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A client's socket and the machine that says what to do with it; it lives on the endpoint thread alone.
final class Connection {
    /// Its name, in epoll too.
    let id: ConnectionID

    /// What is to be done.
    var machine: ConnectionMachine

    /// What epoll watches it for.
    var interest: Epoll.Readiness = .read

    /// What the thread's list of deadlines holds for it.
    var deadline: ContinuousClock.Instant?

    /// Whether it stands in the thread's list of idle connections.
    var isListedIdle = false

    /// What the thread's list of expendable connections holds for it.
    var expendableFrom: ContinuousClock.Instant?

    /// Whether the thread has let go of it.
    var isClosed = false

    private let descriptor: Descriptor

    /// Takes over a socket that never blocks.
    ///
    /// - Parameters:
    ///   - descriptor: the socket; it closes with the connection.
    ///   - id: names it.
    ///   - machine: at its beginning.
    init(_ descriptor: consuming Descriptor, id: ConnectionID, machine: ConnectionMachine) {
        self.descriptor = descriptor
        self.id = id
        self.machine = machine
    }

    /// Reads what has arrived, at most a buffer full.
    ///
    /// The corresponding C function is `recv(2)`.
    ///
    /// - Returns: how many bytes were read, 0 at the end of the stream; `nil` where nothing has arrived.
    /// - Throws: the kernel's reason; the connection is of no use any more.
    func read(into buffer: inout [UInt8]) throws(Errno) -> Int? {
        do throws(Errno) {
            return try retrying { unsafe recv(descriptor.rawValue, &buffer, buffer.count, 0) }
        } catch {
            if error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK { return nil }
            throw error
        }
    }

    /// Writes what the machine has to write, without a copy.
    ///
    /// The corresponding C function is `sendmsg(2)`, which unlike `writev(2)` can be kept from raising `SIGPIPE`.
    ///
    /// - Parameter limit: the most bytes.
    /// - Returns: how many the kernel took; `nil` where its buffer is full.
    /// - Throws: the kernel's reason; the connection is of no use any more.
    func write(atMost limit: Int) throws(Errno) -> Int? {
        guard let writer = machine.writer else { return nil }
        let number = descriptor.rawValue
        do throws(Errno) {
            return try unsafe writer.lend(atMost: limit) { vectors throws(Errno) in
                var message = unsafe msghdr()
                unsafe message.msg_iov = vectors.baseAddress
                unsafe message.msg_iovlen = vectors.count
                return try retrying { unsafe sendmsg(number, &message, Int32(MSG_NOSIGNAL)) }
            }
        } catch {
            if error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK { return nil }
            throw error
        }
    }

    /// Ends the stream towards the client.
    ///
    /// A client that has gone already makes this fail, and the next event says so.
    func shutDownWriting() {
        shutdown(descriptor.rawValue, Int32(SHUT_WR))
    }

    /// Makes the close that follows send RST.
    func resetWhenClosed() {
        // It fails only for a socket that is dead already.
        try? descriptor.resetWhenClosed()
    }
}
