// SPDX-License-Identifier: Apache-2.0

/// One response on its way out: what is left of it, and when it may leave; no I/O, no clock.
///
/// It holds the handler's chunks and lends them to the socket, so that a body is never copied.
struct ResponseWriter {
    /// What follows when everything that is to leave has left.
    enum Ending: Equatable {
        /// The next response.
        case complete
        /// The response to the same request.
        case interim
        /// The end of the connection.
        case close(isWhole: Bool)
        /// Nothing, for as long as the client waits.
        case silence
    }

    let head: [UInt8]
    let body: ResponseBody

    /// What follows.
    let ending: Ending

    /// How many bytes are still to leave; `Int.max` where there is no end.
    private(set) var remaining: Int

    /// What the next byte is: 0 is the head, 1 the first chunk.
    private(set) var segment = 0
    /// How many bytes of that have left.
    private(set) var offset = 0

    private let isEndless: Bool
    private let pace: Pace?
    private var written = 0

    /// A response that is a head alone.
    init(interim head: [UInt8]) {
        self.head = head
        (body, ending, remaining) = ([], .interim, head.count)
        (isEndless, pace) = (false, nil)
    }

    /// Begins a response.
    ///
    /// - Parameters:
    ///   - head: encoded.
    ///   - body: as it is to leave; empty for a response that has none.
    ///   - delivery: how; `.reset` never gets here.
    ///   - now: when a pace begins.
    init(head: [UInt8], body: ResponseBody, delivery: Delivery, at now: ContinuousClock.Instant) {
        let length = body.byteCount
        let sent = Self.length(of: delivery, outOf: length)
        self.head = head
        self.body = body
        isEndless = delivery == .endless && length > 0
        remaining = isEndless ? .max : head.count + sent
        switch delivery {
        case .truncated: ending = .close(isWhole: sent == length)
        case .stalled: ending = .silence
        case .whole, .reset, .paced, .endless: ending = .complete
        }
        if case .paced(let rate) = delivery {
            pace = Pace(start: now, bytesPerSecond: max(1, rate))
        } else {
            pace = nil
        }
    }

    private static func length(of delivery: Delivery, outOf length: Int) -> Int {
        switch delivery {
        case .truncated(let count), .stalled(let count): min(max(0, count), length)
        case .whole, .reset, .paced, .endless: length
        }
    }

    /// Whether everything that is to leave has left.
    var hasWrittenAll: Bool { remaining == 0 }

    /// How many bytes may leave now.
    func allowance(at now: ContinuousClock.Instant) -> Int {
        guard let pace else { return remaining }
        let headLeft = max(0, head.count - written)
        let bodyAllowance = pace.allowance(written: max(0, written - head.count), at: now)
        return min(remaining, headLeft + bodyAllowance)
    }

    /// When more bytes may leave than now; `nil` where that is not a question of time.
    var resumption: ContinuousClock.Instant? {
        guard let pace, remaining > 0, written >= head.count else { return nil }
        return pace.next(written: written - head.count, remaining: remaining)
    }

    /// Counts bytes that have left.
    mutating func advance(by count: Int) {
        written += count
        if !isEndless { remaining -= count }
        offset += count
        while offset > 0, offset >= self[segment].count {
            offset -= self[segment].count
            segment = self.segment(after: segment) ?? segment + 1
            guard segment <= body.count else { return }
        }
    }

    /// The bytes of a segment.
    subscript(segment: Int) -> [UInt8] { segment == 0 ? head : body[segment - 1] }

    /// Finds the segment after another one.
    ///
    /// - Returns: `nil` after the last, unless the body is endless and begins again.
    func segment(after segment: Int) -> Int? {
        if segment < body.count { return segment + 1 }
        return isEndless ? 1 : nil
    }
}
