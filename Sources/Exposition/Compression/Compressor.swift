// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A reusable deflate stream that compresses one segment after another.
///
/// A stream takes about 260 kB, so segments share one. It is not `Sendable`; the type that prepares segments owns it.
/// If memory runs out, the process ends, as with every allocation in Swift.
@safe package final class Compressor {
    /// The stream, on the heap because zlib stores a pointer to it and rejects a stream that has moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// The output buffer.
    ///
    /// Results are copied out at their exact size, because segments live long.
    private var scratch: [UInt8] = []

    /// The total number of bytes compressed so far.
    package private(set) var byteCount = 0

    /// Creates a stream.
    ///
    /// - Parameter level: the compression level, from 0 (stored) to 9 (smallest).
    ///
    /// The corresponding C function is `deflateInit2`. Negative window bits select raw deflate, without a header.
    package init(level: Int = 6) {
        precondition((0...9).contains(level), "zlib levels range from 0 to 9")
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream,
            Int32(level),
            Z_DEFLATED,
            -MAX_WBITS,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(status == Z_OK, "deflateInit2 failed: \(status)")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Compresses bytes into deflate blocks that end on a byte boundary and do not refer to earlier bytes.
    ///
    /// - Parameter plain: fewer than 4 GiB.
    /// - Returns: blocks of which none is marked as the last; empty if `plain` is empty.
    ///
    /// Source: zlib.h, `deflate`: with `Z_SYNC_FLUSH` "all pending output is flushed to the output buffer and the
    /// output is aligned on a byte boundary"; if the buffer is full it "must be called again with the same value of
    /// the flush parameter".
    func deflate(_ plain: [UInt8]) -> [UInt8] {
        guard !plain.isEmpty else { return [] }
        guard let length = UInt32(exactly: plain.count) else {
            preconditionFailure("a segment must be smaller than 4 GiB")
        }
        byteCount += plain.count
        unsafe deflateReset(stream)
        reserveScratch(Int(unsafe deflateBound(stream, UInt(length))))
        var produced = 0
        unsafe plain.withUnsafeBufferPointer { input in
            // zlib declares its input without const but does not write to it.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = length
            while !flush(after: &produced) { reserveScratch(2 * scratch.count) }
        }
        return Array(scratch[..<produced])
    }

    /// Flushes the stream into the buffer, after the bytes that it has already produced.
    ///
    /// - Returns: whether the output is complete.
    private func flush(after produced: inout Int) -> Bool {
        let available = scratch.count - produced
        let left = unsafe scratch.withUnsafeMutableBufferPointer { output in
            unsafe stream.pointee.next_out = output.baseAddress?.advanced(by: produced)
            unsafe stream.pointee.avail_out = UInt32(clamping: available)
            let status = unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
            precondition(status == Z_OK || status == Z_BUF_ERROR, "deflate failed: \(status)")
            return Int(unsafe stream.pointee.avail_out)
        }
        produced += Int(UInt32(clamping: available)) - left
        return left > 0
    }

    /// Grows the buffer to at least `count` bytes, plus the bytes that a flush adds.
    private func reserveScratch(_ count: Int) {
        let missing = count + 16 - scratch.count
        if missing > 0 { scratch.append(contentsOf: repeatElement(0, count: missing)) }
    }
}
