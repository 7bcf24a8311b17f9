// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// A client's socket and the machine that says what to do with it; it lives on the endpoint thread alone.
///
/// TLS, where there is any, is between the two: the machine never hears of it.
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

    /// Whether the client is still to be told that nothing more will come.
    private(set) var owesGoodbye = false

    /// What encrypts; `nil` for a client in clear text, and for one with which there will be no TLS.
    private var stream: TLSStream?

    private let descriptor: Descriptor

    /// Takes over a socket that never blocks.
    ///
    /// - Parameters:
    ///   - descriptor: the socket; it closes with the connection.
    ///   - id: names it.
    ///   - machine: at its beginning.
    ///   - stream: TLS on that socket, where it is to be used.
    init(
        _ descriptor: consuming Descriptor,
        id: ConnectionID,
        machine: ConnectionMachine,
        stream: TLSStream? = nil
    ) {
        self.descriptor = descriptor
        self.stream = stream
        self.id = id
        self.machine = machine
    }

    /// Whether TLS is between the socket and the machine.
    var isEncrypted: Bool { stream != nil }

    /// What the socket must be ready for before there is something to read.
    var readableWhen: Epoll.Readiness { stream?.readableWhen ?? .read }

    /// What the socket must be ready for before something can be written.
    var writableWhen: Epoll.Readiness { stream?.writableWhen ?? .write }

    /// Reads what has arrived, at most a buffer full, in clear text.
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

    /// Reads and decrypts what has arrived, at most a record.
    ///
    /// When a client speaks no TLS, or none that is accepted, the rest of the connection is in clear text.
    func readEncrypted(into buffer: inout [UInt8]) -> TLSStream.Reading {
        let reading = stream?.read(into: &buffer) ?? .broken
        switch reading {
        case .clearText, .refused: stream = nil
        case .bytes, .end, .blocked, .broken: break
        }
        return reading
    }

    /// Writes what the machine has to write, in clear text without a copy.
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
                if let stream { return try unsafe stream.write(vectors) }
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

    /// Ends the stream towards the client, in TLS first; to be called again while `owesGoodbye`.
    ///
    /// A client that has gone already makes this fail, and the next event says so.
    func shutDownWriting() {
        owesGoodbye = stream?.sayGoodbye() == false
        if owesGoodbye { return }
        shutdown(descriptor.rawValue, Int32(SHUT_WR))
    }

    /// Tells a client of TLS that the close which follows is meant, as far as it takes that now.
    func prepareToClose() { _ = stream?.sayGoodbye() }

    /// Makes the close that follows send RST.
    func resetWhenClosed() {
        // It fails only for a socket that is dead already.
        try? descriptor.resetWhenClosed()
    }
}
