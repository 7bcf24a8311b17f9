// SPDX-License-Identifier: Apache-2.0

import WireText

/// Bytes that have arrived and are not yet understood, taken out by the line or by the count.
///
/// Each byte is looked at once, however the bytes were split on their way.
struct LineBuffer {
    /// Why there is no line.
    enum Failure: Error {
        /// It is longer than it may be, whether or not its end has arrived.
        case tooLong
        /// It ends in LF alone.
        ///
        /// A recipient may accept that (RFC 9112, 2.2), but not all do, and two that disagree on where a line ends
        /// can be played against each other: it is refused everywhere.
        case bareLineFeed
    }

    private var bytes: [UInt8] = []
    /// Where what has not been taken begins.
    private var start = 0
    /// Up to where there is no LF.
    private var scanned = 0

    /// How many bytes wait.
    var count: Int { bytes.count - start }

    /// The byte that waits first.
    var first: UInt8? { count > 0 ? bytes[start] : nil }

    /// Adds what has arrived.
    mutating func append(_ more: Span<UInt8>) {
        if start > 0 {
            bytes.removeSubrange(..<start)
            scanned -= start
            start = 0
        }
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Takes the next line, without its CR LF.
    ///
    /// - Parameter limit: the most bytes that the line may have.
    /// - Returns: `nil` where its end has not arrived.
    /// - Throws: where it is too long, or does not end in CR LF.
    mutating func line(atMost limit: Int) throws(Failure) -> ArraySlice<UInt8>? {
        while scanned < bytes.count, bytes[scanned] != .lineFeed { scanned += 1 }
        guard scanned < bytes.count else {
            // One more byte may be the CR.
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

    /// Gives the memory of a large read back, so that an idle connection costs little.
    mutating func giveBack() {
        guard count == 0, bytes.capacity > 8 << 10 else { return }
        bytes = []
        (start, scanned) = (0, 0)
    }

    /// Takes bytes whatever they are.
    ///
    /// - Parameter limit: the most to take.
    /// - Returns: fewer where fewer have arrived.
    mutating func take(atMost limit: Int) -> ArraySlice<UInt8> {
        let end = start + min(limit, count)
        defer {
            start = end
            scanned = max(scanned, end)
        }
        return bytes[start..<end]
    }
}
