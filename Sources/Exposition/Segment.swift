// SPDX-License-Identifier: Apache-2.0

/// A piece of a body, encoded and compressed once and sent as often as somebody asks.
package struct Segment: Sendable {
    /// What it says.
    let plain: [UInt8]

    /// The same in deflate blocks that end on a byte boundary and refer to no other segment; none is the last.
    let deflated: [UInt8]

    /// Of `plain`.
    let checksum: Checksum

    /// `checksum.shift`.
    let shift: UInt

    /// How many bytes it says.
    package var count: Int { plain.count }

    /// How many bytes it takes when compressed.
    package var compressedCount: Int { deflated.count }

    /// Compresses some bytes.
    ///
    /// - Parameters:
    ///   - plain: whole lines of an exposition; may be empty.
    ///   - compressor: used and left as it was.
    package init(plain: [UInt8], compressor: Compressor) {
        self.plain = plain
        deflated = compressor.deflate(plain)
        checksum = Checksum(plain)
        shift = checksum.shift
    }
}

extension Checksum {
    /// Combines the checksums of segments that follow each other.
    init(joining segments: [Segment]) {
        self = .empty
        for segment in segments { append(segment.checksum, shift: segment.shift) }
    }
}
