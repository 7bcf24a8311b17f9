// SPDX-License-Identifier: Apache-2.0

/// Splits the bytes of a server into responses; each call blocks until enough has arrived.
struct ResponseReader {
    private let server: WireSocket
    private var buffer = [UInt8](repeating: 0, count: 128 << 10)
    /// The received bytes that have not been passed on.
    private var unread = 0..<0

    /// A head with a header field of one mebibyte is allowed.
    private static let longestHead = 2 << 20

    init(_ server: WireSocket) { self.server = server }

    /// Waits for the head of the next response.
    ///
    /// - Returns: `nil` if the connection ends first.
    mutating func nextHead() -> ResponseHead? {
        var searched = unread.lowerBound
        while true {
            while let end = buffer[searched..<unread.upperBound].firstIndex(of: 0x0a) {
                searched = end + 1
                let line = buffer[max(unread.lowerBound, end - 3)...end]
                guard line.elementsEqual("\r\n\r\n".utf8) else { continue }
                return ResponseHead(buffer[unread.lowerBound...end])
            }
            searched = unread.count
            guard unread.count < Self.longestHead, receive() else { return nil }
        }
    }

    /// Removes received bytes.
    mutating func skip(_ count: Int) { unread = (unread.lowerBound + count)..<unread.upperBound }

    /// Passes bytes on as they arrive.
    ///
    /// - Returns: `false` if either connection ends first.
    mutating func forward(_ count: Int, to client: WireSocket) -> Bool {
        var left = count
        while left > 0 {
            if unread.isEmpty, !receive() { return false }
            let part = unread.prefix(left)
            guard client.send(buffer, part) else { return false }
            skip(part.count)
            left -= part.count
        }
        return true
    }

    /// Collects a body.
    ///
    /// - Parameter count: its length; if it is not known, the bytes that arrive next are returned.
    /// - Returns: fewer bytes if the connection ends first.
    mutating func body(_ count: Int?) -> [UInt8] {
        var body: [UInt8] = []
        while body.count < count ?? 1 {
            if unread.isEmpty, !receive() { break }
            let part = unread.prefix(count.map { $0 - body.count } ?? unread.count)
            body += buffer[part]
            skip(part.count)
        }
        return body
    }

    /// Receives more bytes, after those that are still unread.
    private mutating func receive() -> Bool {
        if unread.isEmpty {
            unread = 0..<0
        } else if unread.lowerBound > 0 {
            buffer.replaceSubrange(0..<unread.count, with: buffer[unread])
            unread = 0..<unread.count
        }
        if unread.upperBound == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let count = server.receive(into: &buffer, from: unread.upperBound)
        unread = unread.lowerBound..<(unread.upperBound + count)
        return count > 0
    }
}
