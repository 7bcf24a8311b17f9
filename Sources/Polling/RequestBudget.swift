// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI

/// How many requests a token may still make, and when.
///
/// A sliding window: between any moment and one window later, no more than `limit` requests are sent. What
/// the server says of its own count is obeyed where it is stricter, because the token's owner spends from the
/// same count elsewhere. Times are of `PollingClock.uptime`.
///
/// Source: Cloudflare, "API rate limits": 1,200 requests per 5 minutes, then all calls are blocked for 5
/// minutes.
package struct RequestBudget: Sendable {
    /// How long all calls are blocked where the server does not say, in seconds.
    package static let defaultSilenceSeconds = 300.0

    /// The longest that a 429 is believed, in seconds: a mistaken year costs an hour, and then one request.
    package static let longestSilenceSeconds = 3600.0

    /// The most requests in any window; at least 1.
    package let limit: Int

    /// In seconds.
    package let window: Double

    /// When the requests of the last window were sent, oldest first, from `head` on.
    private var sent: [Double] = []
    private var head = 0

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
        let count = sent.count - head
        let over = count + ahead - limit
        if over >= 0 {
            // The request `over` places behind the oldest leaves the window first; beyond what was sent, one window on.
            let index = head + over
            time = max(time, index < sent.count ? sent[index] + window : now + window)
        }
        if let allowance, now < allowance.until, ahead >= allowance.remaining {
            time = max(time, allowance.until)
        }
        return time
    }

    /// Notes that a request is sent now.
    package mutating func spend(at now: Double) {
        forget(before: now - window)
        sent.append(now)
        if let (remaining, until) = allowance {
            allowance = now < until ? (remaining - 1, until) : nil
        }
    }

    /// How many requests may be sent at once now.
    package func remaining(at now: Double) -> Int {
        if let silencedUntil, now < silencedUntil { return 0 }
        let inWindow = sent[head...].count { $0 > now - window }
        let own = limit - inWindow
        guard let allowance, now < allowance.until else { return max(0, own) }
        return max(0, min(own, allowance.remaining))
    }

    /// Obeys what the server says of its own count.
    package mutating func obey(_ rateLimit: RateLimit, at now: Double) {
        guard let remaining = rateLimit.remaining, let reset = rateLimit.resetAfter else { return }
        let seconds = Double(reset.components.seconds)
        // A header that would silence the token for longer than a block lasts is not believed.
        guard seconds > 0, seconds <= Self.defaultSilenceSeconds * 4 else { return }
        allowance = (max(0, remaining), now + seconds)
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
        changed.sent = sent[head...].filter { $0 > now - window }
        changed.allowance = allowance
        changed.silencedUntil = silencedUntil
        return changed
    }

    private mutating func forget(before time: Double) {
        while head < sent.count, sent[head] <= time { head += 1 }
        // The array is shifted only when half of it is passed, so that a request costs O(1) on average.
        if head > 64, head * 2 > sent.count {
            sent.removeFirst(head)
            head = 0
        }
    }
}
