// SPDX-License-Identifier: Apache-2.0

import CLibSSL
import Foundation
import LinuxSystem

/// The server side of TLS on one connected nonblocking socket.
///
/// OpenSSL reads and writes the socket itself (`SSL_set_fd(3)`). Memory BIOs were rejected: they copy each byte once
/// more, and need a limit of their own, because they grow while a client does not read. OpenSSL writes with `write(2)`,
/// which raises `SIGPIPE` if the client has disconnected. The endpoint thread blocks that signal.
///
/// Only the endpoint thread uses it.
@safe final class TLSStream {
    enum ReadResult {
        /// This many bytes were read, at least one.
        case bytes(Int)
        /// The client has closed the stream.
        case end
        /// No bytes until the socket has the readiness `readableWhen`.
        case blocked
        /// The client sends HTTP without TLS.
        case clearText
        /// The handshake failed, and the client has received an alert.
        case handshakeFailed(String)
        /// The stream can no longer be used.
        case broken
    }

    private(set) var readableWhen: Epoll.Readiness = .read
    /// The socket readiness that the next write requires.
    private(set) var writableWhen: Epoll.Readiness = .write

    private let session: OpaquePointer
    private let descriptor: Int32
    /// Keeps the context of the session alive, with the verifier that OpenSSL has a pointer to.
    private let context: TLSContext
    private var hasCheckedFirstByte = false
    /// OpenSSL forbids further use of a session after a failure (SSL_get_error(3)).
    private var hasFailed = false
    /// The number of reads since the last application data that consumed a record.
    private var emptyReads = 0

    /// The maximum size of one record (RFC 8446, 5.1).
    static let recordBytes = 16 << 10

    /// The maximum number of socket reads in one call of OpenSSL, two per record.
    ///
    /// OpenSSL handles several records in one call, for example all that ask for renegotiation in TLS 1.2.
    private static let socketReadLimit = 64

    /// The maximum number of consecutive reads that consume records without application data.
    ///
    /// The value is that of BoringSSL. A handshake needs at most ten.
    private static let emptyReadLimit = 32

    /// Creates a stream that waits for the client's handshake; `nil` if OpenSSL is out of memory.
    ///
    /// - Parameters:
    ///   - context: the certificate and the TLS rules.
    ///   - descriptor: a connected nonblocking socket, which the caller closes after the stream is released.
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

    /// Whether the handshake is complete.
    var isEstablished: Bool { unsafe SSL_is_init_finished(session) == 1 }

    /// Continues the handshake, or reads and decrypts at most one record.
    ///
    /// OpenSSL does not read ahead of the record, so that unread bytes stay in the kernel, where epoll reports them. A
    /// client that sends only records without application data, such as key updates, breaks the stream.
    ///
    /// - Parameter buffer: large enough for a record, so that no decrypted bytes stay in OpenSSL.
    /// - Returns: the number of bytes, or the reason why no bytes were read.
    func read(into buffer: inout [UInt8]) -> ReadResult {
        if hasFailed { return .broken }
        if !hasCheckedFirstByte, let result = checkFirstByte() { return result }
        OpenSSLErrors.clear()
        var count = 0
        unsafe clibssl_limit_reads(session, Self.socketReadLimit)
        let status = unsafe SSL_read_ex(session, &buffer, buffer.count, &count)
        if status == 1 {
            readableWhen = .read
            emptyReads = 0
            return .bytes(count)
        }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ: readableWhen = .read
        case SSL_ERROR_WANT_WRITE: readableWhen = .write
        case SSL_ERROR_ZERO_RETURN: return .end
        default: return failure()
        }
        // Part of a record has arrived, and the rest may take any number of reads.
        if unsafe SSL_has_pending(session) == 1 { return .blocked }
        emptyReads += 1
        return emptyReads <= Self.emptyReadLimit ? .blocked : .broken
    }

    /// Encrypts and writes one record.
    ///
    /// If the first vector fills a record, OpenSSL reads the bytes in place. Smaller vectors are first copied into one
    /// record.
    ///
    /// - Parameter vectors: the bytes to write. After `EAGAIN` they must be the same bytes, and not fewer.
    /// - Returns: the number of written bytes.
    /// - Throws: `EAGAIN` if the socket needs the readiness `writableWhen` first. After any other error the stream is
    ///   unusable.
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

    /// Sends `close_notify` to the client (RFC 8446, 6.1).
    ///
    /// - Returns: `false` if the socket is not writable, and the call must be repeated.
    func sendCloseNotify() -> Bool {
        guard !hasFailed, isEstablished else { return true }
        OpenSSLErrors.clear()
        // 0 means that the alert was sent and the client's has not arrived.
        let status = unsafe SSL_shutdown(session)
        guard status < 0 else { return true }
        return unsafe SSL_get_error(session, status) != SSL_ERROR_WANT_WRITE
    }
}

extension TLSStream {
    /// Detects HTTP without TLS before OpenSSL reads the first byte.
    ///
    /// TLS begins with a record type (RFC 8446, 5.1), which is never a letter. HTTP begins with a method, which is
    /// written in capital letters.
    ///
    /// - Returns: `nil` if the client may speak TLS.
    private func checkFirstByte() -> ReadResult? {
        var byte: UInt8 = 0
        do throws(Errno) {
            guard try retrying({ unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK)) }) == 1 else {
                return .end
            }
        } catch {
            return error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK ? .blocked : .broken
        }
        hasCheckedFirstByte = true
        return (0x41...0x5a).contains(byte) ? .clearText : nil
    }

    private func failure() -> ReadResult {
        hasFailed = true
        guard !isEstablished else { return .broken }
        let verdict = unsafe SSL_get_verify_result(session)
        let reason = OpenSSLErrors.takeReasons()
        switch Int32(truncatingIfNeeded: verdict) {
        case X509_V_OK: return .handshakeFailed(reason)
        case X509_V_ERR_HOSTNAME_MISMATCH:
            return .handshakeFailed("no name of the client certificate is allowed")
        default:
            guard let text = unsafe X509_verify_cert_error_string(verdict) else {
                return .handshakeFailed(reason)
            }
            return .handshakeFailed("\(reason): \(unsafe String(cString: text))")
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
