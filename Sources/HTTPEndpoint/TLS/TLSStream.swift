// SPDX-License-Identifier: Apache-2.0

import CLibSSL
import Glibc
import LinuxSystem

/// TLS on one connected socket, on the side of the server, without ever blocking.
///
/// OpenSSL reads and writes the socket itself (`SSL_set_fd(3)`). Buffers in between (memory BIOs) were the other way:
/// they cost one more copy of each byte, and a bound of their own, since they grow with what a slow client has not
/// taken. OpenSSL writes by `write(2)`, which raises `SIGPIPE` where the client has gone: the endpoint's thread blocks
/// all signals (`Thread`).
///
/// It lives on the endpoint thread alone.
@safe final class TLSStream {
    /// What came of reading.
    enum Reading {
        /// That many bytes, at least one.
        case bytes(Int)
        /// The client has said that nothing more will come.
        case end
        /// There is nothing to read until the socket is as `readableWhen` says.
        case blocked
        /// The client speaks HTTP without TLS.
        case clearText
        /// There will be no TLS with this client; it has been told so by an alert.
        case refused(String)
        /// The stream cannot be used any more.
        case broken
    }

    /// What the socket must be ready for before reading can go on.
    private(set) var readableWhen: Epoll.Readiness = .read
    /// What the socket must be ready for before writing can go on.
    private(set) var writableWhen: Epoll.Readiness = .write

    private let session: OpaquePointer
    private let descriptor: Int32
    /// Holds what the session was made from, with the policy to which OpenSSL has a pointer.
    private let context: TLSContext
    private var hasSeenFirstByte = false
    /// OpenSSL forbids to use a session any further after it has failed (SSL_get_error(3)).
    private var hasFailed = false

    /// The most bytes of one record (RFC 8446, 5.1).
    private static let recordBytes = 16 << 10

    /// Waits for a client's handshake; it is `nil` where there is no memory for that.
    ///
    /// - Parameters:
    ///   - context: the certificate and the rules.
    ///   - descriptor: a connected socket that never blocks, which someone else closes after this.
    init?(_ context: TLSContext, on descriptor: Int32) {
        OpenSSLErrors.clear()
        guard let address = context.makeSession(), let session = unsafe OpaquePointer(bitPattern: address)
        else {
            return nil
        }
        unsafe self.session = session
        self.descriptor = descriptor
        self.context = context
        guard unsafe SSL_set_fd(session, descriptor) == 1 else { return nil }
        unsafe SSL_set_accept_state(session)
    }

    deinit { unsafe SSL_free(session) }

    /// Whether the handshake is done.
    private var isEstablished: Bool { unsafe SSL_is_init_finished(session) == 1 }

    /// Goes on with the handshake, and reads what has arrived, at most one record.
    ///
    /// OpenSSL is asked for one record at a time and does not read ahead of it, so that what is left waits in the
    /// kernel, where epoll sees it.
    ///
    /// - Parameter buffer: has room for a record, so that nothing of it stays in OpenSSL.
    /// - Returns: what came of it.
    func read(into buffer: inout [UInt8]) -> Reading {
        if hasFailed { return .broken }
        if !hasSeenFirstByte, let verdict = lookAtFirstByte() { return verdict }
        OpenSSLErrors.clear()
        var count = 0
        let status = unsafe SSL_read_ex(session, &buffer, buffer.count, &count)
        if status == 1 {
            readableWhen = .read
            return .bytes(count)
        }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ: readableWhen = .read
        case SSL_ERROR_WANT_WRITE: readableWhen = .write
        case SSL_ERROR_ZERO_RETURN: return .end
        default: return failure()
        }
        return .blocked
    }

    /// Writes one record.
    ///
    /// A record is made of one vector where that fills it, so that OpenSSL reads the bytes where they lie. Only what
    /// is smaller is gathered before, into a buffer of one record.
    ///
    /// - Parameter vectors: what is to be written; after `EAGAIN` the same bytes again, at least as many.
    /// - Returns: how many bytes were taken.
    /// - Throws: `EAGAIN` where the socket must be as `writableWhen` says before; anything else is the stream's end.
    func write(_ vectors: UnsafeMutableBufferPointer<iovec>) throws(Errno) -> Int {
        guard let first = unsafe vectors.first else { return 0 }
        if unsafe first.iov_len >= Self.recordBytes || vectors.count == 1 {
            return try unsafe write(UnsafeRawBufferPointer(start: first.iov_base, count: first.iov_len))
        }
        return try unsafe withUnsafeTemporaryAllocation(byteCount: Self.recordBytes, alignment: 1) {
            record throws(Errno) in
            var count = 0
            for index in vectors.indices where count < record.count {
                let vector = unsafe vectors[index]
                let part = unsafe UnsafeRawBufferPointer(
                    start: vector.iov_base,
                    count: min(vector.iov_len, record.count - count)
                )
                unsafe UnsafeMutableRawBufferPointer(rebasing: record[count...]).copyMemory(from: part)
                count += part.count
            }
            return try unsafe write(UnsafeRawBufferPointer(rebasing: record[..<count]))
        }
    }

    /// Tells the client that nothing more will come (`close_notify`; RFC 8446, 6.1).
    ///
    /// - Returns: `false` where the socket takes nothing now, and it should be tried again.
    func sayGoodbye() -> Bool {
        guard !hasFailed, isEstablished else { return true }
        OpenSSLErrors.clear()
        // 0 is that it was sent and the client has not done the same.
        let status = unsafe SSL_shutdown(session)
        guard status < 0 else { return true }
        return unsafe SSL_get_error(session, status) != SSL_ERROR_WANT_WRITE
    }
}

extension TLSStream {
    /// Tells TLS from HTTP before OpenSSL has taken anything.
    ///
    /// The first byte of TLS is the type of a record (RFC 8446, 5.1), which is no letter; that of HTTP is one of a
    /// method, which are written in capitals.
    ///
    /// - Returns: `nil` where TLS may go on.
    private func lookAtFirstByte() -> Reading? {
        var byte: UInt8 = 0
        do throws(Errno) {
            guard try retrying({ unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK)) }) == 1 else {
                return .end
            }
        } catch {
            return error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK ? .blocked : .broken
        }
        hasSeenFirstByte = true
        return (0x41...0x5a).contains(byte) ? .clearText : nil
    }

    private func failure() -> Reading {
        hasFailed = true
        guard !isEstablished else { return .broken }
        let verdict = unsafe SSL_get_verify_result(session)
        let reason = OpenSSLErrors.take()
        switch Int32(truncatingIfNeeded: verdict) {
        case X509_V_OK: return .refused(reason)
        case X509_V_ERR_HOSTNAME_MISMATCH: return .refused("no name of the client's certificate is allowed")
        default:
            guard let text = unsafe X509_verify_cert_error_string(verdict) else { return .refused(reason) }
            return .refused("\(reason): \(unsafe String(cString: text))")
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        guard !hasFailed else { throw Errno(rawValue: EPIPE) }
        OpenSSLErrors.clear()
        var count = 0
        let status = unsafe SSL_write_ex(session, bytes.baseAddress, bytes.count, &count)
        if status == 1 {
            writableWhen = .write
            return count
        }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_WRITE: writableWhen = .write
        case SSL_ERROR_WANT_READ: writableWhen = .read
        default:
            hasFailed = true
            throw Errno(rawValue: EPROTO)
        }
        throw Errno(rawValue: EAGAIN)
    }
}
