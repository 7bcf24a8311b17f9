// SPDX-License-Identifier: Apache-2.0

/// The write position in one response, without I/O or a clock.
///
/// It keeps the handler's chunks and passes pointers to them to the socket, so that a body is never copied.
struct ResponseWriter {
    let head: [UInt8]
    let body: ResponseBody

    /// Whether this is an interim response, and the final response to the same request follows.
    let isInterim: Bool

    /// The number of bytes that are not written yet.
    private(set) var remaining: Int

    /// The current segment: 0 is the head, 1 the first chunk of the body.
    private(set) var segment = 0
    /// The number of written bytes of the current segment.
    private(set) var offset = 0

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - head: the encoded head.
    ///   - body: the body; empty for a response to `HEAD`.
    ///   - isInterim: whether another response to the same request follows.
    init(head: [UInt8], body: ResponseBody = [], isInterim: Bool = false) {
        self.head = head
        self.body = body
        self.isInterim = isInterim
        remaining = head.count + body.byteCount
    }

    /// Advances the position by a number of written bytes.
    mutating func advance(by count: Int) {
        remaining -= count
        offset += count
        while offset > 0, offset >= self[segment].count {
            offset -= self[segment].count
            segment += 1
            guard segment <= body.count else { return }
        }
    }

    /// The bytes of a segment.
    subscript(segment: Int) -> [UInt8] { segment == 0 ? head : body[segment - 1] }
}
