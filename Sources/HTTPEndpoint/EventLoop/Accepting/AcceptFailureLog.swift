// SPDX-License-Identifier: Apache-2.0

/// Decides which failures to accept a connection are logged: at most one warning and one recovery per minute.
///
/// At the limit of descriptors, accepting fails and succeeds thousands of times per second, as clients come and go.
/// Accepting has therefore recovered only after a minute without a failure.
struct AcceptFailureLog {
    /// The minimum time between two warnings, and between the last failure and the recovery.
    static let interval = Duration.seconds(60)

    private var lastWarning: ContinuousClock.Instant?
    private var lastFailure: ContinuousClock.Instant?

    /// Records a failure.
    ///
    /// - Returns: whether to log a warning.
    mutating func recordFailure(at now: ContinuousClock.Instant) -> Bool {
        lastFailure = now
        if let lastWarning, now < lastWarning + Self.interval { return false }
        lastWarning = now
        return true
    }

    /// Records an accepted connection.
    ///
    /// - Returns: whether to log the recovery.
    mutating func recordSuccess(at now: ContinuousClock.Instant) -> Bool {
        guard let last = lastFailure, now >= last + Self.interval else { return false }
        (lastWarning, lastFailure) = (nil, nil)
        return true
    }
}
