// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Compressed bodies, valid and invalid (RFC 1952).
///
/// The exporter's own compressor is not used here: the simulator shares no code with the data path that it tests.
package enum Gzip {
    /// The result of the compression.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A valid body.
        case whole
        /// The first half of a valid body.
        case truncated
        /// A body with one changed bit in the middle, which the checksum reveals.
        case corrupted
        /// A body after 256 MiB of white space: valid JSON for a client without a limit.
        case bomb
    }

    private static let blockBytes = 1 << 20

    /// Computed once.
    ///
    /// Run-length encoding is ten times as fast as the default strategy, at the same ratio.
    private static let bombPadding = compress([0x20], count: 256 * blockBytes, strategy: Z_RLE)

    /// Compresses a body.
    static func compress(_ body: [UInt8], _ kind: Kind) -> [UInt8] {
        var compressed = compress(body, count: body.count, strategy: Z_DEFAULT_STRATEGY)
        switch kind {
        case .whole: break
        case .truncated: compressed.removeLast(compressed.count / 2)
        case .corrupted: compressed[compressed.count / 2] ^= 0x10
        // The members of a file decompress to their contents in sequence (RFC 1952, 2.2).
        case .bomb: compressed = bombPadding + compressed
        }
        return compressed
    }

    /// Compresses `count` bytes: the given ones, or one byte that is repeated.
    ///
    /// The corresponding C function is `deflate`; 16 additional window bits select the format of gzip.
    private static func compress(_ bytes: [UInt8], count: Int, strategy: Int32) -> [UInt8] {
        // On the heap, because zlib stores a pointer to it.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        let status = unsafe deflateInit2_(
            stream,
            9,
            Z_DEFLATED,
            MAX_WBITS + 16,
            8,
            strategy,
            ZLIB_VERSION,
            size
        )
        precondition(status == Z_OK, "zlib cannot create a stream: \(status)")
        defer {
            unsafe deflateEnd(stream)
            unsafe stream.deinitialize(count: 1)
            unsafe stream.deallocate()
        }
        var block = count == bytes.count ? bytes : [UInt8](repeating: bytes[0], count: blockBytes)
        var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(stream, UInt(block.count))))
        var compressed: [UInt8] = []
        var left = count
        repeat {
            let length = min(left, block.count)
            left -= length
            let flush = left > 0 ? Z_NO_FLUSH : Z_FINISH
            unsafe block.withUnsafeMutableBufferPointer { input in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe stream.pointee.next_in = input.baseAddress
                    unsafe stream.pointee.avail_in = UInt32(length)
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(output.count)
                    // The output of one block fits, so that one call is enough.
                    unsafe deflate(stream, flush)
                }
            }
            compressed += output.dropLast(Int(unsafe stream.pointee.avail_out))
        } while left > 0
        return compressed
    }
}
