// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An HTTP client that sends exactly the given bytes and returns exactly what was received.
///
/// Every call blocks, with a deadline. Use it through `onThread(_:)`.
package final class RawHTTPClient {
    /// A failure to receive a response.
    package enum Failure: Error, Equatable {
        /// The stream ended within a message.
        case ended
        /// The server sent RST.
        case reset
        /// The deadline passed.
        case timedOut
        /// The received text is not a response.
        case malformed(String)
        /// Another error of a system call, as errno.
        case system(Int32)
    }

    /// A response as received.
    package struct Reply: Sendable {
        package var status: Int
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// Returns the value of the first field with a lower-case name.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    private let socket: Int32
    private var buffer: [UInt8] = []
    /// The number of consumed bytes in the buffer.
    private var taken = 0

    /// Creates a client without a connection.
    ///
    /// - Parameters:
    ///   - timeout: the longest wait of one call.
    ///   - receiveBuffer: the size of the kernel's buffer in bytes, for a client that stops reading early.
    /// - Throws: if no socket can be created.
    package init(timeoutSeconds timeout: Int = 10, receiveBuffer: Int32? = nil) throws(Failure) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system(errno) }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        if var receiveBuffer {
            unsafe setsockopt(
                socket,
                SOL_SOCKET,
                SO_RCVBUF,
                &receiveBuffer,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
    }

    /// Creates a client with a connection to 127.0.0.1.
    package convenience init(port: Int, timeoutSeconds: Int = 10, receiveBuffer: Int32? = nil) throws(Failure)
    {
        try self.init(timeoutSeconds: timeoutSeconds, receiveBuffer: receiveBuffer)
        try connect(port: port)
    }

    deinit { close(socket) }

    /// Connects to 127.0.0.1.
    package func connect(port: Int) throws(Failure) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw .system(errno) }
    }

    /// Sends bytes unchanged.
    package func send(_ bytes: [UInt8]) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Self.failure(errno) }
            sent += count
        }
    }

    /// Sends text unchanged, including its line ends.
    package func send(_ text: String) throws(Failure) { try send(Array(text.utf8)) }

    /// Sends a request without a body, with a Host field and the given lines, and reads the response.
    package func exchange(_ method: String, _ target: String, _ lines: [String] = []) throws(Failure) -> Reply
    {
        let fields = (["Host: test"] + lines).map { "\($0)\r\n" }.joined()
        try send("\(method) \(target) HTTP/1.1\r\n\(fields)\r\n")
        return try response(toHEAD: method == "HEAD")
    }

    /// Closes the sending half of the connection.
    package func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Reads the next response, which may be an interim one.
    package func response(toHEAD isHEAD: Bool = false) throws(Failure) -> Reply {
        var reply = try head()
        if isHEAD || reply.status < 200 || [204, 304].contains(reply.status) { return reply }
        if reply.header("transfer-encoding") == "chunked" {
            reply.body = try chunks()
        } else if let length = reply.header("content-length") {
            guard let count = Int(length) else { throw .malformed(length) }
            reply.body = try bytes(count)
        } else {
            reply.body = try rest()
        }
        return reply
    }

    /// Reads the status line and the fields, but not the body.
    package func head() throws(Failure) -> Reply {
        let text = String(decoding: try bytes(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "),
            let status = Int(first.dropFirst(9).prefix(3))
        else { throw .malformed(text) }
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed(text) }
            headers.append((String(line[..<colon]), String(line[colon...].dropFirst(2))))
        }
        return Reply(status: status, headers: headers, body: [])
    }

    /// Reads a number of bytes.
    package func bytes(_ count: Int) throws(Failure) -> [UInt8] {
        while buffer.count - taken < count {
            guard try receive() else { throw .ended }
        }
        defer { taken += count }
        return Array(buffer[taken..<taken + count])
    }

    /// Reads up to the end of the stream.
    package func rest() throws(Failure) -> [UInt8] {
        while try receive() {}
        return try bytes(buffer.count - taken)
    }

    private func chunks() throws(Failure) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try bytes(through: Array("\r\n".utf8)).dropLast(2)
            guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16) else {
                throw .malformed(String(decoding: line, as: UTF8.self))
            }
            body += try bytes(size)
            _ = try bytes(2)
            if size == 0 { return body }
        }
    }

    private func bytes(through mark: [UInt8]) throws(Failure) -> [UInt8] {
        var length = mark.count
        while true {
            while taken + length <= buffer.count {
                let end = taken + length
                if buffer[end - mark.count..<end].elementsEqual(mark) { return try bytes(length) }
                length += 1
            }
            guard try receive() else { throw .ended }
        }
    }

    /// Reads the available bytes.
    ///
    /// - Returns: `false` at the end of the stream.
    private func receive() throws(Failure) -> Bool {
        buffer.removeFirst(taken)
        taken = 0
        var count = 0
        let block = unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { block, used in
            count = unsafe recv(socket, block.baseAddress, block.count, 0)
            used = max(0, count)
        }
        guard count >= 0 else { throw Self.failure(errno) }
        buffer += block
        return count > 0
    }

    private static func failure(_ number: Int32) -> Failure {
        switch number {
        case ECONNRESET, EPIPE: .reset
        case EAGAIN, EWOULDBLOCK: .timedOut
        default: .system(number)
        }
    }
}
