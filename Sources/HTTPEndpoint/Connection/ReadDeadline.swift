// SPDX-License-Identifier: Apache-2.0

/// The deadline for the client's next bytes, which depends on the stage of the current request.
struct ReadDeadline {
    /// The part of a request that the connection waits for.
    enum Stage: Equatable {
        /// No input: the server must send a response first.
        case responding
        /// The first byte of a request.
        case idle
        case readingHead
        case readingBody
    }

    private let limits: Limits
    private var stage = Stage.idle
    /// Whether no head has been complete yet.
    private var isFirst = true

    /// The start of the current stage.
    private(set) var start: ContinuousClock.Instant

    /// The end of the wait; `nil` in the stage `responding`.
    private(set) var deadline: ContinuousClock.Instant?

    /// Starts the wait for the first request.
    ///
    /// It is shorter than later ones, because a client connects to send one.
    init(limits: Limits, at now: ContinuousClock.Instant) {
        self.limits = limits
        start = now
        deadline = now + limits.headerTimeout
    }

    /// Enters a stage.
    ///
    /// Entering the current stage again does not change the deadline.
    ///
    /// Single bytes therefore do not extend the time. The deadline of the first head counts from the start of the
    /// connection, whenever its first byte arrives.
    mutating func enter(_ stage: Stage, at now: ContinuousClock.Instant) {
        guard stage != self.stage else { return }
        self.stage = stage
        start = now
        switch stage {
        case .idle where isFirst, .readingHead where isFirst: break
        case .responding: deadline = nil
        case .idle: deadline = now + limits.idleTimeout
        case .readingHead: deadline = now + limits.headerTimeout
        case .readingBody: deadline = now + limits.bodyTimeout
        }
        if stage == .responding || stage == .readingBody { isFirst = false }
    }
}

extension RequestParser {
    /// The stage of the current request.
    var stage: ReadDeadline.Stage {
        if isIdle { return .idle }
        return isReadingBody ? .readingBody : .readingHead
    }
}
