// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A client that sends exactly the bytes it is told to, and says exactly what came back.
///
/// Every call blocks, with a deadline: use it through `onThread(_:)`.
package final class RawHTTPClient {
    /// Why there is no answer.
    package enum Failure: Error, Equatable {
        /// The stream has ended in the middle of what was awaited.
        case ended
        /// The server has sent RST.
        case reset
        /// Nothing came in time.
        case timedOut
        /// What came is not a response; here it is.
        case malformed(String)
        /// A system call failed otherwise, with this number.
        case system(Int32)
    }

    /// A response as it was on the wire.
    package struct Reply: Sendable {
        package var status: Int
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The value of the first field of a name, in lower case.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    private let socket: Int32
    private var buffer: [UInt8] = []
    /// How much of the buffer is taken.
    private var taken = 0

    /// Makes a client that is not connected yet.
    ///
    /// - Parameters:
    ///   - timeout: the longest that any one call waits.
    ///   - receiveBuffer: the kernel's buffer in bytes, for a client that is to fill up soon.
    /// - Throws: where there is no socket to be had.
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

    /// Makes a client that is connected to 127.0.0.1.
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

    /// Sends bytes as they are.
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

    /// Sends text as it is: its line ends are the caller's.
    package func send(_ text: String) throws(Failure) { try send(Array(text.utf8)) }

    /// Sends a request without a body, with a Host field and these lines, and reads the response.
    package func exchange(_ method: String, _ target: String, _ lines: [String] = []) throws(Failure) -> Reply
    {
        let fields = (["Host: test"] + lines).map { "\($0)\r\n" }.joined()
        try send("\(method) \(target) HTTP/1.1\r\n\(fields)\r\n")
        return try response(toHEAD: method == "HEAD")
    }

    /// Says that nothing more will be sent.
    package func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Reads the next response, the interim ones too.
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

    /// Reads a status line and the fields, and leaves the body unread.
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

    /// Reads everything up to the end of the stream.
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

    /// Reads what has arrived.
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
