// SPDX-License-Identifier: Apache-2.0

/// The body of a response: chunks that many responses may share, then a trailing part of its own.
///
/// Creating a body copies no bytes and does not scan the shared chunks. The cost of a response before its first byte
/// therefore does not depend on its length.
package struct ResponseBody: Sendable, ExpressibleByArrayLiteral {
    private let shared: [[UInt8]]
    private let end: [UInt8]

    /// The total length in bytes: the value of `Content-Length`.
    package let byteCount: Int

    /// Creates a body from chunks that belong to one response.
    ///
    /// - Parameter chunks: sent in order; empty chunks are skipped.
    package init(_ chunks: [[UInt8]]) {
        shared = chunks.contains { $0.isEmpty } ? chunks.filter { !$0.isEmpty } : chunks
        end = []
        byteCount = chunks.reduce(0) { $0 + $1.count }
    }

    /// Creates a body from chunks that belong to one response.
    package init(arrayLiteral chunks: [UInt8]...) {
        self.init(chunks)
    }

    /// Creates a body from chunks that other responses use too.
    ///
    /// - Parameters:
    ///   - chunks: sent in order; no chunk may be empty.
    ///   - byteCount: the total length of `chunks`.
    ///   - end: sent after the chunks; may be empty.
    package init(sharing chunks: [[UInt8]], of byteCount: Int, end: [UInt8]) {
        shared = chunks
        self.end = end
        self.byteCount = byteCount + end.count
    }
}

extension ResponseBody: RandomAccessCollection {
    package var startIndex: Int { 0 }

    package var endIndex: Int { end.isEmpty ? shared.count : shared.count + 1 }

    package subscript(position: Int) -> [UInt8] { position < shared.count ? shared[position] : end }
}
