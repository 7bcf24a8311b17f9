// SPDX-License-Identifier: Apache-2.0

/// Everything that a scrape is answered with, except a small tail that only the moment knows.
///
/// Answering costs what sending costs: the segments are shared, not copied, and only the tail is read again.
package struct PreparedBody: Sendable {
    /// The segments as they are, without the empty ones.
    private let plainChunks: [[UInt8]]

    /// A gzip header, then the segments' blocks.
    private let gzipChunks: [[UInt8]]

    /// Of all segments together.
    private let checksum: Checksum

    /// How many bytes the segments say, the tail not counted.
    package var count: Int { checksum.length }

    /// Puts segments in the order in which they are sent.
    ///
    /// - Complexity: O(n) for n segments, whatever their size.
    package init(segments: [Segment]) {
        let filled = segments.filter { !$0.plain.isEmpty }
        plainChunks = filled.map(\.plain)
        gzipChunks = [Self.header] + filled.map(\.deflated)
        checksum = Checksum(joining: filled)
    }

    /// Gives the body as it is.
    ///
    /// - Parameter tail: what comes after the segments; may be empty.
    /// - Returns: chunks to be sent one after the other; none is empty, and there may be none.
    package func plain(tail: [UInt8]) -> [[UInt8]] {
        tail.isEmpty ? plainChunks : plainChunks + [tail]
    }

    /// Gives the body as one gzip member.
    ///
    /// The tail is stored, not compressed: for the kilobyte or two that it is, zlib would set up or clear its tables of
    /// 260 kB in every scrape.
    ///
    /// - Parameter tail: what comes after the segments; may be empty.
    /// - Returns: chunks to be sent one after the other; none is empty.
    ///
    /// Source: RFC 1952, section 2.3: header, deflate blocks, CRC32, ISIZE ("modulo 2^32"), both little-endian.
    package func gzip(tail: [UInt8]) -> [[UInt8]] {
        var whole = checksum
        let last = Checksum(tail)
        whole.append(last, shift: last.shift)
        var end: [UInt8] = []
        end.reserveCapacity(tail.count + 5 * (tail.count / Self.storedLimit + 1) + 8)
        Self.appendStored(tail, to: &end)
        Self.append(whole.crc, to: &end)
        Self.append(UInt32(truncatingIfNeeded: whole.length), to: &end)
        return gzipChunks + [end]
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
