// SPDX-License-Identifier: Apache-2.0

/// The bytes that follow a response's head: chunks that many responses may share, then an end of its own.
///
/// A response holds them and copies nothing, and making one looks at no shared chunk: so what a response costs before
/// its first byte leaves does not grow with its length.
package struct ResponseBody: Sendable, ExpressibleByArrayLiteral {
    private let shared: [[UInt8]]
    private let end: [UInt8]

    /// How many bytes: the value of `Content-Length`.
    package let byteCount: Int

    /// Takes chunks that belong to one response.
    ///
    /// - Parameter chunks: sent one after the other; empty ones are left out.
    package init(_ chunks: [[UInt8]]) {
        shared = chunks.contains { $0.isEmpty } ? chunks.filter { !$0.isEmpty } : chunks
        end = []
        byteCount = chunks.reduce(0) { $0 + $1.count }
    }

    /// Takes chunks that belong to one response, as they are written down.
    package init(arrayLiteral chunks: [UInt8]...) {
        self.init(chunks)
    }

    /// Takes chunks that other responses hold too.
    ///
    /// - Parameters:
    ///   - chunks: sent one after the other; none is empty.
    ///   - byteCount: how many bytes they are together.
    ///   - end: sent after them; may be empty.
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
