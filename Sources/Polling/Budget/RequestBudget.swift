// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import DequeModule

/// How many requests a token may still make, and when.
///
/// A sliding window: between any moment and one window later, no more than `limit` requests are sent. What
/// the server says of its own count is obeyed where it is stricter, because the token's owner spends from the
/// same count elsewhere. Times are of `PollingClock.uptime`.
///
/// Source: Cloudflare, "API rate limits": 1,200 requests per 5 minutes, then all calls are blocked for 5
/// minutes.
package struct RequestBudget: Sendable {
    /// Requests that were sent close to each other, kept as if all were sent with the last of them.
    struct Run: Sendable {
        var first: Double
        var last: Double
        var count: Int
    }

    /// How long all calls are blocked where the server does not say, in seconds.
    package static let defaultSilenceSeconds = 300.0

    /// The most runs that a window is kept in, so that a large budget costs no more memory than a small one.
    private static let runsOfWindow = 3000.0

    /// The seconds by which the end of the server's window, as its answers tell it, may differ within one window.
    private static let sameWindowSeconds = 2.0

    /// The longest that a 429 is believed, in seconds: a mistaken year costs an hour, and then one request.
    package static let longestSilenceSeconds = 3600.0

    /// The most requests in any window; at least 1.
    package let limit: Int

    /// In seconds.
    package let window: Double

    /// What the last window's requests were, oldest first; some that have left it may still be there.
    private(set) var runs: Deque<Run> = []

    /// The requests of all runs.
    private var total = 0

    /// What the server said it would still answer, and until when that holds.
    private var allowance: (remaining: Int, until: Double)?

    /// Until when nothing may be sent.
    package private(set) var silencedUntil: Double?

    package init(limit: Int, window: Double) {
        self.limit = max(1, limit)
        self.window = window
    }

    /// The earliest time at which a request may be sent when `ahead` others go first.
    package func slot(after ahead: Int = 0, at now: Double) -> Double {
        var time = max(now, silencedUntil ?? now)
        var over = total + ahead - limit
        if over >= 0 {
            // As many as are over the limit leave the window first; beyond what was sent, one window on.
            for run in runs where over >= 0 {
                over -= run.count
                if over < 0 { time = max(time, run.last + window) }
            }
            if over >= 0 { time = max(time, now + window) }
        }
        if let allowance, now < allowance.until, ahead >= allowance.remaining {
            time = max(time, allowance.until)
        }
        return time
    }

    /// Notes that requests are sent now.
    package mutating func spend(_ count: Int = 1, at now: Double) {
        forget(before: now - window)
        if let newest = runs.last, now - newest.first < window / Self.runsOfWindow {
            runs[runs.count - 1].last = max(now, newest.last)
            runs[runs.count - 1].count += count
        } else {
            runs.append(Run(first: now, last: now, count: count))
        }
        total += count
        if let (remaining, until) = allowance {
            allowance = now < until ? (remaining - count, until) : nil
        }
    }

    /// How many requests may be sent at once now.
    package func remaining(at now: Double) -> Int {
        if let silencedUntil, now < silencedUntil { return 0 }
        let left = runs.lazy.prefix { $0.last <= now - window }.reduce(0) { $0 + $1.count }
        let own = limit - (total - left)
        guard let allowance, now < allowance.until else { return max(0, own) }
        return max(0, min(own, allowance.remaining))
    }

    /// Obeys what the server says of its own count.
    package mutating func obey(_ rateLimit: RateLimit, at now: Double) {
        guard let remaining = rateLimit.remaining, let reset = rateLimit.resetAfter else { return }
        let seconds = Double(reset.components.seconds)
        // A header that would silence the token for longer than a block lasts is not believed.
        guard seconds > 0, seconds <= Self.defaultSilenceSeconds * 4 else { return }
        var least = max(0, remaining)
        if let allowance, now < allowance.until,
            abs(now + seconds - allowance.until) <= Self.sameWindowSeconds
        {
            // Answers overtake each other, and requests on their way are not in them yet.
            least = max(0, min(least, allowance.remaining))
        }
        allowance = (least, now + seconds)
    }

    /// Stops everything, after a 429.
    ///
    /// - Parameters:
    ///   - seconds: what `Retry-After` asks for; `nil` where it is absent.
    ///   - now: when the answer came.
    package mutating func silence(for seconds: Double?, at now: Double) {
        let until = now + min(max(1, seconds ?? Self.defaultSilenceSeconds), Self.longestSilenceSeconds)
        silencedUntil = max(silencedUntil ?? until, until)
    }

    /// Whether a 429 is in force.
    package func isSilenced(at now: Double) -> Bool {
        silencedUntil.map { now < $0 } ?? false
    }

    /// The same spent requests under another limit.
    package func withLimit(_ limit: Int, window: Double, at now: Double) -> RequestBudget {
        var changed = RequestBudget(limit: limit, window: window)
        changed.runs = runs
        changed.total = total
        changed.forget(before: now - window)
        changed.allowance = allowance
        changed.silencedUntil = silencedUntil
        return changed
    }

    private mutating func forget(before time: Double) {
        while let oldest = runs.first, oldest.last <= time {
            total -= oldest.count
            runs.removeFirst()
        }
    }
}
