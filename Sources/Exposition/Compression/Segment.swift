// SPDX-License-Identifier: Apache-2.0

/// A part of a body that is compressed once and sent many times.
package struct Segment: Sendable {
    /// The uncompressed bytes.
    let plain: [UInt8]

    /// The same bytes as deflate blocks.
    ///
    /// They end on a byte boundary, do not refer to other segments, and none is marked as the last block.
    let deflated: [UInt8]

    /// The checksum of `plain`.
    let checksum: Checksum

    /// `checksum.combineOperator`.
    let combineOperator: UInt

    /// The number of uncompressed bytes.
    package var count: Int { plain.count }

    /// The number of compressed bytes.
    package var compressedCount: Int { deflated.count }

    /// Compresses bytes.
    ///
    /// - Parameters:
    ///   - plain: complete lines of an exposition; may be empty.
    ///   - compressor: a stream to use; its output does not depend on earlier uses.
    package init(plain: [UInt8], compressor: Compressor) {
        self.plain = plain
        deflated = compressor.deflate(plain)
        checksum = Checksum(plain)
        combineOperator = checksum.combineOperator
    }
}

extension Checksum {
    /// Combines the checksums of consecutive segments.
    init(joining segments: [Segment]) {
        self = .empty
        for segment in segments {
            append(segment.checksum, combineOperator: segment.combineOperator)
        }
    }
}
