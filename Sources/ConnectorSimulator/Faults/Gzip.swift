// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Compressed bodies, valid and invalid (RFC 1952).
///
/// The exporter's own compressor is not used here: the simulator shares no code with the data path that it tests.
package enum Gzip {
    /// The result of the compression.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case whole
        /// The first half of a valid body.
        case truncated
        /// A body with one changed bit in the middle, which the checksum reveals.
        case corrupted
        /// A body after 256 MiB of white space: valid JSON for a client without a limit.
        case bomb
    }

    /// Computed once.
    ///
    /// The members of a file decompress to their contents in sequence (RFC 1952, section 2.2).
    private static let bombPadding: [UInt8] = {
        let member = compress([UInt8](repeating: 0x20, count: 1 << 20))
        return Array(repeatElement(member, count: 256).joined())
    }()

    static func compress(_ body: [UInt8], _ kind: Kind) -> [UInt8] {
        var compressed = compress(body)
        switch kind {
        case .whole: break
        case .truncated: compressed.removeLast(compressed.count / 2)
        case .corrupted: compressed[compressed.count / 2] ^= 0x10
        case .bomb: compressed = bombPadding + compressed
        }
        return compressed
    }

    /// Compresses a body into one member.
    ///
    /// The corresponding C function is `deflate`; 16 additional window bits select the format of gzip.
    private static func compress(_ body: [UInt8]) -> [UInt8] {
        // zlib stores a pointer to the stream, so it must not move during the calls.
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        return unsafe withUnsafeMutablePointer(to: &stream) { stream in
            let status = unsafe deflateInit2_(
                stream,
                9,
                Z_DEFLATED,
                MAX_WBITS + 16,
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                size
            )
            precondition(status == Z_OK, "zlib cannot create a stream: \(status)")
            defer { unsafe deflateEnd(stream) }
            var input = body
            var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(stream, UInt(body.count))))
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe stream.pointee.next_in = input.baseAddress
                    unsafe stream.pointee.avail_in = UInt32(input.count)
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(output.count)
                    // The output fits, so one call is enough.
                    unsafe deflate(stream, Z_FINISH)
                }
            }
            return output.dropLast(Int(unsafe stream.pointee.avail_out))
        }
    }
}
