// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A deflate stream that is used again for one segment after the other.
///
/// It holds about 260 kB, which is why there is one and not one per segment. It is not `Sendable`: whoever prepares
/// segments owns it. Running out of memory ends the process, as it does everywhere in Swift.
@safe package final class Compressor {
    /// On the heap, because zlib keeps a pointer back to it and refuses a stream that has moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Where deflate writes; the bytes are copied out at their exact size, because segments live long.
    private var scratch: [UInt8] = []

    /// How many bytes it has read so far: what publishing has cost.
    package private(set) var byteCount = 0

    /// Makes a stream.
    ///
    /// - Parameter level: from 0, stored, to 9, smallest.
    ///
    /// The corresponding C function is `deflateInit2`; negative window bits give raw deflate, without a header.
    package init(level: Int = 6) {
        precondition((0...9).contains(level), "zlib knows the levels from 0 to 9")
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
        precondition(status == Z_OK, "zlib cannot begin a stream: \(status)")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Compresses bytes into blocks that end on a byte boundary, refer to nothing before them, and are not the last.
    ///
    /// - Parameter plain: less than 4 GiB.
    /// - Returns: nothing for nothing.
    ///
    /// Source: zlib.h, `deflate`: with `Z_SYNC_FLUSH` "all pending output is flushed to the output buffer and the
    /// output is aligned on a byte boundary"; while there is no room left it "must be called again with the same value
    /// of the flush parameter".
    func deflate(_ plain: [UInt8]) -> [UInt8] {
        guard !plain.isEmpty else { return [] }
        guard let length = UInt32(exactly: plain.count) else { preconditionFailure("a segment has no 4 GiB") }
        byteCount += plain.count
        unsafe deflateReset(stream)
        makeRoom(for: Int(unsafe deflateBound(stream, UInt(length))))
        var produced = 0
        unsafe plain.withUnsafeBufferPointer { input in
            // zlib declares its input without const, and does not write to it.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = length
            while !flush(after: &produced) { makeRoom(for: 2 * scratch.count) }
        }
        return Array(scratch[..<produced])
    }

    /// Lets deflate write behind what it has produced.
    ///
    /// - Returns: whether it has written everything.
    private func flush(after produced: inout Int) -> Bool {
        let room = scratch.count - produced
        let left = unsafe scratch.withUnsafeMutableBufferPointer { output in
            unsafe stream.pointee.next_out = output.baseAddress?.advanced(by: produced)
            unsafe stream.pointee.avail_out = UInt32(clamping: room)
            let status = unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
            precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib lost its stream: \(status)")
            return Int(unsafe stream.pointee.avail_out)
        }
        produced += Int(UInt32(clamping: room)) - left
        return left > 0
    }

    /// Widens the scratch space to what the bytes may need, and to what a flush adds.
    private func makeRoom(for count: Int) {
        let missing = count + 16 - scratch.count
        if missing > 0 { scratch.append(contentsOf: repeatElement(0, count: missing)) }
    }
}
