// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Answers 429 to what comes faster than a token bucket allows, whoever it comes from.
package final class RateLimitMiddleware: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let start = ContinuousClock.now

    /// Limits requests by a bucket.
    package init(_ bucket: TokenBucket) { self.bucket = Mutex(bucket) }

    /// Puts the limit before a handler.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        { [self] request, responder in
            let now = start.duration(to: .now)
            guard let wait = bucket.withLock({ $0.take(at: now) }) else { return handler(request, responder) }
            let (seconds, rest) = wait.components
            var response = Response.text(429, "Too many requests\n")
            response.headers.append(("Retry-After", "\(rest > 0 ? seconds + 1 : seconds)"))
            responder.send(response)
        }
    }
}
