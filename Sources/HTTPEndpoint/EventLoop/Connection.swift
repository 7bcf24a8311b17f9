// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem

/// A client's socket and its state machine.
///
/// Only the endpoint thread uses it.
///
/// TLS is a layer between the two, which the state machine does not depend on.
final class Connection {
    /// An object without contents, to which other threads may hold weak references.
    final class Lifetime: Sendable {}

    /// The connection's ID, also in epoll events.
    let id: ConnectionID

    var machine: ConnectionMachine

    var interest: Epoll.Readiness = .read

    /// The entry of this connection in the thread's `deadlines`.
    var deadline: ContinuousClock.Instant?

    /// Whether this connection is in the thread's `idle` queue.
    var isListedIdle = false

    /// The entry of this connection in the thread's `evictable` queue.
    var evictableFrom: ContinuousClock.Instant?

    /// Whether the thread has removed the connection.
    var isClosed = false

    /// Exists as long as the connection does, for the responders of its requests.
    let lifetime = Lifetime()

    /// Whether `close_notify` could not be sent yet.
    private(set) var isCloseNotifyPending = false

    /// The TLS layer; `nil` for a client without TLS, and after a failed handshake.
    private var stream: TLSStream?

    private let descriptor: Descriptor

    /// Creates a connection on a nonblocking socket.
    ///
    /// - Parameters:
    ///   - descriptor: the socket. It closes with the connection.
    ///   - id: the ID of the connection.
    ///   - machine: the state machine in its initial state.
    ///   - stream: TLS on the socket; `nil` without TLS.
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

    /// Whether the connection uses TLS.
    var isEncrypted: Bool { stream != nil }

    /// The socket readiness that the next read requires.
    var readableWhen: Epoll.Readiness { stream?.readableWhen ?? .read }

    /// The socket readiness that the next write requires.
    var writableWhen: Epoll.Readiness { stream?.writableWhen ?? .write }

    /// Reads received bytes, at most the size of the buffer, without TLS.
    ///
    /// The corresponding C function is `recv(2)`.
    ///
    /// - Returns: the number of bytes, 0 at the end of the stream; `nil` if nothing has arrived.
    /// - Throws: an error after which the connection is unusable.
    func read(into buffer: inout [UInt8]) throws(Errno) -> Int? {
        do throws(Errno) {
            return try retrying { unsafe recv(descriptor.rawValue, &buffer, buffer.count, 0) }
        } catch {
            if error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK { return nil }
            throw error
        }
    }

    /// Reads and decrypts at most one record.
    ///
    /// If the client does not speak TLS, or the handshake fails, the rest of the connection is not encrypted.
    func readEncrypted(into buffer: inout [UInt8]) -> TLSStream.ReadResult {
        let result = stream?.read(into: &buffer) ?? .broken
        switch result {
        case .clearText, .handshakeFailed: stream = nil
        case .bytes, .end, .blocked, .broken: break
        }
        return result
    }

    /// Writes the next bytes of the current response, without a copy unless TLS is used.
    ///
    /// The corresponding C function is `sendmsg(2)`. Unlike `writev(2)` it can suppress `SIGPIPE`.
    ///
    /// - Parameter limit: the maximum number of bytes.
    /// - Returns: the number of written bytes; `nil` if the kernel's buffer is full.
    /// - Throws: an error after which the connection is unusable.
    func write(limit: Int) throws(Errno) -> Int? {
        guard let writer = machine.writer else { return nil }
        let number = descriptor.rawValue
        do throws(Errno) {
            return try unsafe writer.withVectors(limit: limit) { vectors throws(Errno) in
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

    /// Sends `close_notify` with TLS, and shuts down the sending side of the socket.
    ///
    /// It must be called again while `isCloseNotifyPending`. If the client has disconnected, the call fails silently, and
    /// the next epoll event reports it.
    func shutDownWriting() {
        isCloseNotifyPending = stream?.sendCloseNotify() == false
        if isCloseNotifyPending { return }
        shutdown(descriptor.rawValue, Int32(SHUT_WR))
    }

    /// Sends `close_notify` before a close, if the socket is writable.
    func prepareToClose() { _ = stream?.sendCloseNotify() }

    /// Makes the next close send RST.
    func resetWhenClosed() {
        // The call fails only if the socket is already disconnected.
        try? descriptor.resetWhenClosed()
    }
}
