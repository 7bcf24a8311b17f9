// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Bodies in the format of RFC 1952, whole and spoiled.
package enum Gzip {
    /// What becomes of a packed body.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// As it should be.
        case whole
        /// Half of it.
        case truncated
        /// One bit in its middle is another, which the checksum tells.
        case corrupted
        /// 256 MiB of white space come before the body: valid JSON for who has the room.
        case bomb
    }

    /// How much white space a bomb holds.
    private static let bombBytes = 256 << 20

    /// The white space is always the same, and packing it takes a second.
    private static let bombPadding = pack([0x20], times: bombBytes)

    /// Packs a body.
    static func pack(_ body: [UInt8], _ kind: Kind) -> [UInt8] {
        var packed = pack(body)
        switch kind {
        case .whole: break
        case .truncated: packed.removeLast(packed.count / 2)
        case .corrupted: packed[packed.count / 2] ^= 0x10
        // Members follow each other, and unpack to their bodies one after the other (RFC 1952, 2.2).
        case .bomb: packed = bombPadding + packed
        }
        return packed
    }

    /// The corresponding C function is `deflate`; 16 more window bits ask for a header and a trailer of gzip.
    private static func pack(_ bytes: [UInt8], times: Int = 1) -> [UInt8] {
        // On the heap, because zlib keeps a pointer back to it.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream,
            9,
            Z_DEFLATED,
            MAX_WBITS + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(status == Z_OK, "zlib cannot begin a stream: \(status)")
        defer {
            unsafe deflateEnd(stream)
            unsafe stream.deinitialize(count: 1)
            unsafe stream.deallocate()
        }
        var packed: [UInt8] = []
        var left = bytes.count * times
        let block = times == 1 ? bytes : [UInt8](repeating: bytes[0], count: 1 << 20)
        repeat {
            let count = min(left, block.count)
            left -= count
            unsafe append(stream, block[..<count], left > 0 ? Z_NO_FLUSH : Z_FINISH, to: &packed)
        } while left > 0
        return packed
    }

    @unsafe private static func append(
        _ stream: UnsafeMutablePointer<z_stream>,
        _ bytes: ArraySlice<UInt8>,
        _ flush: Int32,
        to packed: inout [UInt8]
    ) {
        var scratch = [UInt8](repeating: 0, count: 64 << 10)
        unsafe bytes.withUnsafeBufferPointer { input in
            // zlib declares its input without const, and does not write to it.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
            var room = 0
            repeat {
                room = unsafe scratch.withUnsafeMutableBufferPointer { output in
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
                    unsafe deflate(stream, flush)
                    return Int(unsafe stream.pointee.avail_out)
                }
                packed += scratch.dropLast(room)
            } while room == 0
        }
    }
}
