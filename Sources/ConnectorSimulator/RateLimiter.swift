// SPDX-License-Identifier: Apache-2.0

/// Counts the requests of each token, and blocks a token that asks too much.
///
/// Source: Cloudflare, "Rate limits": 1,200 requests in five minutes, then all calls are blocked for five minutes.
struct RateLimiter: Sendable {
    private struct Window {
        var start: Double
        var used = 0
        var blockedUntil = 0.0
    }

    /// What a request finds.
    struct Standing: Sendable, Hashable {
        /// Requests that are left.
        let remaining: Int
        /// Seconds until all are there again.
        let resetSeconds: Int
        /// Whether this request is one too many.
        let isBlocked: Bool
    }

    let limit: Int
    let window: Double
    let block: Double
    private var windows: [String: Window] = [:]

    /// - Parameters:
    ///   - limit: requests in a window; 0 is no limit.
    ///   - window: in seconds.
    ///   - block: in seconds.
    init(limit: Int, window: Double, block: Double) {
        self.limit = limit
        self.window = window
        self.block = block
    }

    /// Counts a request.
    ///
    /// - Returns: `nil` where there is no limit.
    mutating func count(_ token: String, at now: Double) -> Standing? {
        guard limit > 0 else { return nil }
        var state = windows[token] ?? Window(start: now)
        defer { windows[token] = state }
        if state.blockedUntil > now { return blocked(until: state.blockedUntil, at: now) }
        if state.blockedUntil > 0 || now >= state.start + window || now < state.start {
            state = Window(start: now)
        }
        state.used += 1
        if state.used > limit {
            state.blockedUntil = now + block
            return blocked(until: state.blockedUntil, at: now)
        }
        return Standing(
            remaining: limit - state.used,
            resetSeconds: Self.wholeSeconds(state.start + window - now),
            isBlocked: false
        )
    }

    private func blocked(until end: Double, at now: Double) -> Standing {
        Standing(remaining: 0, resetSeconds: Self.wholeSeconds(end - now), isBlocked: true)
    }

    /// Rounded up, as the documentation says.
    private static func wholeSeconds(_ seconds: Double) -> Int { Int(seconds.rounded(.up)) }

    /// The header fields of a response (draft-ietf-httpapi-ratelimit-headers, as Cloudflare has them).
    func headers(_ standing: Standing) -> [(name: String, value: String)] {
        var headers = [
            ("Ratelimit", "\"default\";r=\(standing.remaining);t=\(standing.resetSeconds)"),
            ("Ratelimit-Policy", "\"default\";q=\(limit);w=\(Int(window.rounded(.up)))"),
        ]
        if standing.isBlocked { headers.append(("Retry-After", String(standing.resetSeconds))) }
        return headers
    }
}
