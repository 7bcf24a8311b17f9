// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import DequeModule
package import LinuxSystem

/// A sliding-window limit on the requests of one token.
///
/// The limit holds on the server's clock: in any window, at most `limit` requests arrive. A request may arrive at any
/// time between its sending and its answer. So it occupies a place in the budget while it is under way, and for one
/// window after its answer.
///
/// If the server reports fewer requests left, that count is obeyed, because the token's owner spends from the same
/// count elsewhere.
///
/// Source: Cloudflare, "API rate limits": 1,200 requests per 5 minutes, then all calls are blocked for 5
/// minutes.
package struct RequestBudget: Sendable {
    /// Requests answered within a short time.
    ///
    /// All of them count as answered with the last one.
    struct Run: Sendable {
        var first: Uptime
        var last: Uptime
        var count: Int
    }

    /// How long all calls are blocked after a 429 without `Retry-After`, in seconds.
    package static let defaultBlockSeconds = 300.0

    /// Maximum block after a 429, in seconds.
    ///
    /// If `Retry-After` is a mistake, one request per hour finds out.
    package static let longestBlockSeconds = 3600.0

    /// Maximum number of runs per window.
    ///
    /// Bounds the memory of a large budget.
    private static let runsPerWindow = 3000.0

    /// Maximum difference, in seconds, between two reports of the end of the same window of the server.
    private static let sameWindowSeconds = 2.0

    /// Maximum number of requests in any window; at least 1.
    package private(set) var limit: Int

    /// The length of the window, in seconds.
    package private(set) var window: Double

    /// Maximum time between sending a request and its answer, in seconds.
    package private(set) var requestTimeout: Double

    /// The answered requests, oldest first.
    ///
    /// Some may have left the window.
    private(set) var runs: Deque<Run> = []

    /// The number of requests in `runs`.
    private var answered = 0

    /// The number of requests that were sent and not answered yet.
    private(set) var underWay = 0

    /// The number of requests left according to the server, and the end of the server's window.
    private var allowance: (remaining: Int, until: Uptime)?

    /// The end of the newest block, or `nil` before the first 429.
    package private(set) var blockedUntil: Uptime?

    /// Makes an unspent budget.
    ///
    /// - Parameters:
    ///   - limit: Maximum number of requests in any window.
    ///   - window: The length of the window, in seconds.
    ///   - requestTimeout: Maximum time between sending a request and its answer, in seconds.
    package init(limit: Int, window: Double, requestTimeout: Double = 10) {
        self.limit = max(1, limit)
        self.window = window
        self.requestTimeout = requestTimeout
    }

    /// Returns the earliest time for the next request.
    ///
    /// A place that a request under way occupies counts as free one window from now, because its answer is yet to come.
    ///
    /// - Parameters:
    ///   - ahead: The number of requests that are sent before it.
    ///   - now: The current time.
    /// - Returns: the current time, or a later one.
    package func slot(after ahead: Int = 0, at now: Uptime) -> Uptime {
        var time = max(now, blockedUntil ?? now)
        var excess = answered + underWay + ahead - limit
        if excess >= 0 {
            for run in runs where excess >= 0 {
                excess -= run.count
                if excess < 0 { time = max(time, run.last + window) }
            }
            if excess >= 0 { time = max(time, now + window) }
        }
        if let allowance, now < allowance.until, ahead >= allowance.remaining {
            time = max(time, allowance.until)
        }
        return time
    }

    /// Records that a request is sent.
    package mutating func startRequest(at now: Uptime) {
        underWay += 1
        if let (remaining, until) = allowance {
            allowance = now < until ? (remaining - 1, until) : nil
        }
    }

    /// Records that a request under way was answered, failed or was cancelled.
    package mutating func finishRequest(at now: Uptime) {
        underWay = max(0, underWay - 1)
        removeRuns(before: now - window)
        addAnswered(1, at: now)
    }

    /// Counts requests as answered at a time, which may be in the future after a restart.
    mutating func addAnswered(_ count: Int, at time: Uptime) {
        if let newest = runs.last, time - newest.first < window / Self.runsPerWindow {
            runs[runs.count - 1].last = max(time, newest.last)
            runs[runs.count - 1].count += count
        } else {
            runs.append(Run(first: time, last: time, count: count))
        }
        answered += count
    }

    /// Returns the number of requests that may be sent now.
    package func remaining(at now: Uptime) -> Int {
        if isBlocked(at: now) { return 0 }
        let expired = runs.lazy.prefix { $0.last <= now - window }.reduce(0) { $0 + $1.count }
        let own = limit - underWay - (answered - expired)
        guard let allowance, now < allowance.until else { return max(0, own) }
        return max(0, min(own, allowance.remaining))
    }

    /// Obeys the server's count if it is stricter.
    package mutating func obey(_ rateLimit: RateLimit, at now: Uptime) {
        guard let reset = rateLimit.resetAfter else { return }
        let seconds = Double(reset.components.seconds)
        // A reset far beyond the length of a block is a mistake: it would stop the token for days.
        guard seconds > 0, seconds <= Self.defaultBlockSeconds * 4 else { return }
        var remaining = max(0, rateLimit.remaining)
        if let allowance, now < allowance.until,
            abs(now + seconds - allowance.until) <= Self.sameWindowSeconds
        {
            // Responses overtake each other, and the server has not counted requests that are still on their way.
            remaining = max(0, min(remaining, allowance.remaining))
        }
        allowance = (remaining, now + seconds)
    }

    /// Blocks all requests after a 429.
    ///
    /// - Parameters:
    ///   - seconds: The value of `Retry-After`, or `nil` without one.
    ///   - now: When the response arrived.
    package mutating func block(for seconds: Double?, at now: Uptime) {
        let until = now + min(max(1, seconds ?? Self.defaultBlockSeconds), Self.longestBlockSeconds)
        blockedUntil = max(blockedUntil ?? until, until)
    }

    /// Whether a 429 blocks all requests.
    package func isBlocked(at now: Uptime) -> Bool {
        blockedUntil.map { now < $0 } ?? false
    }

    /// Adopts the limits of another budget.
    ///
    /// The requests of this one stay counted.
    package mutating func adoptLimits(of other: RequestBudget, at now: Uptime) {
        limit = other.limit
        window = other.window
        requestTimeout = other.requestTimeout
        removeRuns(before: now - window)
    }

    private mutating func removeRuns(before time: Uptime) {
        while let oldest = runs.first, oldest.last <= time {
            answered -= oldest.count
            runs.removeFirst()
        }
    }
}
