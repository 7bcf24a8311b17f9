// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// An accepted connection of a scripted server.
package struct ScriptedConnection: ~Copyable {
    private let descriptor: Int32
    private let state: ScriptedServer.State

    init(descriptor: Int32, state: ScriptedServer.State) {
        self.descriptor = descriptor
        self.state = state
    }

    /// Reads the head of the next request, including its empty line.
    ///
    /// - Returns: `nil` if the client closed the connection.
    package func readRequest() -> String? {
        var head: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            // Peek first, so that bytes of the next request stay in the socket.
            let seen = unsafe recv(descriptor, &piece, piece.count, Int32(MSG_PEEK))
            if seen < 0 && errno == EINTR { continue }
            guard seen > 0 else { return nil }
            let before = head.count
            head += piece[..<seen]
            let end = Self.endOfHead(head)
            let taken = unsafe recv(descriptor, &piece, (end ?? head.count) - before, 0)
            guard taken == (end ?? head.count) - before else { return nil }
            guard let end else { continue }
            let text = String(decoding: head[..<end], as: UTF8.self)
            state.storage.withLock { $0.requests.append(text) }
            return text
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for end in 4...bytes.count where bytes[(end - 4)..<end] == [0x0d, 0x0a, 0x0d, 0x0a] { return end }
        return nil
    }

    /// Sends bytes.
    ///
    /// - Returns: whether all bytes were sent.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends text.
    ///
    /// - Returns: whether the whole text was sent.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends a complete response with a length.
    @discardableResult
    package func answer(_ status: String = "200 OK", fields: [String] = [], body: [UInt8] = []) -> Bool {
        let head = ["HTTP/1.1 \(status)"] + fields + ["Content-Length: \(body.count)", "", ""]
        return send(Array(head.joined(separator: "\r\n").utf8) + body)
    }

    /// Waits until the client closes the connection or the server stops.
    package func waitForEnd() {
        var byte: UInt8 = 0
        while true {
            let count = unsafe recv(descriptor, &byte, 1, 0)
            guard count > 0 || (count < 0 && errno == EINTR) else { return }
        }
    }

    /// Makes the following close send RST.
    package func resetAtEnd() {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}
