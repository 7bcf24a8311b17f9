// SPDX-License-Identifier: Apache-2.0

/// A body ready to send, in both content codings, except for a short tail that each scrape adds.
///
/// A scrape does not copy, count or read the segments. It only encodes its own tail.
package struct PreparedBody: Sendable {
    /// The non-empty segments, uncompressed.
    ///
    /// Bodies share their storage.
    private let plainChunks: [[UInt8]]

    /// The gzip header and all compressed segments in one chunk, so that one system call sends most bodies.
    private let gzipChunks: [[UInt8]]

    /// The length of that chunk.
    private let gzipCount: Int

    private let checksum: Checksum

    /// The number of uncompressed bytes, without the tail.
    package var count: Int { checksum.length }

    /// Creates a body from segments in the order in which they are sent.
    ///
    /// Uncompressed bytes are not copied. Compressed bytes are copied once per body, because they are few and sending
    /// thousands of small chunks would cost more.
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

    /// Returns the uncompressed body.
    ///
    /// - Parameter tail: the bytes after the segments; may be empty.
    /// - Returns: the chunks to send.
    package func plain(tail: [UInt8]) -> EncodedBody {
        EncodedBody(shared: plainChunks, sharedCount: checksum.length, tail: tail)
    }

    /// Returns the body as one gzip member.
    ///
    /// The tail is stored, not compressed. It has one or two kilobytes, and to compress them zlib would clear its
    /// tables of 260 kB in every scrape.
    ///
    /// - Parameter tail: the bytes after the segments; may be empty.
    /// - Returns: the chunks to send.
    ///
    /// Source: RFC 1952, section 2.3: header, deflate blocks, CRC32, ISIZE ("modulo 2^32"), both little-endian.
    package func gzip(tail: [UInt8]) -> EncodedBody {
        var whole = checksum
        let last = Checksum(tail)
        whole.append(last, combineOperator: last.combineOperator)
        var trailer: [UInt8] = []
        trailer.reserveCapacity(tail.count + 5 * (tail.count / Self.storedLimit + 1) + 8)
        Self.appendStored(tail, to: &trailer)
        Self.append(whole.crc, to: &trailer)
        Self.append(UInt32(truncatingIfNeeded: whole.length), to: &trailer)
        return EncodedBody(shared: gzipChunks, sharedCount: gzipCount, tail: trailer)
    }

    /// The gzip header: magic number, deflate, no flags, no time, no hint, Unix.
    ///
    /// Equal bodies have equal bytes.
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

    /// The maximum length of a stored block.
    private static let storedLimit = 0xffff

    /// Appends stored blocks and marks the last one as the last of the stream.
    ///
    /// The preceding blocks end on a byte boundary. So the three header bits of a block are the low bits of a new
    /// byte, and the length follows in the next byte.
    ///
    /// Source: RFC 1951, sections 3.2.3 and 3.2.4.
    private static func appendStored(_ bytes: [UInt8], to trailer: inout [UInt8]) {
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(storedLimit)
            rest = rest.dropFirst(storedLimit)
            trailer.append(rest.isEmpty ? 1 : 0)
            let length = UInt16(block.count)
            for part in [length, ~length] {
                trailer.append(UInt8(truncatingIfNeeded: part))
                trailer.append(UInt8(truncatingIfNeeded: part >> 8))
            }
            trailer += block
        } while !rest.isEmpty
    }

    private static func append(_ number: UInt32, to trailer: inout [UInt8]) {
        for shift in [0, 8, 16, 24] { trailer.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }
}
