// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The CRC-32 and length of some bytes, which the trailer of a gzip member contains.
struct Checksum: Sendable, Equatable {
    /// The CRC-32 as RFC 1952, section 8, defines it.
    private(set) var crc: UInt32

    /// The number of bytes.
    private(set) var length: Int

    /// The checksum of no bytes.
    static let empty = Checksum([])

    /// Computes the checksum of bytes.
    init(_ bytes: [UInt8]) {
        crc = unsafe bytes.withUnsafeBufferPointer { buffer in
            // The base address of an empty array may be nil. zlib then returns the initial value, 0, which is correct.
            unsafe UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
        }
        length = bytes.count
    }

    /// The operator that `append` needs to put these bytes behind others.
    ///
    /// The corresponding C function is `crc32_combine_gen(len2)`, the expensive half of `crc32_combine`. The operator
    /// depends on the length alone, so each segment computes it once and a join costs one multiplication per segment.
    var combineOperator: UInt {
        crc32_combine_gen(length)
    }

    /// Extends the checksum by bytes that follow.
    ///
    /// - Parameters:
    ///   - other: the checksum of the following bytes.
    ///   - combineOperator: `other.combineOperator`.
    mutating func append(_ other: Checksum, combineOperator: UInt) {
        crc = UInt32(truncatingIfNeeded: crc32_combine_op(UInt(crc), UInt(other.crc), combineOperator))
        length += other.length
    }
}
