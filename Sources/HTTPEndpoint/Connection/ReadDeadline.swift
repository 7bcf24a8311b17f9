// SPDX-License-Identifier: Apache-2.0

/// How long a connection waits for its client, by what it waits for.
struct ReadDeadline {
    /// What the client owes.
    enum Awaited: Equatable {
        /// Nothing: the server owes a response.
        case nothing
        /// The first byte of a request.
        case request
        /// The rest of a head.
        case head
        /// The rest of a body.
        case body
    }

    private let limits: Limits
    private var awaited = Awaited.request
    /// Whether no head has been whole yet.
    private var isFirst = true

    /// Since when the client is waited for, or the server has to answer.
    private(set) var start: ContinuousClock.Instant

    /// When the wait is over; `nil` while nothing is waited for.
    private(set) var deadline: ContinuousClock.Instant?

    /// Begins with the wait for the first request, which a client has no reason to hold back.
    init(limits: Limits, at now: ContinuousClock.Instant) {
        self.limits = limits
        start = now
        deadline = now + limits.headerTimeout
    }

    /// Waits for something from now on; a wait for the same thing goes on as it is.
    ///
    /// So a client that sends a byte now and then gets no more time by it. The first head has its time from the
    /// connection's start, whenever its first byte comes.
    mutating func wait(for awaited: Awaited, at now: ContinuousClock.Instant) {
        guard awaited != self.awaited else { return }
        self.awaited = awaited
        start = now
        switch awaited {
        case .request where isFirst, .head where isFirst: break
        case .nothing: deadline = nil
        case .request: deadline = now + limits.idleTimeout
        case .head: deadline = now + limits.headerTimeout
        case .body: deadline = now + limits.bodyTimeout
        }
        if awaited == .nothing || awaited == .body { isFirst = false }
    }
}

extension RequestParser {
    /// What it needs to go on.
    var awaited: ReadDeadline.Awaited {
        if isIdle { return .request }
        return isInBody ? .body : .head
    }
}
