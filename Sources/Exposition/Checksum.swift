// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The CRC-32 and the length of some bytes: what the end of a gzip member says about its content.
struct Checksum: Sendable, Equatable {
    /// CRC-32 as in RFC 1952, section 8.
    private(set) var crc: UInt32

    /// How many bytes.
    private(set) var length: Int

    /// That of no bytes.
    static let empty = Checksum([])

    /// Reads some bytes.
    init(_ bytes: [UInt8]) {
        crc = unsafe bytes.withUnsafeBufferPointer { buffer in
            // An empty array may have no address, for which zlib would return the initial value, 0: the same.
            unsafe UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
        }
        length = bytes.count
    }

    /// How far following bytes move the checksum of those before them: what `append` needs of `other`.
    ///
    /// The corresponding C function is `crc32_combine_gen(len2)`, the dear half of `crc32_combine`. It depends on the
    /// length alone, so a segment computes it once, and joining thousands of segments costs one product each.
    var shift: UInt {
        crc32_combine_gen(length)
    }

    /// Becomes that of these bytes and the others after them.
    ///
    /// - Parameters:
    ///   - other: of the bytes that follow.
    ///   - shift: `other.shift`.
    mutating func append(_ other: Checksum, shift: UInt) {
        crc = UInt32(truncatingIfNeeded: crc32_combine_op(UInt(crc), UInt(other.crc), shift))
        length += other.length
    }
}
