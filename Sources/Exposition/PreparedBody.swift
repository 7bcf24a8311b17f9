// SPDX-License-Identifier: Apache-2.0

/// Everything that a scrape is answered with, except a small tail that only the moment knows.
///
/// Answering costs what sending costs: nothing of the segments is copied, counted or looked at for a scrape, and only
/// the tail is read again.
package struct PreparedBody: Sendable {
    /// The segments as they are, without the empty ones; shared with every other body that holds them.
    private let plainChunks: [[UInt8]]

    /// A gzip header and the segments' blocks in one piece, so that one system call sends most bodies.
    private let gzipChunks: [[UInt8]]

    /// The length of that piece.
    private let gzipCount: Int

    /// Of all segments together.
    private let checksum: Checksum

    /// How many bytes the segments say, the tail not counted.
    package var count: Int { checksum.length }

    /// Puts segments in the order in which they are sent.
    ///
    /// What is plain stays where it is. What is compressed is copied, once for each body and not for each scrape: it is
    /// a small part of the whole, and thousands of small pieces would cost the socket more than their bytes.
    ///
    /// - Complexity: O(n + m) for n segments of m compressed bytes.
    package init(segments: [Segment]) {
        let filled = segments.filter { !$0.plain.isEmpty }
        plainChunks = filled.map(\.plain)
        gzipCount = filled.reduce(Self.header.count) { $0 + $1.deflated.count }
        var gzip: [UInt8] = []
        gzip.reserveCapacity(gzipCount)
        gzip += Self.header
        for segment in filled { gzip += segment.deflated }
        gzipChunks = [gzip]
        checksum = Checksum(joining: filled)
    }

    /// Gives the body as it is.
    ///
    /// - Parameter tail: what comes after the segments; may be empty.
    /// - Returns: what to send.
    package func plain(tail: [UInt8]) -> EncodedBody {
        EncodedBody(shared: plainChunks, sharedCount: checksum.length, end: tail)
    }

    /// Gives the body as one gzip member.
    ///
    /// The tail is stored, not compressed: for the kilobyte or two that it is, zlib would set up or clear its tables of
    /// 260 kB in every scrape.
    ///
    /// - Parameter tail: what comes after the segments; may be empty.
    /// - Returns: what to send.
    ///
    /// Source: RFC 1952, section 2.3: header, deflate blocks, CRC32, ISIZE ("modulo 2^32"), both little-endian.
    package func gzip(tail: [UInt8]) -> EncodedBody {
        var whole = checksum
        let last = Checksum(tail)
        whole.append(last, shift: last.shift)
        var end: [UInt8] = []
        end.reserveCapacity(tail.count + 5 * (tail.count / Self.storedLimit + 1) + 8)
        Self.appendStored(tail, to: &end)
        Self.append(whole.crc, to: &end)
        Self.append(UInt32(truncatingIfNeeded: whole.length), to: &end)
        return EncodedBody(shared: gzipChunks, sharedCount: gzipCount, end: end)
    }

    /// Magic number, deflate, no flags, no time, no hint, Unix: no name and no time, so equal bodies are equal bytes.
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

    /// The most that a stored block holds.
    private static let storedLimit = 0xffff

    /// Appends stored blocks, the last of them marked as the last of the stream.
    ///
    /// Everything before ends on a byte boundary, so the three bits of a block's header are the low bits of a byte of
    /// their own, and the length follows on the next.
    ///
    /// Source: RFC 1951, sections 3.2.3 and 3.2.4.
    private static func appendStored(_ bytes: [UInt8], to end: inout [UInt8]) {
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(storedLimit)
            rest = rest.dropFirst(storedLimit)
            end.append(rest.isEmpty ? 1 : 0)
            let length = UInt16(block.count)
            for part in [length, ~length] {
                end.append(UInt8(truncatingIfNeeded: part))
                end.append(UInt8(truncatingIfNeeded: part >> 8))
            }
            end += block
        } while !rest.isEmpty
    }

    private static func append(_ number: UInt32, to end: inout [UInt8]) {
        for shift in [0, 8, 16, 24] { end.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }
}
