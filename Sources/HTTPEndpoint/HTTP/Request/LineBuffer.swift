// SPDX-License-Identifier: Apache-2.0

import WireText

/// A buffer of received bytes, read by line or by count.
///
/// Each byte is scanned once, however the network splits the stream.
struct LineBuffer {
    /// The reason why a line cannot be read.
    enum Failure: Error {
        /// The line is longer than the limit, whether or not its end has arrived.
        case tooLong
        /// The line ends in LF alone.
        ///
        /// RFC 9112, 2.2 lets a recipient accept that. Not all recipients do, and a disagreement about line ends
        /// allows request smuggling.
        case bareLineFeed
    }

    private var bytes: [UInt8] = []
    /// The index of the first unread byte.
    private var start = 0
    /// The end of the prefix that holds no LF.
    private var scanned = 0

    /// The number of unread bytes.
    var count: Int { bytes.count - start }

    /// The first unread byte.
    var first: UInt8? { count > 0 ? bytes[start] : nil }

    /// Appends received bytes.
    mutating func append(_ more: Span<UInt8>) {
        if start > 0 {
            bytes.removeSubrange(..<start)
            scanned -= start
            start = 0
        }
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Removes the next line and returns it without its CR LF.
    ///
    /// - Parameter limit: the maximum length of the line in bytes.
    /// - Returns: `nil` if the end of the line has not arrived.
    /// - Throws: an error if the line is too long or does not end in CR LF.
    mutating func readLine(limit: Int) throws(Failure) -> ArraySlice<UInt8>? {
        while scanned < bytes.count, bytes[scanned] != .lineFeed { scanned += 1 }
        guard scanned < bytes.count else {
            // The last byte may be the CR.
            guard count <= limit + 1 else { throw .tooLong }
            return nil
        }
        guard scanned > start, bytes[scanned - 1] == .carriageReturn else { throw .bareLineFeed }
        let line = bytes[start..<scanned - 1]
        guard line.count <= limit else { throw .tooLong }
        scanned += 1
        start = scanned
        return line
    }

    /// Removes and returns the next bytes, at most `limit` of them.
    mutating func read(limit: Int) -> ArraySlice<UInt8> {
        let end = start + min(limit, count)
        defer {
            start = end
            scanned = max(scanned, end)
        }
        return bytes[start..<end]
    }

    /// Frees the memory of a large read, so that an idle connection costs little.
    mutating func releaseExcessCapacity() {
        guard count == 0, bytes.capacity > 8 << 10 else { return }
        bytes = []
        (start, scanned) = (0, 0)
    }
}
