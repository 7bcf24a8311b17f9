// SPDX-License-Identifier: Apache-2.0

/// A request limit for each token; a token that exceeds it is blocked for some time.
///
/// Source: Cloudflare, "Rate limits": 1,200 requests in five minutes, then all calls are blocked for five minutes.
struct RateLimiter: Sendable {
    private struct Window {
        var start: Double
        var used = 0
        var blockedUntil = 0.0
    }

    /// The state of a token's limit after a request.
    struct Status: Sendable, Hashable {
        /// The remaining requests of the window.
        let remaining: Int
        /// The seconds until the limit is restored.
        let resetSeconds: Int
        /// Whether the request exceeds the limit.
        let isBlocked: Bool
    }

    let limit: Int
    let window: Double
    let block: Double
    private var windows: [String: Window] = [:]

    /// - Parameters:
    ///   - limit: the requests per window, or 0 for no limit.
    ///   - window: the window, in seconds.
    ///   - block: the duration of a block, in seconds.
    init(limit: Int, window: Double, block: Double) {
        self.limit = limit
        self.window = window
        self.block = block
    }

    /// Counts a request.
    ///
    /// - Returns: `nil` if there is no limit.
    mutating func count(_ token: String, at now: Double) -> Status? {
        guard limit > 0 else { return nil }
        var current = windows[token] ?? Window(start: now)
        defer { windows[token] = current }
        if current.blockedUntil > now { return blocked(until: current.blockedUntil, at: now) }
        if current.blockedUntil > 0 || now >= current.start + window || now < current.start {
            current = Window(start: now)
        }
        current.used += 1
        if current.used > limit {
            current.blockedUntil = now + block
            return blocked(until: current.blockedUntil, at: now)
        }
        return Status(
            remaining: limit - current.used,
            resetSeconds: Self.wholeSeconds(current.start + window - now),
            isBlocked: false
        )
    }

    private func blocked(until end: Double, at now: Double) -> Status {
        Status(remaining: 0, resetSeconds: Self.wholeSeconds(end - now), isBlocked: true)
    }

    /// Rounds up, as Cloudflare documents it.
    private static func wholeSeconds(_ seconds: Double) -> Int { Int(seconds.rounded(.up)) }

    /// Returns the header fields of a response (draft-ietf-httpapi-ratelimit-headers, in Cloudflare's form).
    func headers(_ status: Status) -> [(name: String, value: String)] {
        var headers = [
            ("Ratelimit", "\"default\";r=\(status.remaining);t=\(status.resetSeconds)"),
            ("Ratelimit-Policy", "\"default\";q=\(limit);w=\(Int(window.rounded(.up)))"),
        ]
        if status.isBlocked { headers.append(("Retry-After", String(status.resetSeconds))) }
        return headers
    }
}
